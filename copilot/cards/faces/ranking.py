"""The card of a board: its first ten places, ties sharing a rank."""

from __future__ import annotations

from datetime import datetime

from copilot.cards.canvas import MARGIN, ROOM, At, Canvas
from copilot.cards.fonts import FontBook
from copilot.cards.frame import draw_field, draw_foot, draw_heading, foot_of
from copilot.cards.lines import Box, Style, fitted
from copilot.cards.models import MOST_PLACES, Look, Placed, RankingFace
from copilot.cards.themes import Theme, theme
from copilot.cards.wording import day, number, say

_MEDALS = {1: ("#E0A526", "#3A2900"), 2: ("#AEB6C2", "#22262E"), 3: ("#C98A5B", "#2F1803")}
# The heading, the board's name, and what is kept free above and below the season's.
_ABOVE_TITLE = 330
_TALL, _LOW, _EMPTY = 100.0, 63.0, 150.0


def draw_ranking(book: FontBook, face: RankingFace, look: Look, made_at: datetime) -> str:
    """Return the card as SVG."""
    colours = theme(look.theme, "ranking")
    board = say(look.language, f"board.{face.kind}")
    canvas = Canvas(book, f"{face.season} · {board}", look.language)
    rows = face.rows[:MOST_PLACES]
    needed = sum(_TALL if row.rank <= 3 else _LOW for row in rows) if rows else _EMPTY
    # Ten that share the first place are as tall as ten that do not.
    scale = min(1.0, 780.0 / needed)
    height = foot_of(look) - 50 - needed * scale
    draw_field(canvas, colours, height, face.community + face.season)
    draw_heading(canvas, colours, face.community, "ranking", look.language)
    span = f"{day(look.language, face.starts_at)} – {day(look.language, face.ends_at)}"
    about = [say(look.language, f"state.{face.state}"), span]
    if face.ranked > len(rows):
        about.append(say(look.language, "board.first_of", ranked=face.ranked))
    is_short = height < 420
    box = Box(ROOM, 1) if is_short else Box(ROOM, 3, height - _ABOVE_TITLE)
    title = fitted(book, face.season, Style(84 if is_short else 120, 700, "serif"), box, 44)
    step = title.style.size * 1.2
    top = height - (92 if is_short else 116) - step * (len(title.lines) - 1)
    if not is_short:
        canvas.text(At(MARGIN, top - title.style.size * 1.1), board, Style(44, 700), colours.on_field_soft)
    else:
        about = [board, *about]
    words = fitted(book, " · ".join(about), Style(26), Box(ROOM, 1), 20)
    canvas.block(At(MARGIN, height - (36 if is_short else 40)), words, colours.on_field_soft)
    canvas.block(At(MARGIN, top), title, colours.on_field, leading=1.2)
    y = height + 26
    if not rows:
        canvas.text(At(MARGIN, y + 80), say(look.language, "board.empty"), Style(38), colours.ink)
    most = max((row.points for row in rows), default=0)
    for row in rows:
        tall = (_TALL if row.rank <= 3 else _LOW) * scale
        _draw_row(canvas, colours, row, y, tall, row.points / most if most > 0 else 0)
        y += tall
    draw_foot(canvas, colours, "ranking", look, face.community, made_at)
    return canvas.svg()


def _draw_row(canvas: Canvas, colours: Theme, row: Placed, y: float, tall: float, share: float) -> None:
    # The bar below takes some of the height.
    middle = y + tall / 2 - (5 if row.rank <= 3 else 2)
    is_first = row.rank <= 3
    size = (40 if is_first else 32) if tall > 50 else 28
    points = number(row.points)
    if is_first:
        disc, ink = _MEDALS[row.rank]
        canvas.circle(MARGIN + 34, middle, min(32, tall * 0.36), disc)
        canvas.text(At(MARGIN + 34, middle + 12, anchor="middle"), str(row.rank), Style(34, 700), ink)
    else:
        canvas.text(At(MARGIN + 34, middle + 11, anchor="middle"), str(row.rank), Style(30, 700), colours.soft)
    width = canvas.book.width(points, size, 700)
    canvas.text(At(MARGIN + ROOM, middle + size * 0.36, anchor="end"), points, Style(size, 700), colours.accent)
    room = ROOM - 96 - width - 40
    canvas.text(
        At(MARGIN + 96, middle + size * 0.36, room=room), row.name, Style(size, 700 if is_first else 400), colours.ink
    )
    bar = y + tall - (13 if is_first else 8)
    canvas.rect(MARGIN + 96, bar, ROOM - 96, 4, colours.line, 2)
    canvas.rect(MARGIN + 96, bar, max(4.0, (ROOM - 96) * share), 4, colours.accent, 2)
