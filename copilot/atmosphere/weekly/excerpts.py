"""Short parts of stored texts, cut so that they can be checked against the text they are from. Pure functions."""

from __future__ import annotations

import re
import unicodedata

from copilot.atmosphere.weekly.models import Excerpt

MOST_CHARS = 140
_LEAST_CHARS = 40
_ENDS = re.compile(r"[。！？!?…]+[”」』\"']?|[.;；](?=\s|$)|\n")


def excerpt(record_id: str, member_id: str, text: str) -> Excerpt:
    """Return the beginning of a text, up to the last sentence that fits, as an exact slice."""
    start, end = cut(text)
    return Excerpt(id=record_id, member_id=member_id, start=start, end=end, quote=text[start:end])


def cut(text: str) -> tuple[int, int]:
    """Return where the beginning of a text starts and ends: at most `MOST_CHARS`, no space at either end."""
    start = len(text) - len(text.lstrip())
    whole = len(text.rstrip())
    end = whole
    if whole - start > MOST_CHARS:
        window = text[start : start + MOST_CHARS]
        ends = [found.end() for found in _ENDS.finditer(window) if found.end() >= _LEAST_CHARS]
        end = start + (ends[-1] if ends else _unbroken(text, start + MOST_CHARS) - start)
    end = max(end, start)
    return start, start + len(text[start:end].rstrip())


def _unbroken(text: str, end: int) -> int:
    """Return the last place up to `end` that tears no word and no sign made of several characters apart."""
    space = text.rfind(" ", end - 20, end)
    if space > 0:
        return space
    while end > 1 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1
    return end
