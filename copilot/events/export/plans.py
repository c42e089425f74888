"""One plan in one of the forms people use, with the name and type of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic_core import to_json

from copilot.community.csv_text import write_csv
from copilot.errors import InvalidInput
from copilot.events.export.documents import render_docx
from copilot.events.export.markdown import render_markdown
from copilot.events.export.pages import render_html
from copilot.events.export.sections import plan_sheet
from copilot.events.export.spreadsheets import CSV_PARTS, CsvPart, render_csv
from copilot.events.feeds import plan_calendar
from copilot.events.life.models import SignupView
from copilot.events.records import PlanResult

Format = Literal["markdown", "html", "docx", "csv", "ics", "json"]
MEDIA_TYPES: dict[str, str] = {
    "markdown": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
}
_ENDINGS = {"markdown": "md"}
_SIGNUP_HEADS = (
    ("姓名", "状态", "候补顺位", "报名时间", "递补时间", "取消时间"),
    ("Name", "Status", "Place in line", "Signed up", "Moved up", "Cancelled"),
)


@dataclass(frozen=True)
class ExportedFile:
    """A file to keep. The name is ASCII, so that every browser and disk takes it."""

    name: str
    media_type: str
    content: bytes


def export_plan(
    plan: PlanResult, file_format: Format, part: CsvPart | None = None, *, community_name: str
) -> ExportedFile:
    """Return a plan as a file; `part` says which table a CSV holds.

    Raises:
        InvalidInput: a CSV without a part, or a part of anything else.
    """
    if (file_format == "csv") != (part is not None):
        raise InvalidInput(
            f"a CSV, and only a CSV, names its part: {', '.join(CSV_PARTS)}", field="part", known=list(CSV_PARTS)
        )
    stem = f"plan-{plan.id}" + (f"-{part}" if part else "")
    name = f"{stem}.{_ENDINGS.get(file_format, file_format)}"
    return ExportedFile(name, MEDIA_TYPES[file_format], _content(plan, file_format, part, community_name))


def _content(plan: PlanResult, file_format: Format, part: CsvPart | None, community_name: str) -> bytes:
    if part is not None:
        return render_csv(plan.content, part)
    if file_format == "ics":
        return plan_calendar(plan, community_name)
    if file_format == "json":
        return to_json(plan, indent=2)
    if file_format == "markdown":
        return render_markdown(plan.content, plan.drafted_by, plan.degraded, plan.checks).encode()
    sheet = plan_sheet(plan.content, plan.drafted_by, plan.degraded, plan.checks)
    return render_html(sheet).encode() if file_format == "html" else render_docx(sheet, plan.created_at)


def export_signups(event_id: str, signups: Sequence[SignupView], locale: str, timezone: str) -> ExportedFile:
    """Return the sign-ups of an event as CSV, in the order given, on the community's clock; hidden members have no name."""
    zone = ZoneInfo(timezone)
    rows = [
        (
            row.name, row.status.value, "" if row.position is None else row.position,
            *(_local(moment, zone) for moment in (row.signed_up_at, row.moved_up_at, row.cancelled_at)),
        )
        for row in signups
    ]  # fmt: skip
    content = write_csv(_SIGNUP_HEADS[locale == "en"], rows)
    return ExportedFile(f"event-{event_id}-signups.csv", MEDIA_TYPES["csv"], content)


def _local(moment: datetime | None, zone: ZoneInfo) -> str:
    """A spreadsheet is read by people: 2026-11-22 09:04, which it also takes for a time."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
