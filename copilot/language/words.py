"""Content words of short texts, for overlap: Chinese character pairs and Latin words, without those that say nothing."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_READ_CHARS = 2000
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9+#.-]*")
_EMPTY_LATIN = (
    "the and for with that this from into your our are was were how what who why when where which you we can will not "
    "all any some more about of to in on at is it an as by or be am my me do does did has have had been they them he "
    "she his her us so if but just like get got anyone anybody somebody someone please thanks would could should"
)
_EMPTY_HAN = (
    "社区 群里 如何 怎么 我们 你们 他们 一个 可以 什么 大家 请问 请教 有没 没有 谢谢 现在 就是 还是 不是 这个 那个 各位 老师 "
    "问下 想问 问一 一下 觉得 知道 有人 已经 因为 所以 但是 如果 自己 时候 今天 明天 昨天"
)
_EMPTY = frozenset(_EMPTY_LATIN.split()) | frozenset(_EMPTY_HAN.split())
_EMPTY_CHARACTERS = frozenset(
    "的了和与及是在有我你他她它们这那个吗呢吧啊哈对把被让给到从为以嘛呀哦嗯就都也很还没不会要"
)


def content_words(text: str) -> set[str]:
    """Return the words of a text's first 2,000 characters: Latin words of two letters or more, Chinese character pairs."""
    return set(_words(text[:_READ_CHARS]))


# Every suggestion reads the conversation of weeks, of which little is new since the last one.
@lru_cache(maxsize=8_192)
def _words(text: str) -> frozenset[str]:
    words: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run[0].isascii():
            word = run.strip(".-")
            if len(word) > 1 and word not in _EMPTY:
                words.add(word.removesuffix("s") if len(word) > 3 else word)
        else:
            words.update(
                one + other
                for one, other in pairwise(run)
                if one not in _EMPTY_CHARACTERS and other not in _EMPTY_CHARACTERS
            )
    return frozenset(words - _EMPTY)
