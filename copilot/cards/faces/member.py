"""The card of a member: who they are in one look, and what the community thanks them for."""

from __future__ import annotations

from datetime import datetime

from copilot.cards.canvas import MARGIN, ROOM, WIDTH, At, Canvas
from copilot.cards.fonts import FontBook
from copilot.cards.frame import draw_field, draw_foot, draw_heading, foot_of
from copilot.cards.lines import Box, Lines, Style, broken, fitted
from copilot.cards.models import MOST_SKILLS, Look, MemberFace
from copilot.cards.texts import drawable, initial, letters
from copilot.cards.themes import Theme, theme
from copilot.cards.wording import month, number, say

# The heading, and what is kept free above and below the name.
_ABOVE_NAME = 230
_CHIP, _CHIP_GAP, _CHIP_ROWS = 58, 14, 2


def draw_member(book: FontBook, face: MemberFace, look: Look, made_at: datetime) -> str:
    """Return the card as SVG."""
    colours = theme(look.theme, "member")
    canvas = Canvas(book, f"{face.name} · {face.community}", look.language)
    headline = broken(book, face.headline, Style(42, 700), ROOM, 2)
    facts = " · ".join(part for part in (drawable(face.city), drawable(face.industry)) if part)
    chips = _chips(book, face.skills)
    figures = _figures(face, look.language)
    needed = (
        40 + len(headline.lines) * 58 + (64 if facts else 0) + (18 + len(chips) * (_CHIP + _CHIP_GAP) if chips else 0)
        + (140 if figures else 0) + (64 if face.awards else 0) + 26
    )  # fmt: skip
    foot = foot_of(look)
    height = max(520.0, foot - needed)
    draw_field(canvas, colours, height, face.community + face.name)
    _draw_initial(canvas, colours, face.name, height)
    draw_heading(canvas, colours, face.community, "member", look.language)
    name = fitted(book, face.name, Style(150, 700, "serif"), Box(ROOM, 3, height - _ABOVE_NAME), 52)
    step = name.style.size * 1.2
    canvas.block(At(MARGIN, height - 72 - step * (len(name.lines) - 1)), name, colours.on_field, leading=1.2)
    y = _draw_words(canvas, colours, headline, facts, height + 40)
    y = _draw_chips(canvas, colours, chips, y)
    if face.awards:
        y = _draw_awards(canvas, colours, face.awards, y)
    if figures:
        _draw_figures(canvas, colours, figures, foot - 118)
    draw_foot(canvas, colours, "member", look, face.community, made_at)
    return canvas.svg()


def _draw_initial(canvas: Canvas, colours: Theme, name: str, height: float) -> None:
    """Draw the first letter of the name, larger than life and faint."""
    found = initial(letter for letter in letters(drawable(name)) if canvas.book.sets(letter))
    cut = canvas.clip("initial", 0, 0, WIDTH, height)
    canvas.raw(f'<g clip-path="{cut}" opacity="0.13">')
    if found:
        canvas.text(
            At(WIDTH - 40, height - 60, anchor="end", room=2000),
            found,
            Style(620, 700, "serif"),
            colours.on_field,
        )
    canvas.raw("</g>")


def _draw_words(canvas: Canvas, colours: Theme, headline: Lines, facts: str, y: float) -> float:
    if headline.lines:
        y = canvas.block(At(MARGIN, y + 42), headline, colours.ink) - 42
    if facts:
        canvas.text(At(MARGIN, y + 42), facts, Style(30), colours.soft)
        y += 64
    return y


def _chips(book: FontBook, skills: tuple[str, ...]) -> list[list[tuple[str, float]]]:
    """Return rows of skills with the width of their chips; what does not fit in two rows is left out."""
    rows: list[list[tuple[str, float]]] = []
    used = 0.0
    for skill in skills[:MOST_SKILLS]:
        shown = broken(book, skill, Style(28), ROOM - 56, 1).lines
        if not shown:
            continue
        width = book.width(shown[0], 28) + 52
        if not rows or used + width > ROOM:
            if len(rows) == _CHIP_ROWS:
                break
            rows.append([])
            used = 0.0
        rows[-1].append((shown[0], width))
        used += width + _CHIP_GAP
    return rows


def _draw_chips(canvas: Canvas, colours: Theme, rows: list[list[tuple[str, float]]], y: float) -> float:
    y += 18 if rows else 0
    for row in rows:
        x = float(MARGIN)
        for words, width in row:
            canvas.raw(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_CHIP}" rx="{_CHIP / 2}" '
                f'fill="{colours.panel}" stroke="{colours.line}" stroke-width="2"/>'
            )
            canvas.text(At(x + width / 2, y + 39, anchor="middle", room=2 * width), words, Style(28), colours.ink)
            x += width + _CHIP_GAP
        y += _CHIP + _CHIP_GAP
    return y


def _draw_awards(canvas: Canvas, colours: Theme, awards: tuple[str, ...], y: float) -> float:
    canvas.raw(
        f'<path transform="translate({MARGIN} {y + 12:.1f})" fill="{colours.accent}" '
        'd="M17 0l5 11.5 12.4 1.2-9.4 8.2 2.8 12.2L17 26.6 6.2 33.1 9 20.9-.4 12.7 12 11.5z"/>'
    )
    canvas.text(At(MARGIN + 50, y + 40, room=ROOM - 50), " · ".join(awards), Style(30, 700), colours.accent)
    return y + 64


def _figures(face: MemberFace, language: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if face.points:
        found.append((number(face.points), say(language, "points")))
    if face.helped:
        found.append((f"{face.helped:,}", say(language, "helped")))
    if face.joined_at is not None:
        found.append((month(language, face.joined_at), say(language, "since")))
    return found


def _draw_figures(canvas: Canvas, colours: Theme, figures: list[tuple[str, str]], y: float) -> None:
    width = ROOM / max(len(figures), 2)
    for place, (figure, label) in enumerate(figures):
        x = MARGIN + place * width
        if place:
            canvas.rect(x - 24, y + 6, 2, 76, colours.line)
        set_as = fitted(canvas.book, figure, Style(52, 700), Box(width - 40, 1), 28)
        canvas.block(At(x, y + 46, room=width), set_as, colours.accent)
        canvas.text(At(x, y + 84, room=width - 30), label, Style(24), colours.soft)
