"""Patterns that operators write, held to a form that no text can make slow: a repeat is short and follows one character.

Python's expressions backtrack; `(a+)+b` takes for ever on a line of a's. What cannot be bounded by looking at it is
refused, with the reason.
"""

from __future__ import annotations

import re

from copilot.errors import InvalidInput
from copilot.moderation.calibrating.wording import refusal

MAX_CHARS = 300
MAX_REPEAT = 40
_MOST_WAYS = 2_000
_REPEAT = re.compile(r"\{(\d{1,3})(?:,(\d{1,3}))?\}")
_KNOWN_ESCAPES = frozenset("dDwWsSbB")


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return a compiled pattern that ignores case.

    Raises:
        InvalidInput: it is empty, too long, no expression, or could be slow.
    """
    if not 1 <= len(text) <= MAX_CHARS:
        raise _refused(f"1-{MAX_CHARS} characters")
    _check(text)
    try:
        found = re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise _refused(str(error)) from error
    if found.search("") is not None:
        raise _refused("it finds something everywhere")
    return found


def _check(text: str) -> None:
    """Walk over the pattern once; multiply the ways in which its repeats can be cut."""
    at, ways, can_repeat, was_group = 0, 1, False, False
    while at < len(text):
        sign = text[at]
        if sign in "*+":
            raise _refused(f"{sign} has no limit, write {{0,20}} for it")
        if sign == "{":
            match = _REPEAT.match(text, at)
            if match is None or not can_repeat or was_group:
                raise _refused(f"a repeat at character {at + 1} that follows no single character")
            low, high = int(match.group(1)), int(match.group(2) or match.group(1))
            if high > MAX_REPEAT or low > high:
                raise _refused(f"at most {MAX_REPEAT} times")
            ways *= high - low + 1
            at, can_repeat, was_group = match.end(), False, False
        elif sign == "?":
            if not can_repeat:
                raise _refused(f"a ? at character {at + 1} that follows nothing")
            ways, at, can_repeat = ways * 2, at + 1, False
        else:
            at, can_repeat, was_group, more = _unit(text, at)
            ways *= more
        if ways > _MOST_WAYS:
            raise _refused("too many repeats beside each other")


def _unit(text: str, at: int) -> tuple[int, bool, bool, int]:
    """Return where the unit at `at` ends, whether it may be repeated, whether it closes a group, and ways it adds."""
    sign = text[at]
    if sign == "\\":
        following = text[at + 1 : at + 2]
        if not following or (following.isalnum() and following not in _KNOWN_ESCAPES):
            raise _refused(f"\\{following} is not among \\d \\w \\s \\b and escaped marks")
        return at + 2, following not in "bB", False, 1
    if sign == "[":
        end = text.find("]", at + 2)
        if end < 0 or "[" in text[at + 1 : end]:
            raise _refused(f"a class at character {at + 1} that does not end")
        return end + 1, True, False, 1
    if sign == "(":
        if text[at + 1 : at + 2] == "?" and text[at + 1 : at + 3] != "?:":
            raise _refused("groups are plain: ( ) or (?: )")
        return at + (3 if text[at + 1 : at + 3] == "?:" else 1), False, False, 1
    if sign == "|":
        return at + 1, False, False, 2
    if sign == ")":
        return at + 1, True, True, 1
    return at + 1, sign not in "^$", False, 1


def _refused(why: str) -> InvalidInput:
    return InvalidInput(field="pattern", **refusal("pattern_refused", why=why))
