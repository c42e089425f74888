"""Under which names the ledger knows members; the names say nothing and go with the member."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from copilot.community.ids import new_id
from copilot.community.store import Unit
from copilot.community.tables import Member, PointPerson
from copilot.recognition.pricing import STAFF

_CHUNK = 400


def known_names(unit: Unit, member_ids: Iterable[str]) -> dict[str, str]:
    """Return the ledger's names of those members who are here, made where there is none; the rest are absent."""
    wanted = sorted(set(member_ids))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        rows = unit.session.execute(
            select(PointPerson.member_id, PointPerson.id).where(PointPerson.member_id.in_(part))
        )
        found.update({row.member_id: row.id for row in rows})
    missing = [one for one in wanted if one not in found]
    for member_id in sorted(unit.get_many(Member, missing)):
        found[member_id] = unit.add(PointPerson(id=new_id("prs"), member_id=member_id, created_at=unit.now)).id
    unit.session.flush()
    return found


def name_of(names: dict[str, str], member_id: str | None) -> str | None:
    """Return the name among `names`; `STAFF` for nobody, None for who is gone."""
    return STAFF if member_id is None else names.get(member_id)


def name_in(unit: Unit, member_id: str) -> str | None:
    """Return the ledger's name of a member, None while nothing was scored."""
    return unit.session.scalar(select(PointPerson.id).where(PointPerson.member_id == member_id))
