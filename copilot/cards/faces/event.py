"""The card of an event: when, what, where, and whether there is a place."""

from __future__ import annotations

from datetime import datetime

from copilot.cards.canvas import MARGIN, ROOM, WIDTH, At, Canvas
from copilot.cards.fonts import FontBook
from copilot.cards.frame import draw_field, draw_foot, draw_heading, foot_of
from copilot.cards.lines import Box, Style, broken, fitted
from copilot.cards.models import EventFace, Look
from copilot.cards.texts import drawable
from copilot.cards.themes import Theme, theme
from copilot.cards.wording import day, month, say, weekday

_PIN = "M14 0C6.3 0 0 6.2 0 13.8 0 24 14 36 14 36s14-12 14-22.2C28 6.2 21.7 0 14 0zm0 19a5.2 5.2 0 1 1 0-10.4A5.2 5.2 0 0 1 14 19z"
_CLOCK = (
    "M16 2a16 16 0 1 0 0 32 16 16 0 0 0 0-32zm0 4a12 12 0 1 1 0 24 12 12 0 0 1 0-24zm-2 4v9l7 5 2.4-3.2-5.4-3.8v-7z"
)
_PEOPLE = "M11 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm12-1a5.6 5.6 0 1 0 0-11.2M11 20C5 20 0 23 0 29v3h22v-3c0-6-5-9-11-9zm13 0c3 2 4 5 4 9v3h7v-3c0-5-5-9-11-9z"


def draw_event(book: FontBook, face: EventFace, look: Look, made_at: datetime) -> str:
    """Return the card as SVG."""
    colours = theme(look.theme, "event")
    language = look.language
    canvas = Canvas(book, f"{face.title} · {face.community}", language)
    title = fitted(book, face.title, Style(76, 700, "serif"), Box(ROOM, 3), 46)
    goal = broken(book, face.goal, Style(32), ROOM, 2)
    facts = _facts(face, language)
    needed = (
        66 + title.style.size * 1.28 * len(title.lines) + (len(goal.lines) * 46 + 18 if goal.lines else 0) + len(facts) * 62 + 40
    )  # fmt: skip
    height = max(430.0, foot_of(look) - needed)
    draw_field(canvas, colours, height, face.community + face.title)
    draw_heading(canvas, colours, face.community, "event", language)
    _draw_date(canvas, colours, face, language, height)
    y = height + 66 + title.style.size * 0.72
    y = canvas.block(At(MARGIN, y), title, colours.ink, leading=1.28) - title.style.size * 0.5
    if goal.lines:
        y = canvas.block(At(MARGIN, y + 18), goal, colours.soft, leading=1.44)
    y += 16
    for icon, words in facts:
        canvas.raw(f'<path transform="translate({MARGIN} {y - 28:.1f})" fill="{colours.accent}" d="{icon}"/>')
        canvas.text(At(MARGIN + 56, y + 2, room=ROOM - 56), words, Style(34), colours.ink)
        y += 62
    scan = "event" if face.status == "published" else "event.over"
    draw_foot(canvas, colours, scan, look, face.community, made_at)
    return canvas.svg()


def _facts(face: EventFace, language: str) -> list[tuple[str, str]]:
    start, end = face.starts_at, face.ends_at
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{day(language, end)} {end:%H:%M}"
    found = [(_CLOCK, f"{start:%H:%M} – {until}")]
    city, place = drawable(face.city), drawable(face.place)
    parts = [say(language, "event.online")] if face.online else []
    parts += [city] if city and city not in place else []
    where = " · ".join([*parts, *([place] if place else [])])
    if where:
        found.append((_PIN, where))
    if face.people:
        found.append((_PEOPLE, f"{say(language, 'event.people')} {say(language, 'and').join(face.people)}"))
    return found


def _draw_date(canvas: Canvas, colours: Theme, face: EventFace, language: str, height: float) -> None:
    start = face.starts_at
    size = min(330.0, (height - 190) * 0.95)
    standing = height - 64
    number = Style(size, 700)
    width = canvas.text(At(MARGIN - size * 0.05, standing, room=700), f"{start.day}", number, colours.on_field)
    left = MARGIN + width + 20
    canvas.text(
        At(left, standing - 60, room=WIDTH - MARGIN - left), month(language, start), Style(48, 700), colours.on_field
    )
    canvas.text(
        At(left, standing, room=WIDTH - MARGIN - left), weekday(language, start), Style(40), colours.on_field_soft
    )
    words = _standing(face, language)
    if words:
        style = Style(30, 700)
        wide = canvas.book.width(words, style.size, 700) + 52
        canvas.rect(left, standing - 186, wide, 60, colours.on_field, 30)
        canvas.text(At(left + 26, standing - 145, room=wide), words, style, colours.field_end)


def _standing(face: EventFace, language: str) -> str:
    if face.status != "published":
        return say(language, f"event.{face.status}")
    if face.places_left is None:
        return ""
    return say(language, "event.left", left=face.places_left) if face.places_left > 0 else say(language, "event.full")
