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
        "meetup",
        r"聚会|聚餐|见面会|线下聚|碰个?头|吃[个顿]饭|饭局|茶话会|[酒茶牌球]局|(?<=桌游)局|(?<=火锅)局|(?<=烧烤)局|(?<=咖啡)局|(?<=剧本杀)局|coffee chat|meet-?up|mixer|get-together|gathering|\b(?:coffee|dinner|lunch|drinks) (?:for|with|together)",
    ),
    ("online_talk", r"线上分享|线上讲座|直播|网络研讨会|webinar|online talk|live ?stream|线上课"),
)
_ANY = re.compile("|".join(pattern for _, pattern in FORMATS), re.IGNORECASE)


def without_formats(text: str) -> str:
    """Return `text` without words that name a format: they say nothing of the subject."""
    return " ".join(_ANY.sub(" ", text).split())
