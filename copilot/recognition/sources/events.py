"""Events somebody hosted, as those who checked in prove them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from copilot.community.acts import Act
from copilot.community.store import Unit
from copilot.community.tables import CheckIn, Event

LEAST_GUESTS = 3
_CANCELLED = "cancelled"


class HostedEvents:
    """An act for each guest of an event that is over, once three others came."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterator[Act]:
        """Yield the acts of events that ended in the window."""
        statement = (
            select(Event.id, Event.host_id, Event.ends_at, CheckIn.member_id)
            .join(CheckIn, CheckIn.event_id == Event.id)
            .where(
                Event.host_id.is_not(None), Event.status != _CANCELLED, Event.ends_at >= since, Event.ends_at < until,
                CheckIn.member_id != Event.host_id,
            )
            .order_by(Event.id, CheckIn.member_id)
        )  # fmt: skip
        guests: dict[tuple[str, str, datetime], list[str]] = defaultdict(list)
        for event_id, host_id, ends_at, member_id in unit.session.execute(statement):
            if host_id is not None:
                guests[event_id, host_id, ends_at].append(member_id)
        for (event_id, host_id, ends_at), came in guests.items():
            if len(came) >= LEAST_GUESTS:
                yield from (Act("event_hosted", host_id, one, ends_at, "event", event_id) for one in came)

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return events that turned out to be cancelled."""
        if evidence_kind != "event":
            return set()
        return {row.id for row in unit.get_many(Event, evidence_ids).values() if row.status == _CANCELLED}
