"""A card as PNG, where this machine has a font with Chinese characters."""

from __future__ import annotations

import re

from copilot.cards.canvas import HEIGHT, WIDTH
from copilot.cards.fonts import FontBook
from copilot.cards.texts import letters
from copilot.errors import Conflict

_TEXT = re.compile(r"(<text [^>]*>)([^<]*)(</text>)")
_HELD = re.compile(r' textLength="[^"]*" lengthAdjust="[^"]*"')
_NO_FONT = {
    "zh-CN": "这台机器没有中文字体，画不出 PNG；请取 card.svg，或安装 fonts-noto-cjk 一类的字体后重试",
    "en": "this machine has no font with Chinese characters, so there is no PNG; take card.svg, or install one such as fonts-noto-cjk",
}


class FontMissing(Conflict):
    """No font here can draw Chinese; the SVG is there all the same."""

    code = "font_missing"


def png(book: FontBook, svg: str) -> bytes:
    """Return the picture, 1080 x 1350. Letters that no font here has, such as emoji, are left out of it.

    Raises:
        FontMissing: there is no font with Chinese characters.
    """
    if not book.has_chinese:
        raise FontMissing(_NO_FONT["en"], reason="font_missing", sentence=_NO_FONT)
    return _rendered(_without_missing(book, svg), tuple(str(path) for path in book.files))


def _without_missing(book: FontBook, svg: str) -> str:
    def kept(found: re.Match[str]) -> str:
        # An entity such as &amp; is made of letters that every font has.
        words = "".join(letter for letter in letters(found[2]) if letter in "\u2067\u2069" or book.has(letter))
        # A line that lost letters is not stretched to where it would have ended.
        opening = found[1] if words == found[2] else _HELD.sub("", found[1])
        return f"{opening}{words.strip()}{found[3]}"

    return _TEXT.sub(kept, svg)


def _rendered(svg: str, fonts: tuple[str, ...]) -> bytes:
    # Late: a compiled renderer that only PNGs need.
    import resvg_py

    # Nothing of the machine is read but these fonts: no files the SVG might name, no other fonts.
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg, width=WIDTH, height=HEIGHT, skip_system_fonts=True, font_files=[*fonts],
            sans_serif_family="Noto Sans CJK SC", serif_family="Noto Serif CJK SC",
        )
    )  # fmt: skip
