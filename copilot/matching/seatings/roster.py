"""Who takes part in a round, a rotation or a team: named members or all who fit, and whom nobody may place, with why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import exists, select

from copilot.community.access import Actor
from copilot.community.cities import city_key
from copilot.community.permission import is_open_to_match, is_seen_by, open_to_match
from copilot.community.store import Unit
from copilot.community.tables import Member, Message
from copilot.errors import InvalidInput, NotFound, TooLarge
from copilot.matching.optimum import checked_ids
from copilot.matching.records import Locale
from copilot.matching.scores.affinity import industry_key
from copilot.matching.seatings.models import LeftOut
from copilot.matching.seatings.wording import LEFT_OUT

_CHUNK = 400


@dataclass(frozen=True)
class Filter:
    """Which members take part where they are not named; what is empty asks nothing.

    Attributes:
        city, industry: any usual spelling of it.
        active_days: who sent a message in that many last days.
    """

    city: str = ""
    industry: str = ""
    active_days: int | None = None


def find_members(unit: Unit, actor: Actor, names: Sequence[str], most: int, field: str) -> list[Member]:
    """Return the members that ids or external ids name, in their order.

    Raises:
        InvalidInput: one occurs twice, or an external id means several members.
        TooLarge: more than `most`.
        NotFound: there is no such member, or the actor may not know of them; `data["ids"]` holds at most 20.
    """
    checked_ids(names, most, field)
    found = {member_id: row for member_id, row in unit.get_many(Member, names).items() if is_seen_by(actor, row)}
    rest = [name for name in names if name not in found]
    for start in range(0, len(rest), _CHUNK):
        rows = unit.session.scalars(select(Member).where(Member.external_id.in_(rest[start : start + _CHUNK])))
        for row in [row for row in rows if is_seen_by(actor, row)]:
            if row.external_id in found:
                raise InvalidInput(f"{row.external_id!r} means more than one member; use ids", field=field)
            found[row.external_id] = row
    missing = [name for name in names if name not in found]
    if missing:
        raise NotFound(
            f"there is no member {missing[0]!r} in this community", kind="member", id=missing[0], ids=missing[:20]
        )
    members = [found[name] for name in names]
    if len({row.id for row in members}) < len(members):
        raise InvalidInput(f"{field} names a member twice", field=field)
    return members


def open_members(unit: Unit, chosen: Filter, most: int) -> list[Member]:
    """Return who may be matched and fits, by id.

    Raises:
        TooLarge: more than `most`.
    """
    statement = select(Member.id, Member.city, Member.industry).where(*open_to_match())
    if chosen.active_days is not None:
        since = unit.now - timedelta(days=chosen.active_days)
        wrote = exists().where(Message.sender_id == Member.id, Message.sent_at >= since, Message.recalled_at.is_(None))
        statement = statement.where(wrote)
    ids = [
        member_id
        for member_id, city, industry in unit.session.execute(statement.order_by(Member.id))
        if (not chosen.city or city_key(city) == city_key(chosen.city))
        and (not chosen.industry or industry_key(industry) == industry_key(chosen.industry))
    ]
    if len(ids) > most:
        raise TooLarge(f"{len(ids)} members would take part; the limit is {most}", field="members", limit=most)
    rows = unit.get_many(Member, ids)
    return [rows[member_id] for member_id in ids]


def split_open(members: Sequence[Member], locale: Locale) -> tuple[list[Member], list[LeftOut]]:
    """Return who may be placed, and who may not with the first reason why."""
    taking, left = [], []
    for row in members:
        if is_open_to_match(row):
            taking.append(row)
            continue
        code = _reason(row)
        left.append(LeftOut(member_id=row.id, code=code, text=LEFT_OUT[locale][code]))
    return taking, left


def _reason(row: Member) -> Literal["consent", "consent_ai", "visibility"]:
    if row.consent_match is not True:
        return "consent"
    return "visibility" if row.consent_ai else "consent_ai"
