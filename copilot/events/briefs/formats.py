"""The words by which people name an event format, in Chinese and English."""

from __future__ import annotations

import re

# In order of how much the word says about the format; the head of "路演沙龙" is the roadshow.
FORMATS: tuple[tuple[str, str], ...] = (
    ("competition", r"黑客松|黑客马拉松|大赛|比赛|竞赛|挑战赛|hackathon|competition|contest|challenge"),
    ("roadshow", r"路演|demo ?day|road ?show|pitch(?:es|ing)?\b"),
    ("workshop", r"工作坊|实操|训练营|动手|workshop|hands-on|boot ?camp|training"),
    ("salon", r"沙龙|论坛|圆桌|闭门会|研讨会|salon|forum|panel|round ?table"),
    (
        "tool_trial",
        (
            r"工具试用|试用(?:活动|营|招募|计划)|(?:工具|新品|产品)?测评活动|众测活动|体验官招募"
            r"|\b(?:tool|product|software) trial\b|\btrial (?:week|fortnight)\b|\bgroup trial\b"
        ),
    ),
    (
        "visit",
        (
            r"参访|企业走访|走访(?:企业|工厂|公司)|参观(?:企业|工厂|公司|产线|车间|园区)?|探厂|游学"
            r"|\b(?:company|factory|site|plant|office|study|members'?) (?:visit|tour)s?\b|\btour of (?:a|the) (?:factory|plant|company)\b"
        ),
    ),
    (
        "dinner",
        (
            r"(?<![含供包])晚餐局?|晚宴|午餐会|饭局|聚餐|吃[个顿]饭|私宴"
            r"|(?<!with )(?<!and )\b(?:dinner|supper)s?\b(?! break)|\blunch (?:for|with|together)"
        ),
    ),
    (
        "welcome",
        (
            r"迎新(?![年春])会?|欢迎会|新人(?:欢迎|见面|破冰|介绍)会|新成员(?:欢迎|见面)会"
            r"|\bwelcome (?:session|event|meeting|call|evening|party|drinks)|\bnewcomers'? (?:session|evening|meeting|event)|\bonboarding session"
        ),
    ),
    (
        "meetup",
        r"聚会|见面会|线下聚|碰个?头|茶话会|[酒茶牌球]局|(?<=桌游)局|(?<=火锅)局|(?<=烧烤)局|(?<=咖啡)局|(?<=剧本杀)局|coffee chat|meet-?up|mixer|get-together|gathering|\b(?:coffee|drinks) (?:for|with|together)",
    ),
    ("online_talk", r"线上分享|线上讲座|直播|网络研讨会|webinar|online talk|live ?stream|线上课"),
)
# Nobody visits a factory or has dinner over a screen: with another word for the event beside them, these are its subject.
IN_PERSON = frozenset({"visit", "dinner"})
# What has no playbook of its own, with the format that comes nearest; whoever asks for it is asked whether that will do.
NEAREST: tuple[tuple[str, str], ...] = (
    (
        "meetup",
        (
            r"剧本杀|狼人杀|桌游|团建|徒步|爬山|露营|骑行|烧烤|观影|电影之夜|轰趴"
            r"|\bboard games?\b|\bhik(?:e|ing)\b|\bcamping\b|\bbarbecue\b|\bmovie night\b|\bpicnic\b|\bparty\b"
        ),
    ),
    (
        "salon",
        (
            r"读书会|书友会|共读|辩论赛?|分享会|交流会|发布会|年会|峰会|大会"
            r"|\bbook clubs?\b|\bdebate\b|\bfireside\b|\bconference\b|\bsummit\b"
        ),
    ),
    ("roadshow", r"展会|展览|市集|集市|\bexhibition\b|\btrade fair\b|\bmarket day\b"),
)
_ANY = re.compile("|".join(pattern for _, pattern in FORMATS), re.IGNORECASE)


def without_formats(text: str) -> str:
    """Return `text` without words that name a format: they say nothing of the subject."""
    return " ".join(_ANY.sub(" ", text).split())
