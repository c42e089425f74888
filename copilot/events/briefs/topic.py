"""The words of a brief that are about something: topic, audience, goals. What is left when dates and numbers are gone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.community.text import clean_line
from copilot.events.briefs.when import Found

MAX_TOPIC_CHARS = 60
_QUOTED = re.compile(r"[「『“《\"]([^「」『』“”《》\"\n]{2,60})[」』”》\"]")
_LABELLED = re.compile(
    # The next label of a list without commas ends it: 主题:AI提效 时间:12月3日.
    r"(?:主题|题目|话题|\btopic|\btitle|\btheme)\s*(?:是|为|叫|is)?\s*[::]?\s*([^,。;;!?\n|]{2,80}?)"
    r"(?=\s+(?:[\u4e00-\u9fff]{2,4}|[A-Za-z]{4,12})\s*:|[,。;;!?\n|]|$)",
    re.IGNORECASE,
)
_ABOUT_ZH = re.compile(
    r"(?:关于|围绕|聊聊?|讲讲|讲一讲|说说|讨论|分享)\s*([^,。;;!?\n|]{2,40}?)(?:的|为主题|这个话题)?(?=[,。;;!?\n|]|$)"
)
_ABOUT_OF_ZH = re.compile(r"(?:关于|围绕)\s*([^,。;;!?\n|]{2,40}?)(?:的|为主题|这个话题)")
_ABOUT_EN = re.compile(
    r"\b(?:about|on the topic of|(?:talk|learn|class|course|training|masterclass|AMA|webinar|workshop|salon|panel|forum|session|discussion|hackathon|seminar|lecture) on)\s+"
    r"((?!\|)[a-z][^,.;:!?\n|]{2,79})",
    re.IGNORECASE,
)
# A space ends it, but not one between a word of letters and one of characters: 面向 AI 产品经理.
_BRIDGE = r"(?:(?<=[A-Za-z0-9])\s(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s(?=[A-Za-z]))"
_TO_SPACE = rf"(?:[^,。;;!?\n|\s]|{_BRIDGE})"
_EVENT = "(?:工作坊|沙龙|分享会?|讲座|活动|培训|路演)"
_AUDIENCE_ZH = re.compile(
    rf"(?:面向|针对|对象是|受众[是:]?)\s*({_TO_SPACE}{{2,40}}?)"
    rf"(?=的[^,。;|\s者人员家手师理主板]{{0,10}}?{_EVENT}|(?:线[上下])?{_EVENT}|[,。;;!?\n|]|(?!{_BRIDGE})\s|$)"
    r"|给(?!我|大家|咱)([\u4e00-\u9fff]{2,10}?)(?=[办做搞开]|组织|策划)"
)
_AUDIENCE_EN = re.compile(
    r"\b(?:aimed at|audience[: ]+|for)\s+(?:(?:a|one|two|few|several|half)\s+(?:dozen\s+)?)?((?:(?!dozen)[a-z-]+\s+){0,4}"
    r"(?:founders|developers|builders|members|beginners|newcomers|engineers|designers|investors|teams|owners))\b",
    re.IGNORECASE,
)
_GOALS = re.compile(
    r"(?:目标|目的|希望能?|goals?|objective|so that|we want to)\s*(?:是|为|is|are)?\s*[::]?\s*([^。;;!?\n]{2,200})",
    re.IGNORECASE,
)
_FILLER = re.compile(
    r"我们?|我?要(?=[办做搞])|[办做搞弄开][个场]|每[周月天](?:一次)?|第[一二三]次|限|最多|至少|估计|得有|月底|月初|年底|咱们?|想要?|打算|计划|准备|需要|帮我?|请|给|做|办|搞|组织|举办|策划|安排|一下|一[场个次期]|这[场个次]|活动|方案|左右|大概|大约|约|预计|预算|经费|费用|在|于|的时候"
    r"|开始|时长|时间|地点|人数|规模|控制|不超过|以内|之内|上限|线上|线下|现场|周末|腾讯会议|飞书会议|直播|人数不限|那天|那种|再来(?:一次)?|就是|吧|哈|呢|啊|呀|谢谢|麻烦"
    r"|\b(?:please|plan|organi[sz]e|host|hold|run|set up|arrange|want|need|we|i|would|like|to|a|an|the|with|for|in|at|on|of|event|about|around|"
    r"budget|under|up|max|people|from|this|next|could|can|you|and|our|my|by|help|me|us|let's|do|some|online|offline|in-person)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\s*(?:地点|地址|时间|日期|人数|预算|规模|venue|place|date|budget)\s*(?:定在|是|为|[::])?", re.IGNORECASE
)
_SPACE_IN_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")
# What is left of a sentence about the event itself, its day, place or price, is no subject.
_SCRAP = re.compile(
    r"[$€£¥]\s?\d|月[上中下]旬|暂定|每[个位组]\d|(?:teams?|groups?) of \d|人均|每人|签到|报名|前一[周天]|后一[周天]|改[到成在]|系统提示|忽略|定在|日定|或者?|AA|赞助|费用|餐|随便|什么|怎样|一些|群里|冷清|热闹|点事"
    r"|\b(?:or|maybe|perhaps|each|bring|guests?|included?|lunch|dinner|per|head|sign|something|fun|anything|nice|cool|please|closed|door|private|no more|at least|speakers?)\b",
    re.IGNORECASE,
)
_LEAST_HAN = 4  # two or three characters left over are mostly the rest of a word
_DANGLING = re.compile(r"(?:\s+(?:for|in|at|on|with|by|to|of|and|the|a|an|from|w))+$", re.IGNORECASE)
_EDGES = " 的了和与及、|,.;:!?()[]-~—/'\"\t场个"


def extract_topic(text: str, spans: Sequence[tuple[int, int]], formats: Sequence[str]) -> str:
    """Return what the event is about, at most 60 characters, or "" when the text does not say.

    Args:
        text: the brief, NFKC.
        spans: parts that were understood as something else (dates, money ...).
        formats: patterns of format words, which alone are no topic.
    """
    for pattern in (_QUOTED, _LABELLED):
        if found := pattern.search(text):
            return _tidy(found[1])
    rest = list(text)
    for start, end in spans:
        rest[start:end] = "|" * (end - start)
    remaining = "".join(rest)
    for pattern in (_ABOUT_OF_ZH, _ABOUT_ZH, _ABOUT_EN):
        if (found := pattern.search(remaining)) and (topic := _tidy(found[1])) and not _is_format_only(topic, formats):
            return topic
    clauses = [clause for clause in re.split(r"[,。;;!?\n|]|\.\s", remaining) if not _LABEL.match(clause)]
    kept = [tidy for tidy in (_tidy(_without_filler(clause)) for clause in clauses) if len(tidy) >= 2]
    with_format = [clause for clause in kept if any(re.search(pattern, clause, re.IGNORECASE) for pattern in formats)]
    for clause in with_format:
        if not _is_format_only(clause, formats) and not _SCRAP.search(clause):
            return _without_leading_format(clause, formats)
    # Without a format word to go by, the longest clause says most.
    for clause in sorted(kept, key=len, reverse=True):
        if not _is_format_only(clause, formats) and _says_something(clause):
            return _without_leading_format(clause, formats)
    return ""


def _says_something(clause: str) -> bool:
    """Whether a leftover clause can be a subject: long enough, and not about day, place or price."""
    if _SCRAP.search(clause):
        return False
    han, words = re.findall(r"[\u4e00-\u9fff]", clause), re.findall(r"[A-Za-z]{2,}", clause)
    return len(han) + 2 * len(words) >= _LEAST_HAN or bool(re.fullmatch(r"[\u4e00-\u9fff]+[会节赛]", clause))


def _without_leading_format(text: str, formats: Sequence[str]) -> str:
    """黑客松端侧AI is about 端侧AI, 写PRD的工作坊 about 写PRD; AI路演 stays: the word belongs to the title there."""
    for pattern in formats:
        text = _tidy(
            re.sub(rf"^(?:{pattern})(?=[\u4e00-\u9fffA-Z])(?!的)|的小?(?:{pattern})$", "", text, flags=re.IGNORECASE)
        )
    return text


def _without_filler(clause: str) -> str:
    """Drop words that say nothing: anywhere in Chinese, which has no word borders, at both ends in English."""
    if re.search(r"[\u4e00-\u9fff]", clause):
        return _FILLER.sub(" ", clause)
    words = clause.split()
    while words and _FILLER.fullmatch(words[0]):
        words.pop(0)
    while words and _FILLER.fullmatch(words[-1]):
        words.pop()
    return " ".join(words)


def _is_format_only(text: str, formats: Sequence[str]) -> bool:
    for pattern in formats:
        text = re.sub(pattern, "", text, flags=re.IGNORECASE)
    return len(re.sub(r"[\W\d_]|闭门|年度|分享会?|讲座|会议|talk|session|day", "", text, flags=re.IGNORECASE)) < 2


def _tidy(text: str) -> str:
    text = _SPACE_IN_CHINESE.sub("", clean_line(text))
    return _DANGLING.sub("", text.strip(_EDGES)[:MAX_TOPIC_CHARS]).strip(_EDGES)


def find_audience(text: str, blanked: str) -> Found[str] | None:
    """Return whom the event is for, when the text says so.

    Args:
        text: the brief.
        blanked: the same with bars where something else was understood, which ends it in Chinese; in English the head
            count and the audience share their noun: for 25 founders.
    """
    match = _AUDIENCE_ZH.search(blanked) or _AUDIENCE_EN.search(text)
    if match is None:
        return None
    said = clean_line(next(group for group in match.groups() if group)).strip(_EDGES)
    return Found(said, match.start(), match.end(), match[0].strip()) if said else None


def find_goals(text: str, blanked: str) -> Found[list[str]] | None:
    """Return what the event is for, when the text says so.

    Args:
        text: the brief.
        blanked: the same with bars where something else was understood: a clause with a day or a place ends the goals.
    """
    match = _GOALS.search(text)
    if match is None:
        return None
    end = match.end()
    for comma in re.finditer(r"[,，]", match[1]):
        start = match.start(1) + comma.end()
        if "|" in re.split(r"[,，]", blanked[start : match.end()], maxsplit=1)[0]:
            end = start - 1
            break
    parts = re.split(r"[、;;]", text[match.start(1) : end])
    goals = [goal for goal in (clean_line(part).strip(_EDGES) for part in parts) if len(goal) > 1]
    return Found(goals[:5], match.start(), end, text[match.start() : end].strip()) if goals else None
