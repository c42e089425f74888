"""Whatever people call themselves, a card stays one picture of 1080 x 1350 whose words are words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
import segno

from copilot.cards.canvas import HEIGHT, WIDTH
from copilot.cards.faces.event import draw_event
from copilot.cards.faces.member import draw_member
from copilot.cards.faces.ranking import draw_ranking
from copilot.cards.faces.write_up import draw_write_up
from copilot.cards.fonts import FontBook
from copilot.cards.frame import checked_link
from copilot.cards.models import EventFace, Look, MemberFace, Placed, RankingFace, WriteUpFace
from copilot.cards.pictures import FontMissing, png
from copilot.errors import InvalidInput
from tests.cards.hostile import HOSTILE

MOMENT = datetime(2026, 11, 28, 14, tzinfo=UTC)
FONTLESS = FontBook(with_system=False)
BOOK = FontBook()
NS = "{http://www.w3.org/2000/svg}"
ALLOWED = {NS + name for name in ("svg", "title", "defs", "linearGradient", "stop", "clipPath", "g", "rect", "circle", "path", "text")}  # fmt: skip


def member(text: str, look: Look, book: FontBook = FONTLESS) -> str:
    face = MemberFace(text, text, text, text, text, (text, text), MOMENT, 12.5, 3, (text,))
    return draw_member(book, face, look, MOMENT)


def ranking(text: str, look: Look, book: FontBook = FONTLESS) -> str:
    rows = tuple(Placed(rank, text, 11 - rank) for rank in range(1, 11))
    return draw_ranking(book, RankingFace(text, text, "individual", MOMENT, MOMENT, "running", 12, rows), look, MOMENT)


def event(text: str, look: Look, book: FontBook = FONTLESS) -> str:
    face = EventFace(text, text, MOMENT, MOMENT, "published", text, text, False, text, (text, text), 3)
    return draw_event(book, face, look, MOMENT)


def write_up(text: str, look: Look, book: FontBook = FONTLESS) -> str:
    return draw_write_up(book, WriteUpFace(text, text, (text, text), text, text, (text,), MOMENT), look, MOMENT)


FACES: list[Callable[..., str]] = [member, ranking, event, write_up]


@pytest.mark.parametrize("draw", FACES)
@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_words_stay_words(draw: Callable[..., str], number: int) -> None:
    svg = draw(HOSTILE[number], Look("night", "en", "https://example.org/a"))
    root = ET.fromstring(svg)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("1080", "1350", "0 0 1080 1350")
    assert {node.tag for node in root.iter()} <= ALLOWED
    # Attributes are ours alone: nothing is loaded, nothing runs.
    written = " ".join(f"{name}={value}" for node in root.iter() for name, value in node.attrib.items())
    assert not re.search(r"href|\bon[a-z]+=|javascript|example|script", written)
    for node in root.iter(NS + "text"):
        words = node.text or ""
        assert not set(words) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2068\u200b\ufeff")
        assert Counter(words)["\u2067"] == Counter(words)["\u2069"] <= 1
        assert len(node) == 0


@pytest.mark.parametrize("draw", FACES)
@pytest.mark.parametrize("text", ["李" * 300, "W" * 300, "a b " * 150, "林小满", "🦄"])
@pytest.mark.parametrize("link", ["", "https://example.org/a"])
def test_every_line_is_inside_the_card(draw: Callable[..., str], text: str, link: str) -> None:
    for node in ET.fromstring(draw(text, Look("light", "zh-CN", link))).iter(NS + "text"):
        size, x, y = (float(node.get(name) or "nan") for name in ("font-size", "x", "y"))
        if size > 400:
            continue  # the faint first letter is cut by its clip path
        width = FONTLESS.width(node.text or "", size)
        left = x - {"start": 0, "middle": width / 2, "end": width}[node.get("text-anchor") or "start"]
        assert left >= 0
        assert left + width <= WIDTH + 1
        assert y - size * 0.7 >= 60
        assert y <= HEIGHT - 12
        if size > 40:
            assert y - size * 0.8 >= 124, "nothing large stands in the heading"


@pytest.mark.parametrize("draw", FACES)
def test_the_same_card_is_the_same_bytes_and_themes_and_languages_differ(draw: Callable[..., str]) -> None:
    looks = [Look(theme, language) for theme in ("light", "night") for language in ("zh-CN", "en")]
    assert draw("林小满", looks[0]) == draw("林小满", looks[0])
    assert len({draw("林小满", look) for look in looks}) == 4


def test_the_code_of_a_link_is_drawn_module_by_module() -> None:
    link = "https://example.org/c/qihang"
    root = ET.fromstring(member("x", Look(link=link)))
    path = next(node.get("d") or "" for node in root.iter(NS + "path") if node.get("shape-rendering") == "crispEdges")
    expected = [bytes(row) for row in segno.make(link, error="m", micro=False).matrix]
    tile = next(node for node in root.iter(NS + "rect") if node.get("fill") == "#FFFFFF" and node.get("width") == "140")
    module = 140 / (len(expected) + 8)
    drawn = [bytearray(len(row)) for row in expected]
    for x, y, run in re.findall(r"M([\d.]+) ([\d.]+)h([\d.]+)", path):
        column = round((float(x) - float(tile.get("x") or 0)) / module) - 4
        line = round((float(y) - float(tile.get("y") or 0)) / module) - 4
        for step in range(round(float(run) / module)):
            drawn[line][column + step] = 1
    assert [bytes(row) for row in drawn] == expected
    assert "crispEdges" not in member("x", Look())


@pytest.mark.parametrize("link", ["javascript:alert(1)", "https://", "https://a:b@example.org", "https://例.cn", "ftp://example.org", "https://example.org/" + "a" * 200, "https://[x", "https://a b"])  # fmt: skip
def test_a_link_is_a_plain_web_address(link: str) -> None:
    with pytest.raises(InvalidInput):
        checked_link(link)


def test_equal_points_share_a_medal_and_an_empty_board_says_so() -> None:
    rows = tuple(Placed(1, f"team {number}", 5) for number in range(10))
    face = RankingFace("c", "s", "team", MOMENT, MOMENT, "over", 10, rows)
    words = [node.text for node in ET.fromstring(draw_ranking(FONTLESS, face, Look(language="en"), MOMENT)).iter(NS + "text")]  # fmt: skip
    assert words.count("1") == 10
    empty = RankingFace("c", "s", "team", MOMENT, MOMENT, "coming", 0)
    assert "Nobody is here yet." in draw_ranking(FONTLESS, empty, Look(language="en"), MOMENT)


def test_without_a_font_the_svg_comes_and_the_png_says_why_not() -> None:
    svg = member("林小满", Look())
    with pytest.raises(FontMissing) as error:
        png(FONTLESS, svg)
    assert error.value.code == "font_missing"
    assert "card.svg" in error.value.message


@pytest.mark.skipif(not BOOK.has_chinese, reason="no Chinese font on this machine")
def test_a_png_is_exactly_1080_by_1350() -> None:
    picture = png(BOOK, member("林小满 🦄 محمد", Look("night", "en", "https://example.org"), BOOK))
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(picture[start : start + 4]) for start in (16, 20)] == [1080, 1350]


@pytest.mark.skipif(not BOOK.has_chinese, reason="no Chinese font on this machine")
def test_widths_are_those_of_the_font() -> None:
    assert BOOK.width("李雷", 100) == 200
    assert 0 < BOOK.width("i", 100) < BOOK.width("W", 100) < 100
