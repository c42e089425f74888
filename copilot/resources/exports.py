"""Resources and loans as files, row by row. Resources come in the columns that an import reads: what goes out comes back.

Whom a chosen resource is for, the words of requests and outcomes, and borrowers' names are in neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

from sqlalchemy import select

from copilot.community.models import ResourceStatus
from copilot.community.row_files import MAX_ROWS, PAGE_ROWS, FileFormat, csv_file, lines_file
from copilot.community.store import Store
from copilot.community.tables import Loan, LoanOutcome, Member, Resource

What = Literal["resources", "loans"]
_RESOURCES: Final = (
    "code", "library_code", "type", "subclass", "title", "description", "owner", "terms", "capacity", "expires_on", "city",
    "tags", "status", "confidential", "lending", "max_days", "in_return",
)  # fmt: skip
_LOANS: Final = (
    "id", "resource_id", "library_code", "member_id", "units", "starts_on", "ends_on", "mode", "status", "requested_at",
    "decided_at", "handed_at", "back_at", "closed_at", "extensions", "lender_result", "lender_value_minor",
    "borrower_result", "borrower_value_minor",
)  # fmt: skip
COLUMNS: Final[dict[What, tuple[str, ...]]] = {"resources": _RESOURCES, "loans": _LOANS}


def export_lines(
    store: Store, community_id: str, what: What, form: FileFormat, page_rows: int = PAGE_ROWS
) -> Iterator[bytes]:
    """Return the file in pieces, by id, at most 100,000 rows; times are UTC.

    A row that changes meanwhile is there once, as it was when its piece was read.
    """
    names = COLUMNS[what]
    pages = (
        _resources(store, community_id, page_rows) if what == "resources" else _loans(store, community_id, page_rows)
    )
    return csv_file(names, pages, _cell) if form == "csv" else lines_file(names, pages, _text)


def _resources(store: Store, community_id: str, page_rows: int) -> Iterator[list[Sequence[Any]]]:
    last = ""
    for _ in range(MAX_ROWS // page_rows):
        with store.read(community_id) as unit:
            # What was merged is in what it was merged into.
            found = unit.session.execute(
                select(Resource, Member.external_id)
                .outerjoin(Member, Member.id == Resource.owner_id)
                .where(Resource.id > last, Resource.status != ResourceStatus.MERGED.value)
                .order_by(Resource.id)
                .limit(page_rows)
            ).all()
        if not found:
            return
        yield [_resource(row, owner) for row, owner in found]
        last = found[-1][0].id


def _resource(row: Resource, owner: str | None) -> Sequence[Any]:
    # How it stands among matches is for the other side to find out: a file says what its owner said.
    kept = {ResourceStatus.WITHDRAWN.value, ResourceStatus.PAUSED.value}
    return (
        row.code, row.library_code, row.type, row.subclass, row.title, row.description, owner, row.terms, row.capacity,
        row.expires_on, row.city, [str(tag) for tag in row.tags],
        row.status if row.status in kept else ResourceStatus.AVAILABLE.value, "yes" if row.confidential else "no",
        row.mode, row.max_days, row.in_return,
    )  # fmt: skip


def _loans(store: Store, community_id: str, page_rows: int) -> Iterator[list[Sequence[Any]]]:
    last = ""
    for _ in range(MAX_ROWS // page_rows):
        with store.read(community_id) as unit:
            found = unit.session.execute(
                select(Loan, Resource.library_code)
                .join(Resource, Resource.id == Loan.resource_id)
                .where(Loan.id > last)
                .order_by(Loan.id)
                .limit(page_rows)
            ).all()
            ids = [loan.id for loan, _code in found]
            outcomes = {
                (row.loan_id, row.side): row
                for row in unit.session.scalars(select(LoanOutcome).where(LoanOutcome.loan_id.in_(ids)))
            }
        if not found:
            return
        yield [
            (
                loan.id, loan.resource_id, code, loan.member_id, loan.units, loan.starts_on, loan.ends_on, loan.mode,
                loan.status, loan.requested_at, loan.decided_at, loan.handed_at, loan.back_at, loan.closed_at,
                loan.extensions, *_said(outcomes.get((loan.id, "lender"))), *_said(outcomes.get((loan.id, "borrower"))),
            )
            for loan, code in found
        ]  # fmt: skip
        last = ids[-1]


def _said(row: LoanOutcome | None) -> tuple[str | None, int | None]:
    return (row.result, row.value_minor) if row is not None else (None, None)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return " | ".join(value)
    if isinstance(value, date):
        return _text(value)
    return "" if value is None else value


def _text(value: Any) -> str:
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else str(value)
