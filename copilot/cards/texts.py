"""What people typed, made drawable: invisible and reordering characters removed, cut into what a reader takes for letters.

Nothing is judged here: a name stays a name, only characters that would change what stands beside it are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from copilot.community.text import clean_line

MOST_CHARS = 600
# More marks than this on one letter climb over the lines above and below.
_MOST_MARKS = 3
# Directional marks, embeddings, overrides and isolates; invisible spaces and operators; tags; fillers that look empty.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\uffff\U0001d173-\U0001d17a\ue000-\uf8ff\U000e0000-\U0010ffff]"
)
_JOINERS = {"\u200c", "\u200d"}
_SELECTORS = {"\ufe0e", "\ufe0f", "\u20e3"}
_JOINED_SCRIPTS = re.compile("[\u0590-\u08ff\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]")
_RIGHT_TO_LEFT = {"R", "AL"}
# What may not begin a line, and what may not end one, in Chinese typesetting (GB/T 15834).
NO_START = set("，。、；：？！…）】》〉」』”’·～,.;:?!)]}%‰℃")
NO_END = set("（【《〈「『“‘([{￥$#@")


def drawable(text: str) -> str:
    """Return `text` on one line, at most 600 characters, without what is unseen or moves its neighbours."""
    line = _UNSEEN.sub("", clean_line(unicodedata.normalize("NFC", text[: 4 * MOST_CHARS])))
    kept: list[str] = []
    marks = 0
    for place, char in enumerate(line):
        if char in _JOINERS and not _joins(line, place):
            continue
        is_mark = unicodedata.category(char) in {"Mn", "Me"} and char not in _SELECTORS
        marks = marks + 1 if is_mark else 0
        if marks <= _MOST_MARKS and not (is_mark and not kept):
            kept.append(char)
        if len(kept) >= MOST_CHARS:
            break
    return " ".join("".join(kept).split())


def letters(text: str) -> list[str]:
    """Return `text` cut into what a reader takes for one letter (a subset of UAX 29): marks and emoji stay whole."""
    found: list[str] = []
    for char in text:
        if found and _continues(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def initial(text: Iterable[str]) -> str:
    """Return the letter that stands for a name: its first one, or what it begins with when it has none."""
    found = [*text]
    return next((letter for letter in found if letter[0].isalpha()), next(iter(found), "")).upper()


def isolated(text: str) -> str:
    """Return a line that is read right to left set apart, so that neither it nor its neighbours change places."""
    return f"\u2067{text}\u2069" if is_right_to_left(text) else text


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is of a script that is read right to left."""
    for char in text:
        direction = unicodedata.bidirectional(char)
        if direction in _RIGHT_TO_LEFT:
            return True
        if direction == "L":
            return False
    return False


def is_joined(text: str) -> bool:
    """Whether letters take their shape from their neighbours: such a line is never stretched."""
    return _JOINED_SCRIPTS.search(text) is not None


@lru_cache(maxsize=8192)
def is_wide(letter: str) -> bool:
    """Whether a letter stands in a square, as Chinese does, so that a line may end after it."""
    return unicodedata.east_asian_width(letter[0]) in {"W", "F"} or is_emoji(letter)


def is_emoji(letter: str) -> bool:
    """Whether a letter is a picture."""
    first = ord(letter[0])
    return 0x1F000 <= first <= 0x1FAFF or (0x2600 <= first <= 0x27BF) or "\ufe0f" in letter


def _joins(line: str, place: int) -> bool:
    """Whether a joiner stands between two letters that it means something to."""
    if place == 0 or place + 1 >= len(line):
        return False
    before, after = line[place - 1], line[place + 1]
    pictures = line[place] == "\u200d" and (
        is_emoji(before) or before in _SELECTORS or 0x1F3FB <= ord(before) <= 0x1F3FF
    )
    if pictures and is_emoji(after):
        return True
    return _JOINED_SCRIPTS.match(before) is not None and _JOINED_SCRIPTS.match(after) is not None


def _continues(letter: str, char: str) -> bool:
    if char in _SELECTORS or char in _JOINERS or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return True
    if unicodedata.category(char) in {"Mn", "Me", "Mc"}:
        return True
    if letter[-1] == "\u200d":
        return True
    # Two letters of a flag, and no more.
    return len(letter) == 1 and _is_flag_half(letter) and _is_flag_half(char)


def _is_flag_half(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF
