"""Which language a line of chat is written in, by its script alone: enough to choose a model or a rule set."""

from __future__ import annotations

import re

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z']+")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]{1,12}\]|https?://\S+|@\S+")


def detect_language(text: str) -> str:
    """Return `zh`, `en`, `mixed` or, for text without letters, an empty string.

    Stickers such as `[捂脸]`, links and mentions do not count. A line is `mixed` when it has at least two Han
    characters and at least three Latin words; a Chinese line with one or two product names stays `zh`.
    """
    body = _PLACEHOLDER.sub(" ", text)
    han = len(_HAN.findall(body))
    words = len(_LATIN_WORD.findall(body))
    if han >= 2 and words >= 3 and words * 4 >= han:
        return "mixed"
    if han:
        return "zh" if han >= words else "en"
    return "en" if words else ""


def language_of(text: str, plain: str) -> str:
    """Return the language of a stored text with its normalised form: pinyin that hid Chinese words is Chinese."""
    written = detect_language(text)
    if written in {"zh", ""} or detect_language(plain) != "zh":
        return written
    return "zh" if written == "mixed" or not _LATIN_WORD.search(_PLACEHOLDER.sub(" ", plain)) else written
