"""Plans and events in the forms people use; each is opened by a library that did not write it."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.community.csv_text import write_csv
from copilot.errors import InvalidInput
from copilot.events.export.calendars import Entry, render_calendar
from copilot.events.export.documents import render_docx
from copilot.events.export.pages import render_html
from copilot.events.export.plans import export_plan
from copilot.events.export.sections import plan_sheet
from copilot.events.export.spreadsheets import render_csv
from copilot.events.records import PlanResult
from copilot.events.service import EventService

BRIEF = "下周六下午两点深圳60人AI路演，预算2万，两小时"
HOSTILE = "</title><script>alert(1)</script>\x0b=cmd|'/c calc'!A0 \"quote\" & <img src=http://evil.example/x>"


@pytest.fixture
def plan(service: EventService, peopled: str) -> PlanResult:
    return service.draft(peopled, BRIEF, actor="op")


class Page(HTMLParser):
    """Collects tags, addresses and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.slow
def test_the_word_file_holds_every_part_and_names_a_chinese_font(plan: PlanResult) -> None:
    sheet = plan_sheet(plan.content, plan.drafted_by)
    content = render_docx(sheet, plan.created_at)
    document = docx.Document(io.BytesIO(content))
    headings = [item.text for item in document.paragraphs if item.style is not None and item.style.name == "Heading 1"]
    assert headings == [section.title for section in sheet.sections]
    agenda = next(table for table in document.tables if table.rows[0].cells[1].text == "环节")
    assert [row.cells[1].text for row in agenda.rows[1:]] == [segment.title for segment in plan.content.agenda]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert parts.testzip() is None
        assert b"Microsoft YaHei" in parts.read("word/styles.xml")
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                ET.fromstring(parts.read(name))
    assert document.core_properties.author == ""


def test_columns_of_word_tables_fill_the_page_and_suit_their_texts(plan: PlanResult) -> None:
    document = docx.Document(io.BytesIO(render_docx(plan_sheet(plan.content, plan.drafted_by), plan.created_at)))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert abs(sum(cell.width for cell in table.rows[0].cells) - room) < len(table.columns) * 1000
    agenda = next(table for table in document.tables if table.rows[0].cells[1].text == "环节")
    clock, _part, minutes, _who, notes = (cell.width for cell in agenda.rows[0].cells)
    assert notes > 2 * max(clock, minutes)
    assert clock.mm > 15, "14:00 stays on one line"


def test_on_a_phone_rows_of_a_wide_table_are_read_one_by_one_and_a_narrow_one_stays(plan: PlanResult) -> None:
    text = render_html(plan_sheet(plan.content, plan.drafted_by))
    tables = dict(re.findall(r"<h2>([^<]+)</h2><table( class=\"wide\")?>", text))
    assert tables["议程"]
    assert not tables["当天流程表"]
    assert 'data-name="要点"' in text
    assert '<th scope="col" class="number">小计</th>' in text


def test_the_page_loads_nothing_runs_nothing_and_says_everything(plan: PlanResult) -> None:
    page = Page(render_html(plan_sheet(plan.content, plan.drafted_by)))
    assert page.addresses == []
    assert not {"script", "img", "link", "iframe", "form"} & set(page.tags)
    assert all(segment.title in page.text for segment in plan.content.agenda)
    assert "http" not in page.text.replace("http-equiv", "")


def test_hostile_texts_stay_texts_in_every_form(plan: PlanResult) -> None:
    content = plan.content.model_copy(deep=True)
    content.title = HOSTILE
    content.agenda[0].title = HOSTILE
    content.run_sheet[0].title = HOSTILE
    page = Page(render_html(plan_sheet(content, "playbook")))
    assert "script" not in page.tags
    assert page.addresses == []
    assert "alert(1)" in page.text
    document = docx.Document(io.BytesIO(render_docx(plan_sheet(content, "playbook"), plan.created_at)))
    assert "alert(1)" in document.paragraphs[0].text
    ics = render_calendar([entry(title=HOSTILE, description="a\r\nATTENDEE:mailto:x@evil.example")], "c", "zh-CN")
    assert b"\nATTENDEE" not in ics


