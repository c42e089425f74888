"""Lines: a text broken where readers expect it, cut with an ellipsis where it does not fit, or set smaller."""

from __future__ import annotations

from typing import NamedTuple

from copilot.cards.fonts import Family, FontBook, Weight
from copilot.cards.texts import NO_END, NO_START, drawable, is_wide, letters

_DOTS = "…"
_STEP = 2


class Style(NamedTuple):
    """How a text is set."""

    size: float
    weight: Weight = 400
    family: Family = "sans"
    spacing: float = 0


class Lines(NamedTuple):
    """A text as it is set: `style` may be smaller than asked, `is_cut` says that words are missing."""

    lines: list[str]
    style: Style
    is_cut: bool


def broken(book: FontBook, text: str, style: Style, width: float, most: int) -> Lines:
    """Return at most `most` lines of at most `width`; the last one ends in an ellipsis when something is left."""
    wanted = _wrap(book, letters(drawable(text)), style, width)
    lines = ["".join(line).strip() for line in wanted[:most]]
    is_cut = len(wanted) > most
    if is_cut:
        # A name is cut where the room ends, a text after a word.
        left = [letter for line in wanted for letter in line] if most == 1 else wanted[most - 1]
        lines[-1] = _shortened(book, [*left, _DOTS], style, width)
    return Lines(lines, style, is_cut)


def fitted(book: FontBook, text: str, style: Style, width: float, most: int, smallest: float) -> Lines:
    """Return the text in the largest size, from the style's down to `smallest`, at which it fits; else cut at that."""
    size = style.size
    while size > smallest:
        found = broken(book, text, style._replace(size=size), width, most)
        if not found.is_cut and not _has_torn_word(book, text, found.style, width):
            return found
        size -= _STEP
    return broken(book, text, style._replace(size=smallest), width, most)


def _has_torn_word(book: FontBook, text: str, style: Style, width: float) -> bool:
    words = drawable(text).split(" ")
    return any(
        not any(is_wide(letter) for letter in word) and book.width(word, style.size, style.weight, style.family) > width
        for word in words
    )


def _wrap(book: FontBook, found: list[str], style: Style, width: float) -> list[list[str]]:
    lines: list[list[str]] = []
    line: list[str] = []
    used = 0.0
    for letter in found:
        advance = book.width(letter, style.size, style.weight, style.family)
        if line and used + advance > width and letter != " ":
            keep = _break_place(line, letter)
            lines.append(line[:keep])
            line = line[keep:]
            while line and line[0] == " ":
                line.pop(0)
            used = sum(book.width(one, style.size, style.weight, style.family) for one in line)
        if not line and letter == " ":
            continue
        line.append(letter)
        used += advance
    return [*lines, line] if line else lines


def _break_place(line: list[str], after: str) -> int:
    """Return how many letters stay on a line that `after` does not fit on; a word too long for a line is torn."""
    for keep in range(len(line), 0, -1):
        before, following = line[keep - 1], after if keep == len(line) else line[keep]
        if following[0] in NO_START or before[0] in NO_END:
            continue
        if before == " " or following == " " or is_wide(before) or is_wide(following) or before in {"-", "/"}:
            return keep
    return len(line)


def _shortened(book: FontBook, found: list[str], style: Style, width: float) -> str:
    """Return letters that end in an ellipsis, as many as fit."""
    kept = found[:-1]
    while kept and book.width("".join(kept) + _DOTS, style.size, style.weight, style.family) > width:
        kept.pop()
    while kept and (kept[-1] == " " or kept[-1] in NO_END or kept[-1] in set("，、；：,;:")):
        kept.pop()
    return "".join(kept) + _DOTS
