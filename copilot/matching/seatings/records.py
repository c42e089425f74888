"""Rounds and rotations as rows: a seating with its figures, and a seat for everybody in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.ids import new_id
from copilot.community.permission import is_open_to_match, is_seen_by
from copilot.community.store import Page, Unit
from copilot.community.tables import Member, Seat, Seating
from copilot.errors import NotFound
from copilot.matching.seatings.models import Seated, SeatingStatus

Kind = Literal["round", "rotation"]
Groups = Mapping[str, Sequence[str]]
_CHUNK = 400


@dataclass(frozen=True)
class NewSeating:
    """A seating to store; `origins` says in which group a rotation found each member."""

    kind: Kind
    series: str
    number: int
    status: SeatingStatus
    params: dict[str, Any]
    result: dict[str, Any]
    groups: Groups
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SeatedGroups:
    """Who sits where, as an actor may see it.

    Attributes:
        groups: by name, in the order of their numbers or names.
        members: the rows of those seen, by id.
        origins: where a rotation found each of them.
    """

    groups: dict[str, list[Seated]]
    members: Mapping[str, Member]
    origins: Mapping[str, str]


def next_number(unit: Unit, kind: Kind, series: str) -> int:
    """Return the number after the highest of the series; numbers of cancelled ones are not given again."""
    highest = select(func.max(Seating.number)).where(Seating.kind == kind, Seating.series == series)
    return (unit.session.scalar(highest) or 0) + 1


def read_series(
    unit: Unit, kind: Kind, series: str, statuses: Iterable[SeatingStatus], *, before: int | None = None, last: int
) -> list[Seating]:
    """Return the last `last` seatings of a series with one of these statuses, oldest first."""
    statement = select(Seating).where(
        Seating.kind == kind, Seating.series == series, Seating.status.in_([status.value for status in statuses])
    )
    if before is not None:
        statement = statement.where(Seating.number < before)
    rows = unit.session.scalars(statement.order_by(Seating.number.desc()).limit(last))
    return list(rows)[::-1]


def read_groups(unit: Unit, seating_ids: Sequence[str], *, origins: bool = False) -> dict[str, dict[str, list[str]]]:
    """Return member ids by group, by seating; with `origins` by the group where a rotation found them."""
    found: dict[str, dict[str, list[str]]] = {seating_id: {} for seating_id in seating_ids}
    for seat in _seats(unit, seating_ids):
        name = seat.from_group if origins else seat.group
        found[seat.seating_id].setdefault(name, []).append(seat.member_id)
    return found


def read_seated(unit: Unit, actor: Actor, seating_id: str) -> SeatedGroups:
    """Return who sits where; members the actor may not know of are left out."""
    seats = _seats(unit, [seating_id])
    rows = unit.get_many(Member, [seat.member_id for seat in seats])
    members = {member_id: row for member_id, row in rows.items() if is_seen_by(actor, row)}
    groups: dict[str, list[Seated]] = {}
    for seat in seats:
        there = groups.setdefault(seat.group, [])
        if seat.member_id in members:
            there.append(as_seated(members[seat.member_id]))
    origins = {seat.member_id: seat.from_group for seat in seats if seat.member_id in members}
    ordered = sorted(groups, key=lambda name: (not name.isdecimal(), int(name) if name.isdecimal() else 0, name))
    return SeatedGroups({name: groups[name] for name in ordered}, members, origins)


def as_seated(row: Member) -> Seated:
    """Return a member as answers name them."""
    return Seated(member_id=row.id, name=row.name, is_open=is_open_to_match(row))


def add_seating(unit: Unit, new: NewSeating, *, actor: str) -> Seating:
    """Write a seating and its seats, and return the row."""
    row = unit.add(
        Seating(
            id=new_id("sit"), kind=new.kind, series=new.series, number=new.number, status=new.status.value,
            params=new.params, result=new.result, created_by=actor, created_at=unit.now, updated_at=unit.now,
        )
    )  # fmt: skip
    unit.session.flush()
    for name, members in new.groups.items():
        for member_id in members:
            unit.add(
                Seat(seating_id=row.id, member_id=member_id, group=name, from_group=new.origins.get(member_id, ""))
            )
    return row


def get_seating(unit: Unit, kind: Kind, seating_id: str) -> Seating:
    """Return one seating of a kind.

    Raises:
        NotFound: there is none of that kind here.
    """
    row = unit.find(Seating, seating_id)
    if row is None or row.kind != kind:
        raise NotFound(f"there is no {kind} {seating_id!r} in this community", kind=kind, id=seating_id)
    return row


def page_seatings(
    unit: Unit, kind: Kind, *, series: str | None, status: SeatingStatus | None, limit: int, cursor: str | None
) -> Page[Seating]:
    """Return a page of seatings, newest first."""
    statement = select(Seating).where(Seating.kind == kind)
    if series is not None:
        statement = statement.where(Seating.series == series)
    if status is not None:
        statement = statement.where(Seating.status == status.value)
    return unit.page(statement, (Seating.created_at, Seating.id), limit=limit, cursor=cursor)


def _seats(unit: Unit, seating_ids: Sequence[str]) -> list[Seat]:
    found: list[Seat] = []
    for start in range(0, len(seating_ids), _CHUNK):
        chunk = seating_ids[start : start + _CHUNK]
        statement = select(Seat).where(Seat.seating_id.in_(chunk)).order_by(Seat.seating_id, Seat.group, Seat.member_id)
        found.extend(unit.session.scalars(statement))
    return found