@pytest.mark.parametrize("part", ["run_sheet", "budget", "tasks", "promotion"])
def test_tables_open_with_chinese_intact(plan: PlanResult, part: Any) -> None:
    content = render_csv(plan.content, part)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    assert any("一" <= letter <= "鿿" for letter in "".join(rows[0]))
    lists = {
        "run_sheet": plan.content.run_sheet, "promotion": plan.content.promotion,
        "tasks": [*plan.content.prep_tasks, *plan.content.follow_up],
        "budget": [*plan.content.budget.lines, *plan.content.budget.covered, "total", "reserve", "cap"],
    }  # fmt: skip
    assert len(rows) == 1 + len(lists[part])


def test_the_sums_of_the_budget_table_are_the_plans(plan: PlanResult) -> None:
    rows = {row["项目"]: row["小计（元）"] for row in csv.DictReader(
        io.StringIO(render_csv(plan.content, "budget").decode("utf-8-sig"))
    )}  # fmt: skip
    assert rows["合计"] == f"{plan.content.budget.total_cents / 100:.2f}"
    assert rows["上限"] == "20000.00"


@given(st.text(max_size=30))
def test_no_cell_starts_as_a_formula(text: str) -> None:
    read = list(csv.reader(io.StringIO(write_csv(["x"], [[text]]).decode("utf-8-sig"), newline="")))
    assert (
        not (read[1][0] if len(read) > 1 and read[1] else "")
        .lstrip(" \u3000\ufeff\u200b")
        .startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    )


def entry(**values: Any) -> Entry:
    start = datetime(2026, 11, 28, 6, tzinfo=UTC)
    given_values = {
        "id": "evt_1", "title": "AI路演", "starts_at": start, "ends_at": start.replace(hour=8), "place": "深圳, 南山; A座",
        "timezone": "Asia/Shanghai", "description": "认识\n十个人", "status": "CONFIRMED", "sequence": 3,
        "changed_at": start, "created_at": start,
    }  # fmt: skip
    return Entry(**(given_values | values))


def unfolded(content: bytes) -> list[str]:
    """Read a calendar as RFC 5545 says, without the library that wrote it."""
    assert content.endswith(b"\r\n")
    lines = content.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_entry_has_a_stable_id_a_sequence_and_its_zone() -> None:
    lines = unfolded(render_calendar([entry()], "启航", "zh-CN"))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "UID:evt_1@community-copilot" in lines
    assert "SEQUENCE:3" in lines
    assert "DTSTART;TZID=Asia/Shanghai:20261128T140000" in lines
    assert "LOCATION;LANGUAGE=zh-CN:深圳\\, 南山\\; A座" in lines
    assert "DESCRIPTION;LANGUAGE=zh-CN:认识\\n十个人" in lines
    assert "BEGIN:VTIMEZONE" in lines
    assert "METHOD:PUBLISH" in lines
    assert sum(line.startswith("DTSTAMP:") for line in lines) == 1


def test_the_same_entries_give_the_same_bytes_and_a_cancelled_one_says_so() -> None:
    first, second = (render_calendar([entry(), entry(id="evt_2", status="CANCELLED")], "c", "en") for _ in range(2))
    assert first == second
    assert "STATUS:CANCELLED" in unfolded(first)


def test_a_calendar_without_events_is_one() -> None:
    lines = unfolded(render_calendar([], "c", "en"))
    assert "BEGIN:VEVENT" not in lines
    assert "END:VCALENDAR" in lines


def test_a_csv_names_its_part_and_nothing_else_does(plan: PlanResult) -> None:
    with pytest.raises(InvalidInput):
        export_plan(plan, "csv", community_name="c")
    with pytest.raises(InvalidInput):
        export_plan(plan, "docx", "budget", community_name="c")
    assert export_plan(plan, "csv", "tasks", community_name="c").name == f"plan-{plan.id}-tasks.csv"
    assert export_plan(plan, "markdown", community_name="c").name.endswith(".md")


def test_an_english_plan_leaves_in_english(service: EventService, english: str) -> None:
    plan = service.draft(
        english, "salon about pricing on Nov 28 at 2pm in Shenzhen, 40 people, budget 20,000 yuan", actor="op"
    )
    for part in ("run_sheet", "budget", "tasks", "promotion"):
        text = render_csv(plan.content, part).decode("utf-8-sig")  # type: ignore[arg-type]  # each is a part
        assert not any("一" <= letter <= "鿿" for letter in text)
    assert 'lang="en"' in render_html(plan_sheet(plan.content, plan.drafted_by))
