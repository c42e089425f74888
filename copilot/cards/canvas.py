"""Canvas: an SVG of exactly 1080 x 1350, written part by part. Words from outside stand in text nodes alone, escaped."""

from __future__ import annotations

from typing import Literal, NamedTuple
from xml.sax.saxutils import escape

from copilot.cards.fonts import STACKS, FontBook
from copilot.cards.lines import Lines, Style, broken
from copilot.cards.texts import drawable, is_joined, isolated

WIDTH, HEIGHT, MARGIN = 1080, 1350, 84
ROOM = WIDTH - 2 * MARGIN
# A line that fills so much of its room is held to its width where it is read with another font.
_HELD = 0.9


class At(NamedTuple):
    """Where a line stands, and how wide it may be."""

    x: float
    y: float
    anchor: Literal["start", "middle", "end"] = "start"
    room: float = ROOM


class Canvas:
    """Collects parts; `svg` gives the picture. Lengths are pixels, y is where letters stand."""

    def __init__(self, book: FontBook, title: str, locale: str) -> None:
        self.book = book
        self._title = drawable(title)
        self._locale = locale
        self._defs: list[str] = []
        self._parts: list[str] = []

    def gradient(self, name: str, start: str, end: str) -> str:
        """Add a gradient from the upper left to the lower right, and return what to fill with."""
        self._defs.append(
            f'<linearGradient id="{name}" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="{start}"/>'
            f'<stop offset="1" stop-color="{end}"/></linearGradient>'
        )
        return f"url(#{name})"

    def clip(self, name: str, x: float, y: float, width: float, height: float, radius: float = 0) -> str:
        """Add a rectangle that parts can be cut to, and return its name."""
        self._defs.append(
            f'<clipPath id="{name}"><rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" '
            f'rx="{_n(radius)}"/></clipPath>'
        )
        return f"url(#{name})"

    def rect(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0) -> None:
        """Draw a rectangle."""
        self._parts.append(
            f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(radius)}" fill="{fill}"/>'
        )

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """Draw a disc."""
        self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" fill="{fill}"/>')

    def raw(self, part: str) -> None:
        """Add a part that is made of numbers and colours alone."""
        self._parts.append(part)

    def text(self, at: At, text: str, style: Style, fill: str) -> float:
        """Write one line, cut to its room, and return how wide it is."""
        found = broken(self.book, text, style, at.room, 1).lines
        return self._line(at, found[0] if found else "", style, fill)

    def block(self, at: At, lines: Lines, fill: str, *, leading: float = 1.36) -> float:
        """Write lines, the first one standing at `at`, and return where a next one would stand."""
        for line in lines.lines:
            self._line(at, line, lines.style, fill)
            at = at._replace(y=at.y + lines.style.size * leading)
        return at.y

    def svg(self) -> str:
        """Return the picture."""
        defs = f"<defs>{''.join(self._defs)}</defs>" if self._defs else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'xml:lang="{self._locale}" role="img"><title>{escape(self._title)}</title>{defs}{"".join(self._parts)}</svg>'
        )

    def _line(self, at: At, line: str, style: Style, fill: str) -> float:
        width = self.book.width(line, style.size, style.weight, style.family) + style.spacing * len(line)
        held = ""
        if width > _HELD * at.room and not is_joined(line) and not style.spacing:
            held = f' textLength="{_n(width)}" lengthAdjust="spacingAndGlyphs"'
        spaced = f' letter-spacing="{_n(style.spacing)}"' if style.spacing else ""
        self._parts.append(
            f'<text x="{_n(at.x)}" y="{_n(at.y)}" font-family="{STACKS[style.family]}" font-size="{_n(style.size)}" '
            f'font-weight="{style.weight}" fill="{fill}" text-anchor="{at.anchor}"{held}{spaced}>'
            f"{escape(isolated(line))}</text>"
        )
        return width


def _n(number: float) -> str:
    return f"{number:.1f}".rstrip("0").rstrip(".")
