"""Cases and decisions as files, row by row: a long queue is never held in memory. Reporters and private words are in none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from copilot.community.row_files import MAX_ROWS, PAGE_ROWS, FileFormat, csv_file, lines_file
from copilot.community.store import Store
from copilot.community.tables import Case, Decision

What = Literal["cases", "decisions"]
_COLUMNS: Final[dict[What, dict[str, str]]] = {
    "cases": {
        "id": "编号", "status": "状态", "category": "类别", "severity": "严重程度", "priority": "优先级", "score": "分数",
        "clause_id": "条款", "message_id": "消息", "member_id": "发言成员", "quote": "依据", "evidence_start": "依据起",
        "evidence_end": "依据止", "detector": "检测器", "detector_version": "检测器版本", "created_at": "建立时间",
        "decided_at": "裁决时间",
    },
    "decisions": {
        "id": "编号", "case_id": "案件", "verdict": "认定", "action": "处置", "severity": "严重程度", "clause_id": "条款",
        "reason": "理由", "until": "截止", "decided_by": "裁决人", "confirmed_by": "复核人", "decided_at": "裁决时间",
        "undone_by": "撤销人", "undone_at": "撤销时间",
    },
}  # fmt: skip


def export_lines(
    store: Store, community_id: str, what: What, form: FileFormat, page_rows: int = PAGE_ROWS
) -> Iterator[bytes]:
    """Return the file in pieces, oldest first, at most 100,000 rows; times are those of the community's zone in CSV.

    A row that changes meanwhile is there once, as it was when its piece was read.
    """
    with store.read(community_id) as unit:
        community = unit.community()
        zone, english = ZoneInfo(community.timezone), community.locale == "en"
    names = _COLUMNS[what]
    pages = _pages(store, community_id, what, page_rows)
    if form == "csv":
        return csv_file(list(names) if english else list(names.values()), pages, partial(_cell, zone=zone))
    return lines_file(list(names), pages, _text)


def _pages(store: Store, community_id: str, what: What, page_rows: int) -> Iterator[Sequence[Sequence[Any]]]:
    table: Any = Case if what == "cases" else Decision
    at = Case.created_at if what == "cases" else Decision.decided_at
    names = list(_COLUMNS[what])
    statement = select(*[getattr(table, name) for name in names]).order_by(at, table.id).limit(page_rows)
    place = names.index(at.key)
    last: tuple[datetime, str] | None = None
    for _ in range(MAX_ROWS // page_rows):
        page = statement
        if last is not None:
            page = statement.where(or_(at > last[0], and_(at == last[0], table.id > last[1])))
        with store.read(community_id) as unit:
            rows = [tuple(row) for row in unit.session.execute(page)]
        if not rows:
            return
        yield rows
        last = (rows[-1][place], rows[-1][0])


def _cell(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    return "" if value is None else value


def _text(value: datetime) -> str:
    return value.isoformat()
