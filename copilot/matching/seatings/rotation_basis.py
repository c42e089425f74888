"""What a rotation rests on, read in one go: who is where, who was with whom, and who may be moved at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.store import Unit
from copilot.community.tables import Member, Seating
from copilot.errors import InvalidInput
from copilot.matching.records import read_setting
from copilot.matching.rules.standing import forbidden_pairs
from copilot.matching.seatings.attendees import read_attendees
from copilot.matching.seatings.models import MAX_ROTATION_MEMBERS, LeftOut, RotationAsk, SeatingStatus
from copilot.matching.seatings.records import read_groups, read_series
from copilot.matching.seatings.roster import find_members, split_open
from copilot.matching.seatings.rotation_models import RotationRequest
from copilot.matching.seatings.wording import refusal

# Groupings further back weigh no more: people forget.
_MOST_HISTORY = 20


@dataclass(frozen=True)
class RotationBasis:
    """The facts of one rotation; `based_on` is the id of the last applied one, "" where there is none."""

    request: RotationRequest
    homes: Mapping[str, str]
    staying: list[LeftOut]
    based_on: str


def last_applied(unit: Unit, series: str) -> Seating | None:
    """Return the rotation of the series that holds today."""
    rows = read_series(unit, "rotation", series, (SeatingStatus.APPLIED,), last=1)
    return rows[0] if rows else None


def earlier_groupings(unit: Unit, series: str, before: int | None = None) -> list[list[list[str]]]:
    """Return the groupings of the last applied rotations, oldest first, and the one the oldest of them began with."""
    rows = read_series(unit, "rotation", series, (SeatingStatus.APPLIED,), before=before, last=_MOST_HISTORY)
    ids = [row.id for row in rows]
    first = read_groups(unit, ids[:1], origins=True)
    seated = read_groups(unit, ids)
    return [list(groups.values()) for groups in (*first.values(), *(seated[one] for one in ids))]


def read_basis(unit: Unit, actor: Actor, ask: RotationAsk) -> RotationBasis:
    """Read the facts for `ask`.

    Raises:
        InvalidInput: no groups are known, fewer than two, somebody in two of them, pins that are in none.
        NotFound: a named member is not here, or not to be seen by the actor.
        TooLarge: more than 1,000 members.
    """
    applied = last_applied(unit, ask.series)
    homes, members = _named(unit, actor, ask) if ask.groups is not None else _current(unit, actor, ask, applied)
    if len(set(homes.values())) < 2:
        raise refusal(InvalidInput, "too_few_groups", field="groups")
    setting = read_setting(unit)
    taking, staying = split_open(list(members.values()), setting.locale)
    movable = {row.id: row for row in taking}
    stars = None if ask.stars is None else [_id(members, name, "stars") for name in ask.stars]
    pinned = [_id(members, name, "pinned_members") for name in ask.pinned_members]
    pairs = [
        (_id(members, one, "pinned_pairs"), _id(members, other, "pinned_pairs")) for one, other in ask.pinned_pairs
    ]
    request = RotationRequest(
        members=read_attendees(unit, homes, movable, stars),
        history=earlier_groupings(unit, ask.series),
        pinned_pairs=pairs,
        pinned_members=[*pinned, *(left.member_id for left in staying)],
        forbidden=sorted(forbidden_pairs(unit, setting, sorted(movable))),
    )
    return RotationBasis(request, homes, staying, "" if applied is None else applied.id)


def still_movable(unit: Unit, member_ids: list[str]) -> int:
    """Return how many of these members may still be placed."""
    rows = unit.get_many(Member, member_ids)
    taking, _ = split_open(list(rows.values()), "en")
    return len(taking)


def _named(unit: Unit, actor: Actor, ask: RotationAsk) -> tuple[dict[str, str], dict[str, Member]]:
    """Return the groups of the request as member id -> group, and the members by the names they were given and by id."""
    groups = ask.groups or {}
    names = [name for members in groups.values() for name in members]
    rows = find_members(unit, actor, names, MAX_ROTATION_MEMBERS, "groups")
    by_name = dict(zip(names, rows, strict=True))
    homes = {by_name[name].id: group for group, members in groups.items() for name in members}
    return homes, {row.id: row for row in rows}


def _current(
    unit: Unit, actor: Actor, ask: RotationAsk, applied: Seating | None
) -> tuple[dict[str, str], dict[str, Member]]:
    if applied is None:
        raise refusal(InvalidInput, "no_groups", field="groups", series=ask.series)
    groups = read_groups(unit, [applied.id])[applied.id]
    rows = unit.get_many(Member, [member_id for ids in groups.values() for member_id in ids])
    members = {member_id: row for member_id, row in rows.items() if is_seen_by(actor, row)}
    homes = {member_id: name for name, ids in groups.items() for member_id in ids if member_id in members}
    return homes, members


def _id(members: Mapping[str, Member], name: str, field: str) -> str:
    """Return the id of a member of the groups, named by id or external id."""
    if name in members:
        return name
    found = [row.id for row in members.values() if row.external_id == name]
    if len(found) != 1:
        raise refusal(InvalidInput, "not_in_groups", field=field, ids=name)
    return found[0]
