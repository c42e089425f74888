"""Words of a text: those that say something, for lexical overlap, and those that say that something is still open."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9+#.-]*")
_EMPTY = frozenset(
    ["the", "and", "for", "with", "that", "this", "from", "into", "your", "our", "are", "was", "how", "what", "who", "why", "you", "we", "can", "will", "not", "all", "any", "more", "about", "of", "to", "in", "on", "at", "is", "it", "an", "as", "by", "or", "be", "a", "i", "my", "me", "event", "events", "talk", "meetup", "community", "members", "session"]
) | frozenset(("社区", "活动", "分享", "如何", "怎么", "我们", "一个", "可以", "什么", "大家", "成员", "线上", "线下", "沙龙", "聚会", "交流"))  # fmt: skip
_EMPTY_CHARACTERS = frozenset("的了和与及是在有我你他她它们这那个们吗呢吧啊对把被让给到从为以")

_OPEN = re.compile(
    r"待定|待确认|暂定|未定|\bTB[ACD]\b|to be (?:confirmed|decided|announced)|\bto confirm\b|\bplaceholder\b|X{3,}|某某",
    re.IGNORECASE,
)
_OPEN_PART = re.compile(
    rf"(?:(?:主题|题目|话题|内容|场地|地点|时间|日期|嘉宾|人数|预算)(?:还|暂时|先)?|\b(?:topic|title|theme|venue|place|speakers?|date|time)\b[ :]*(?:is )?)?(?:{_OPEN.pattern})(?:的)?",
    re.IGNORECASE,
)


def says_open(text: str) -> str:
    """Return the words by which a text says that something is still open, "" when it does not."""
    found = _OPEN.search(text)
    return found[0] if found else ""


def without_open(text: str) -> str:
    """Return what a text says besides that something is open: no event is about its being undecided."""
    if not says_open(text):
        return text
    rest = _OPEN_PART.sub(" ", text).strip(" 　,，、。;；:：-—")
    return rest if len(content_words(rest)) > 0 else ""


def content_words(text: str) -> set[str]:
    """Return the words of `text`, lower case, NFKC: Latin words of two letters or more, Chinese character pairs."""
    words: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            word = run.strip(".-")
            if len(word) > 1:
                words.add(word.removesuffix("s") if len(word) > 3 else word)
        else:
            words.update(run[i : i + 2] for i in range(len(run) - 1) if not _EMPTY_CHARACTERS & set(run[i : i + 2]))
    return words - _EMPTY
