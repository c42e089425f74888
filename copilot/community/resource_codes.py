"""Readable codes of resources, class-subclass-number: given once, on import too, and never again to anything else."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from copilot.community.ids import derived_id
from copilot.community.models import ResourceType
from copilot.community.resource_classes import find_subclass, guess_subclass, series_of
from copilot.community.store import Unit
from copilot.community.tables import Community, Resource, ResourceCode


def give_codes(unit: Unit, rows: Sequence[Resource]) -> None:
    """Give each of these resources the next code of its class and subclass; one that names no subclass gets a guess.

    A resource whose class or subclass has changed gets a code of the new series; its old one stays its own for ever.
    """
    due = [row for row in rows if row.library_code is None or not row.library_code.startswith(f"{_series(row)}-")]
    if not due:
        return
    unit.session.flush()
    # One giver at a time: two that read the same last number would give it twice. Keys stay readable meanwhile.
    unit.session.execute(select(Community.id).where(Community.id == unit.community_id).with_for_update(key_share=True))
    last = dict(_last_numbers(unit, {_series(row) for row in due}))
    given = []
    for row in due:
        series = _series(row)
        last[series] = last.get(series, 0) + 1
        row.library_code = f"{series}-{last[series]:03d}"
        given.append(
            {
                "id": derived_id("rcd", unit.community_id, row.library_code), "code": row.library_code,
                "series": series, "number": last[series], "resource_id": row.id, "given_at": unit.now,
            }
        )  # fmt: skip
    unit.insert(ResourceCode, given)


def _series(row: Resource) -> str:
    kind = ResourceType(row.type)
    if find_subclass(kind, row.subclass or "") is None:
        tags = " ".join(str(tag) for tag in row.tags or ())
        row.subclass = guess_subclass(kind, (row.title, tags, row.description or ""))
    return series_of(kind, row.subclass)


def _last_numbers(unit: Unit, series: set[str]) -> list[tuple[str, int]]:
    found = unit.session.execute(
        select(ResourceCode.series, func.max(ResourceCode.number))
        .where(ResourceCode.series.in_(sorted(series)))
        .group_by(ResourceCode.series)
    )
    return [(str(name), int(number)) for name, number in found]
