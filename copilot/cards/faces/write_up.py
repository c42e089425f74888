"""The card of a write-up: its title and what it says best, in the author's own sentences."""

from __future__ import annotations

from datetime import datetime

from copilot.cards.canvas import MARGIN, ROOM, At, Canvas
from copilot.cards.fonts import FontBook
from copilot.cards.frame import draw_field, draw_foot, draw_heading, foot_of
from copilot.cards.lines import Box, Style, broken, fitted
from copilot.cards.models import Look, WriteUpFace
from copilot.cards.texts import drawable, initial, letters
from copilot.cards.themes import Theme, theme
from copilot.cards.wording import day, say

# Two marks, drawn rather than written: fonts have them in different places.
_QUOTE = "M0 60C0 26 20 6 52 0l6 14C38 20 28 32 28 46h28v44H0zM76 60c0-34 20-54 52-60l6 14c-20 6-30 18-30 32h28v44H76z"
_HEADING = 150
_SAID = Style(40, 400, "serif")


def draw_write_up(book: FontBook, face: WriteUpFace, look: Look, made_at: datetime) -> str:
    """Return the card as SVG."""
    colours = theme(look.theme, "write-up")
    canvas = Canvas(book, f"{face.title} · {face.community}", look.language)
    said = broken(book, "".join(_spaced(quote) for quote in face.quotes), _SAID, ROOM - 40, 5)
    by = _by(face, look.language)
    needed = (130 + len(said.lines) * 64 if said.lines else 30) + (130 if by else 0) + 20
    foot = foot_of(look)
    height = max(480.0, foot - needed)
    draw_field(canvas, colours, height, face.community + face.title)
    draw_heading(canvas, colours, face.community, "write-up", look.language)
    sections = broken(book, " / ".join(drawable(name) for name in face.sections), Style(26), ROOM, 1)
    bottom = height - (112 if sections.lines else 70)
    title = fitted(book, face.title, Style(112, 700, "serif"), Box(ROOM, 4, bottom - _HEADING), 46)
    step = title.style.size * 1.28
    canvas.block(At(MARGIN, bottom - step * (len(title.lines) - 1)), title, colours.on_field, leading=1.28)
    canvas.block(At(MARGIN, height - 48), sections, colours.on_field_soft)
    y = height + 44
    if said.lines:
        canvas.raw(
            f'<path transform="translate({MARGIN} {y:.1f}) scale(0.62)" fill="{colours.accent}" fill-opacity="0.9" d="{_QUOTE}"/>'
        )
        y = canvas.block(At(MARGIN, y + 118), said, colours.ink, leading=1.6)
    if by:
        _draw_author(canvas, colours, face, by, foot - 110)
    draw_foot(canvas, colours, "write-up", look, face.community, made_at)
    return canvas.svg()


def _spaced(sentence: str) -> str:
    """Return a sentence as it stands before another one: with a space where its script has them."""
    text = drawable(sentence)
    return text if text.endswith(("。", "！", "？", "；", "…")) else f"{text} "


def _by(face: WriteUpFace, language: str) -> str:
    parts = [drawable(face.headline)] if face.author and face.headline else []
    if face.written_at is not None:
        parts.append(say(language, "written", day=day(language, face.written_at)))
    return " · ".join(parts) if face.author else ""


def _draw_author(canvas: Canvas, colours: Theme, face: WriteUpFace, by: str, y: float) -> None:
    canvas.circle(MARGIN + 40, y + 40, 40, colours.accent)
    first = initial(letter for letter in letters(drawable(face.author)) if canvas.book.sets(letter))
    if first:
        canvas.text(At(MARGIN + 40, y + 54, anchor="middle"), first, Style(38, 700), colours.paper)
    canvas.text(At(MARGIN + 104, y + 34, room=ROOM - 104), face.author, Style(34, 700), colours.ink)
    canvas.text(At(MARGIN + 104, y + 74, room=ROOM - 104), by, Style(25), colours.soft)
