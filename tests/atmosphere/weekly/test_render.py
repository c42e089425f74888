"""The page, Markdown and charts: escaped, self-contained, the same every time, in both languages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Literal

import pytest

from copilot.atmosphere.weekly import charts
from copilot.atmosphere.weekly.checks import for_members
from copilot.atmosphere.weekly.compose import compose
from copilot.atmosphere.weekly.files import all_files, chart_file, report_file
from copilot.atmosphere.weekly.models import Carried, WeeklyReport
from copilot.errors import NotFound
from tests.atmosphere.weekly.facts import best, excerpt, snapshot

HOSTILE = "<script>alert(1)</script> [点我](javascript:x) ![](http://x.example/a.png) | # 一\n## 二"
PNG = b"\x89PNG\r\n\x1a\n"


def report(locale: Literal["zh-CN", "en"] = "zh-CN", **values: object) -> WeeklyReport:
    return compose(snapshot(locale, **values)).model_copy(update={"names": {"a": "<b>小满</b>", "b": "阿May"}})


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.values: list[tuple[str, str | None]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.values += attrs


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_the_page_runs_nothing_loads_nothing_and_shows_words_as_they_are(locale: Literal["zh-CN", "en"]) -> None:
    text = report_file(report(locale, best=[best(excerpt=excerpt(text=HOSTILE))]), "html").content.decode()
    page = Page(text)
    assert not {"script", "img", "a", "b", "link", "iframe", "object", "form"} & set(page.tags)
    assert not [name for name, _ in page.values if name.startswith("on")]
    links = [value for name, value in page.values if name.endswith("href") or name == "src"]
    assert all(value is not None and value.startswith("#") for value in links)
    assert not re.findall(r"url\((?!#)", text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert page.tags.count("svg") == 4
    assert f'<html lang="{locale}">' in text


def test_markdown_makes_no_heading_link_or_picture_of_a_members_words() -> None:
    text = report_file(report(best=[best(excerpt=excerpt(text=HOSTILE))]), "markdown").content.decode()
    assert "\n## 二" not in text
    assert "\\[点我\\](javascript:x)" in text
    assert "<script>" not in text
    assert re.findall(r"(?<!\\)!\[[^\]]*\]\(([^)]*)\)", text) == [
        "activity.png",
        "tone.png",
        "answered.png",
        "days.png",
    ]


def test_numbers_at_the_start_of_a_line_are_no_list() -> None:
    text = report_file(report(best=[best(excerpt=excerpt(text="1. 先看合同"))]), "markdown").content.decode()
    assert "> 1\\. 先看合同" in text


def test_the_same_report_gives_the_same_files() -> None:
    first, again = all_files(report()), all_files(report())
    assert [file.name for file in first] == [
        "weekly-2026-W46-operators.html", "weekly-2026-W46-operators.md", "weekly-2026-W46-operators.json",
        "activity.png", "tone.png", "answered.png", "days.png",
    ]  # fmt: skip
    assert [file.content for file in first] == [file.content for file in again]
    assert all(file.content.startswith(PNG) for file in first[3:])


def test_without_a_chinese_font_labels_are_english_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is installed differs between machines: the search for a font is told that there is none.
    monkeypatch.setattr(charts, "_FONTS", ())
    monkeypatch.setattr("matplotlib.font_manager.fontManager.ttflist", [])
    charts.chinese_font.cache_clear()
    try:
        assert charts.chinese_font() is None
        drawing = charts.draw_svg(report(), "activity")
    finally:
        charts.chinese_font.cache_clear()
    assert "Messages and people by week" in drawing


def test_a_chart_with_nothing_to_show_is_not_drawn() -> None:
    empty = report(weeks=[], days=[])
    assert charts.descriptions(empty) == {}
    with pytest.raises(NotFound):
        chart_file(empty, "tone")
    assert "<svg" not in report_file(empty, "html").content.decode()


def test_an_empty_week_still_makes_a_page() -> None:
    bare = report(weeks=[], days=[], best=[], questions=[], events=[], steps={}, carried=Carried())
    text = report_file(bare, "html").content.decode()
    assert "没有悬着的提问。" in text
    assert "接下来两周没有已发布的活动。" in text


def test_the_members_page_names_nobody() -> None:
    text = report_file(for_members(report()), "html").content.decode()
    assert "小满" not in text and "解除条款" not in text and "谁来做" not in text
    assert "这是给成员看的版本" in text
    assert "路演" in text
