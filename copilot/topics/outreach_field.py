"""Who may be asked for a topic, and in which order: nobody too often, everybody in turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, or_, select

from copilot.community.store import Unit
from copilot.community.tables import Member, Outreach, OutreachPause
from copilot.topics.models import ReluctantMember
from copilot.topics.outcomes import SAID_NO
from copilot.topics.reluctant import Quiet, reluctant_members

_LOOKED_AT = 100


@dataclass(frozen=True)
class Manners:
    """How often people are asked.

    Attributes:
        rest: nobody is asked twice within this time.
        after_no: nobody who said no is asked again within this time.
        remembered: earlier asks within this time let others go first.
        industry_share: at most this share of a week's list from one industry, one member at least, while there are others.
        tries: members looked at for a topic, per place on the list.
    """

    rest: timedelta = timedelta(days=21)
    after_no: timedelta = timedelta(days=90)
    remembered: timedelta = timedelta(days=180)
    industry_share: float = 1 / 3
    tries: int = 4


@dataclass
class Field:
    """Who may be asked, in order, and who is left out."""

    candidates: list[ReluctantMember]
    industries: dict[str, str]
    resting: int
    paused: int


def field_of(unit: Unit, listed: list[str], manners: Manners) -> Field:
    """Return who may be asked: never asked before those asked least, then who knows most and says least."""
    now = unit.now
    found = [item for item in reluctant_members(unit, _LOOKED_AT, Quiet()) if item.member_id not in listed]
    paused = set(unit.session.scalars(select(OutreachPause.member_id)))
    lately = set(
        unit.session.scalars(
            select(Outreach.member_id).where(
                or_(
                    Outreach.sent_at > now - manners.rest,
                    (Outreach.status == SAID_NO) & (Outreach.decided_at > now - manners.after_no),
                )
            )
        )
    )
    asked = {
        row.member_id: int(row.times)
        for row in unit.session.execute(
            select(Outreach.member_id, func.count().label("times"))
            .where(Outreach.sent_at > now - manners.remembered)
            .group_by(Outreach.member_id)
        )
    }
    free = [item for item in found if item.member_id not in paused and item.member_id not in lately]
    free.sort(key=lambda item: (asked.get(item.member_id, 0), -item.score, item.member_id))
    members = unit.get_many(Member, [item.member_id for item in free])
    return Field(
        free, {key: row.industry for key, row in members.items()},
        resting=sum(item.member_id in lately - paused for item in found),
        paused=sum(item.member_id in paused for item in found),
    )  # fmt: skip
