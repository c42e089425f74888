"""Readable codes of resources, class-subclass-number: given once, on import too, and never again to anything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select

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
    if due:
        unit.session.flush()
        _give(unit, due, are_new=False)


def give_code_and_id(unit: Unit, row: Resource) -> None:
    """Give a resource that is not stored yet its code, and the id that an import of this code would give it."""
    _give(unit, [row], are_new=True)


def _give(unit: Unit, rows: Sequence[Resource], *, are_new: bool) -> None:
    # One giver at a time: two that read the same last number would give it twice. Keys stay readable meanwhile.
    unit.session.execute(select(Community.id).where(Community.id == unit.community_id).with_for_update(key_share=True))
    last = dict(_last_numbers(unit, {_series(row) for row in rows}))
    taken = _imported_codes(unit, last.keys() | {_series(row) for row in rows})
    given = []
    for row in rows:
        series = _series(row)
        number = last.get(series, 0) + 1
        # A file from elsewhere may have brought a code of this form: it is that resource's own.
        while f"{series}-{number:03d}" in taken:
            number += 1
        last[series] = number
        row.library_code = f"{series}-{number:03d}"
        if are_new:
            row.code, row.id = row.library_code, derived_id("res", unit.community_id, row.library_code)
        given.append(
            {
                "id": derived_id("rcd", unit.community_id, row.library_code), "code": row.library_code,
                "series": series, "number": number, "given_at": unit.now,
            }
        )  # fmt: skip
    unit.insert(ResourceCode, given)


def _imported_codes(unit: Unit, series: Iterable[str]) -> set[str]:
    like = or_(*(Resource.code.startswith(f"{name}-", autoescape=True) for name in series))
    return set(unit.session.scalars(select(Resource.code).where(like)))


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
