"""What all cards share: the field of colour with its ornament, the heading on it, the foot with its QR code."""

from __future__ import annotations

import hashlib
from datetime import datetime
from urllib.parse import urlsplit

from copilot.cards.canvas import HEIGHT, MARGIN, ROOM, WIDTH, At, Canvas
from copilot.cards.lines import Style
from copilot.cards.models import MOST_LINK_CHARS, Look
from copilot.cards.themes import Kind, Theme
from copilot.cards.wording import day, say
from copilot.errors import InvalidInput

_CODE = 140
_LINK = {"zh-CN": "link 需是以 https:// 或 http:// 开头的网址，最长 200 个字符，不带账号", "en": "link is an address that starts with https:// or http://, of at most 200 characters, without an account"}  # fmt: skip


def checked_link(link: str) -> str:
    """Return a link that may become a QR code; an empty one is none.

    Raises:
        InvalidInput: it is no plain web address, or holds an account.
    """
    if not link:
        return ""
    try:
        parts = urlsplit(link)
        is_plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        is_plain = False
    if not is_plain or len(link) > MOST_LINK_CHARS or not all("!" <= char <= "~" for char in link):
        raise InvalidInput(_LINK["en"], field="link", limit=MOST_LINK_CHARS, sentence=_LINK)
    return link


def foot_of(look: Look) -> float:
    """Return where the foot begins; nothing else stands below."""
    return 1150 if look.link else 1208


def draw_field(canvas: Canvas, theme: Theme, height: float, seed: str) -> None:
    """Draw paper, the field of colour down to `height`, and an ornament that is always the same for a seed."""
    canvas.rect(0, 0, WIDTH, HEIGHT, theme.paper)
    fill = canvas.gradient("field", theme.field_start, theme.field_end)
    canvas.rect(0, 0, WIDTH, height, fill)
    numbers = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
    cut = canvas.clip("cut", 0, 0, WIDTH, height)
    x = WIDTH - 120 - numbers[0] % 160
    y = height * (0.18 + numbers[1] % 40 / 100)
    rings = []
    for ring in range(6):
        radius = 120 + ring * (62 + numbers[2] % 22)
        # Arcs that begin elsewhere for everybody, so that two cards side by side are not the same.
        length = 2 * 3.1416 * radius
        shown = (0.35 + numbers[3 + ring] % 60 / 100) * length
        rings.append(
            f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{radius}" fill="none" stroke="{theme.on_field}" stroke-width="2" '
            f'stroke-opacity="{0.34 - ring * 0.04:.2f}" stroke-dasharray="{shown:.0f} {length:.0f}" '
            f'transform="rotate({numbers[10 + ring] * 360 // 256} {x:.0f} {y:.0f})"/>'
        )
    dots = [
        f'<circle cx="{WIDTH * 0.4 + numbers[16 + n] * WIDTH * 0.6 / 256:.0f}" '
        f'cy="{height * 0.14 + numbers[22 + n] * height * 0.34 / 256:.0f}" '
        f'r="{4 + numbers[16 + n] % 5}" fill="{theme.on_field}" fill-opacity="0.22"/>'
        for n in range(6)
    ]
    canvas.raw(f'<g clip-path="{cut}">{"".join(rings)}{"".join(dots)}</g>')


def draw_heading(canvas: Canvas, theme: Theme, community: str, kind: Kind, language: str) -> None:
    """Write the community's name and what kind of card it is, on the field."""
    label = say(language, kind)
    style = Style(26, 700)
    width = canvas.book.width(label, style.size, 700) + 4 * len(label) + 44
    left = WIDTH - MARGIN - width
    canvas.raw(
        f'<rect x="{left:.1f}" y="72" width="{width:.1f}" height="52" rx="26" fill="none" '
        f'stroke="{theme.on_field}" stroke-width="2" stroke-opacity="0.7"/>'
    )
    canvas.text(At(left + 24, 107), label, style._replace(spacing=4), theme.on_field)
    canvas.rect(MARGIN, 78, 8, 40, theme.on_field, 4)
    canvas.text(At(MARGIN + 28, 110, room=left - MARGIN - 60), community, Style(34, 700), theme.on_field)


def draw_foot(canvas: Canvas, theme: Theme, kind: str, look: Look, community: str, made_at: datetime) -> None:
    """Draw the line above the foot, what to do, when it was made, and the QR code of the look's link."""
    foot = foot_of(look)
    canvas.rect(MARGIN, foot, ROOM, 2, theme.line)
    link = checked_link(look.link)
    room: float = ROOM
    if link:
        room -= _CODE + 40
        _draw_code(canvas, link, WIDTH - MARGIN - _CODE, foot + 26)
        canvas.text(At(MARGIN, foot + 62, room=room), say(look.language, f"scan.{kind}"), Style(32, 700), theme.ink)
        host = urlsplit(link).hostname or ""
        canvas.text(At(MARGIN, foot + 102, room=room), host, Style(24), theme.soft)
        note = 138
    else:
        canvas.text(At(MARGIN, foot + 58, room=room), community, Style(32, 700), theme.ink)
        note = 100
    canvas.text(
        At(MARGIN, foot + note, room=room),
        say(look.language, "made", day=day(look.language, made_at)),
        Style(22),
        theme.soft,
    )


def _draw_code(canvas: Canvas, link: str, x: float, y: float) -> None:
    # Late: only cards with a link need it.
    import segno

    code = segno.make(link, error="m", micro=False)
    rows = [bytes(row) for row in code.matrix]
    # White whatever the theme, with the quiet zone of four modules the standard asks for.
    canvas.rect(x, y, _CODE, _CODE, "#FFFFFF", 12)
    module = _CODE / (len(rows) + 8)
    squares = "".join(
        f"M{x + (column + 4) * module:.2f} {y + (line + 4) * module:.2f}h{run * module:.2f}v{module:.2f}h-{run * module:.2f}z"
        for line, row in enumerate(rows)
        for column, run in _runs(row)
    )
    canvas.raw(f'<path d="{squares}" fill="#11131F" shape-rendering="crispEdges"/>')


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return where dark modules begin and how many follow each other."""
    found: list[tuple[int, int]] = []
    for column, dark in enumerate(row):
        if dark and found and sum(found[-1]) == column:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        elif dark:
            found.append((column, 1))
    return found
