"""Words of a text for lexical overlap: Chinese character pairs and Latin words, without those that say nothing."""

from __future__ import annotations

import re
import unicodedata

_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9][a-z0-9+#.-]*")
_EMPTY = frozenset(
    ["the", "and", "for", "with", "that", "this", "from", "into", "your", "our", "are", "was", "how", "what", "who", "why", "you", "we", "can", "will", "not", "all", "any", "more", "about", "of", "to", "in", "on", "at", "is", "it", "an", "as", "by", "or", "be", "a", "i", "my", "me", "event", "events", "talk", "meetup", "community", "members", "session"]
) | frozenset(("社区", "活动", "分享", "如何", "怎么", "我们", "一个", "可以", "什么", "大家", "成员", "线上", "线下", "沙龙", "聚会", "交流"))  # fmt: skip
_EMPTY_CHARACTERS = frozenset("的了和与及是在有我你他她它们这那个们吗呢吧啊对把被让给到从为以")


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
