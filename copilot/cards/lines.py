"""Lines: a text broken where readers expect it, cut with an ellipsis where it does not fit, or set smaller."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from copilot.cards.fonts import Family, FontBook, Weight
from copilot.cards.texts import NO_END, NO_START, drawable, is_wide, letters

_DOTS = "…"
# For a text of which no letter can be set.
_INSTEAD = "···"
_STEP = 2
_LEADING = 1.28
# A line may end after these without a space.
_AFTER = {"-", "/"}
_NOT_BEFORE_DOTS = NO_END | set("，、；：,;:")
# A letter and its width in em.
Measured = tuple[str, float]


class Style(NamedTuple):
    """How a text is set."""

    size: float
    weight: Weight = 400
    family: Family = "sans"
    spacing: float = 0


class Box(NamedTuple):
    """What a text must fit in."""

    width: float
    most: int
    height: float = inf

    def most_lines(self, size: float) -> int:
        """Return how many lines of a size fit: the first takes its letters, each further one its leading, too."""
        if self.height == inf:
            return self.most
        return min(self.most, max(0, int((self.height - size) // (size * _LEADING)) + 1))


class Lines(NamedTuple):
    """A text as it is set: `style` may be smaller than asked, `is_cut` says that words are missing."""

    lines: list[str]
    style: Style
    is_cut: bool


def broken(book: FontBook, text: str, style: Style, width: float, most: int) -> Lines:
    """Return at most `most` lines of at most `width`; the last one ends in an ellipsis when something is left."""
    return _set(_measured(book, text, style), _dots(book, style), style, width, most)


def fitted(book: FontBook, text: str, style: Style, box: Box, smallest: float) -> Lines:
    """Return the text in the largest size, from the style's down to `smallest`, at which it fits; else cut at that."""
    measured, dots = _measured(book, text, style), _dots(book, style)
    widest = max((sum(em for _, em in word) for word in _words(measured)), default=0.0)
    whole = sum(em for _, em in measured)
    size = style.size
    while size > smallest:
        most = box.most_lines(size)
        # What cannot fit by its mere length, or only with a torn word, is not tried.
        if most and widest * size <= box.width and whole * size <= box.width * most + size:
            found = _set(measured, dots, style._replace(size=size), box.width, most)
            if not found.is_cut:
                return found
        size -= _STEP
    return _set(measured, dots, style._replace(size=smallest), box.width, max(1, box.most_lines(smallest)))


def _measured(book: FontBook, text: str, style: Style) -> list[Measured]:
    typed = letters(drawable(text))
    # Spaces that stood around what is not set become one.
    kept = letters(" ".join("".join(letter for letter in typed if book.sets(letter)).split()))
    if typed and not kept:
        kept = [*_INSTEAD]
    return [(letter, book.em(letter, style.weight, style.family)) for letter in kept]


def _dots(book: FontBook, style: Style) -> Measured:
    return (_DOTS, book.em(_DOTS, style.weight, style.family))


def _words(measured: list[Measured]) -> list[list[Measured]]:
    """Return the runs of letters that stay together: words of scripts with spaces."""
    words: list[list[Measured]] = [[]]
    for one in measured:
        if one[0] == " " or is_wide(one[0]):
            words.append([])
        else:
            words[-1].append(one)
            if one[0] in _AFTER:
                words.append([])
    return words


def _set(measured: list[Measured], dots: Measured, style: Style, width: float, most: int) -> Lines:
    wanted = _wrap(measured, width / style.size, most)
    lines = [_joined(line) for line in wanted[:most]]
    is_cut = len(wanted) > most
    if is_cut:
        # A name is cut where the room ends, a text after a word.
        left = measured if most == 1 else wanted[most - 1]
        lines[-1] = _shortened(left, dots, width / style.size)
    return Lines(lines, style, is_cut)


def _wrap(measured: list[Measured], width: float, most: int) -> list[list[Measured]]:
    """Return lines, `width` in em; of what comes after `most` lines, one line stands for all."""
    lines: list[list[Measured]] = []
    line: list[Measured] = []
    used = 0.0
    for one in measured:
        letter, em = one
        if line and used + em > width and letter != " ":
            keep = _break_place(line, letter)
            lines.append(line[:keep])
            if len(lines) > most:
                return lines
            line = line[keep:]
            while line and line[0][0] == " ":
                line.pop(0)
            used = sum(em for _, em in line)
        if not line and letter == " ":
            continue
        line.append(one)
        used += em
    return [*lines, line] if line else lines


def _break_place(line: list[Measured], after: str) -> int:
    """Return how many letters stay on a line that `after` does not fit on; a word too long for a line is torn."""
    for keep in range(len(line), 0, -1):
        before, following = line[keep - 1][0], after if keep == len(line) else line[keep][0]
        if following[0] in NO_START or before[0] in NO_END:
            continue
        if before == " " or following == " " or is_wide(before) or is_wide(following) or before in _AFTER:
            return keep
    return len(line)


def _shortened(found: list[Measured], dots: Measured, width: float) -> str:
    """Return letters that end in an ellipsis, as many as fit."""
    kept: list[Measured] = []
    used = dots[1]
    for one in found:
        used += one[1]
        if used > width:
            break
        kept.append(one)
    while kept and (kept[-1][0] == " " or kept[-1][0] in _NOT_BEFORE_DOTS):
        kept.pop()
    return _joined([*kept, dots])


def _joined(line: list[Measured]) -> str:
    return "".join(letter for letter, _ in line).strip()
