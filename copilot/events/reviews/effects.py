"""Long-term effect over past events: do attendees stay active more than alike members who did not attend?

Coarsened exact matching (Iacus, King and Porro 2012) on messages in the thirty days before and on tenure; within a cell
the nearest is taken, each once per event. Who signed up and did not come is on neither side. What made people come may
also make them stay: the answer is an association.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import func, select

from copilot.community.permission import allowing_ai
from copilot.community.store import Store, Unit
from copilot.community.tables import CheckIn, Event, Member, Message, Signup
from copilot.events.life.models import SEATED
from copilot.events.reviews.effects_models import LongTermEffect
from copilot.events.reviews.estimates import clustered_difference, share_interval
from copilot.events.reviews.models import Figure

DAYS = 30
MIN_PAIRS, MIN_PEOPLE = 20, 10
MAX_EVENTS = 60
MAX_MEMBERS = 20_000
_ACTIVITY_EDGES, _TENURE_EDGES = (1, 4, 11, 31), (30, 90, 365)

_SENTENCES = {
    "read": (
        "来过活动的人，之后 {days} 天里有 {came} 还在发言；活跃度和入群时间相近但没来的人是 {others}。相差 {difference} 个百分点（95% 区间 {low} 到 {high}）。这是相关，不是因果。",
        "Of those who came, {came} wrote again within {days} days; of alike members who did not come, {others}. The difference is {difference} points (95% interval {low} to {high}). It is an association, not an effect.",
    ),
    "thin": (
        "可比的只有 {pairs} 对（{people} 人），少于 {least} 对（{least_people} 人）不读数。",
        "Only {pairs} pairs ({people} people) can be compared; fewer than {least} ({least_people}) give no reading.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A member at the time of an event."""

    id: str
    messages: int
    tenure_days: float
    stayed: bool

    @property
    def cell(self) -> tuple[int, int]:
        """What alike means: the same band of activity and of tenure."""
        return (
            sum(self.messages >= edge for edge in _ACTIVITY_EDGES),
            sum(self.tenure_days >= edge for edge in _TENURE_EDGES),
        )

    def distance(self, other: Person) -> float:
        """Return how far two of one cell are apart, on log scales."""
        return abs(math.log1p(self.messages) - math.log1p(other.messages)) + abs(
            math.log1p(self.tenure_days) - math.log1p(other.tenure_days)
        )


def pair_up(attendees: Sequence[Person], others: Sequence[Person]) -> list[tuple[Person, Person]]:
    """Return each attendee with the nearest of the same cell that is left; the most active choose first."""
    free: dict[tuple[int, int], list[Person]] = {}
    for person in sorted(others, key=lambda person: person.id):
        free.setdefault(person.cell, []).append(person)
    pairs = []
    for attendee in sorted(attendees, key=lambda person: (-person.messages, person.id)):
        alike = free.get(attendee.cell)
        if alike:
            nearest = min(alike, key=attendee.distance)
            alike.remove(nearest)
            pairs.append((attendee, nearest))
    return pairs


class EffectService:
    """Reads the long-term effect. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, community_id: str) -> LongTermEffect:
        """Compare retention over the latest past events, at most sixty; thin data gives no reading, with the reason.

        Events whose thirty days before or after hold no message at all are left out: the chat was not imported.
        """
        with self._store.read(community_id) as unit:
            events = unit.session.scalars(
                select(Event)
                .where(Event.ends_at <= unit.now - timedelta(days=DAYS), Event.status != "cancelled")
                .order_by(Event.starts_at.desc(), Event.id)
                .limit(MAX_EVENTS)
            ).all()
            members = unit.session.execute(
                select(Member.id, Member.joined_at)
                .where(Member.joined_at.is_not(None), *allowing_ai())
                .order_by(Member.id)
                .limit(MAX_MEMBERS)
            ).all()
            joined = {str(member_id): at for member_id, at in members if at is not None}
            pairs: list[tuple[Person, Person]] = []
            read = unmatched = 0
            for event in events:
                sides = _sides(unit, event, joined)
                if sides is None:
                    continue
                found = pair_up(*sides)
                read, unmatched = read + 1, unmatched + len(sides[0]) - len(found)
                pairs += found
            return effect_of(pairs, (read, unmatched), unit.community().locale)


def _sides(unit: Unit, event: Event, joined: dict[str, datetime]) -> tuple[list[Person], list[Person]] | None:
    came = set(unit.session.scalars(select(CheckIn.member_id).where(CheckIn.event_id == event.id)))
    window = timedelta(days=DAYS)
    before = _messages(unit, event.starts_at - window, event.starts_at)
    after = _messages(unit, event.ends_at, event.ends_at + window)
    if not came or not before or not after:
        return None
    held = select(Signup.member_id).where(Signup.event_id == event.id, Signup.status.in_(SEATED))
    signed = set(unit.session.scalars(held))
    people = [
        Person(member_id, before.get(member_id, 0), (event.starts_at - at).total_seconds() / 86_400, member_id in after)
        for member_id, at in joined.items()
        if at <= event.starts_at
    ]
    return [one for one in people if one.id in came], [one for one in people if one.id not in came | signed]


def _messages(unit: Unit, start: datetime, end: datetime) -> dict[str, int]:
    rows = unit.session.execute(
        select(Message.sender_id, func.count())
        .where(Message.sent_at >= start, Message.sent_at < end, Message.recalled_at.is_(None))
        .where(Message.sender_id.is_not(None))
        .group_by(Message.sender_id)
    )
    return {str(sender): int(count) for sender, count in rows}


def effect_of(pairs: Sequence[tuple[Person, Person]], counted: tuple[int, int], locale: str) -> LongTermEffect:
    """Return the shares, their difference and what it says; `counted` is (events read, attendances unmatched)."""
    rows: dict[str, list[float]] = {}
    for attendee, other in pairs:
        row = rows.setdefault(attendee.id, [0.0, 0.0, 0.0])
        row[0] += 1
        row[1] += attendee.stayed
        row[2] += other.stayed
    n = len(pairs)
    if n < MIN_PAIRS or len(rows) < MIN_PEOPLE:
        sentence = _said("thin", locale, pairs=n, people=len(rows), least=MIN_PAIRS, least_people=MIN_PEOPLE)
        shares = [Figure(value=None, n=n, why_none=sentence) for _ in range(3)]
    else:
        table = np.asarray(list(rows.values()))
        came, others = float(table[:, 1].sum() / n), float(table[:, 2].sum() / n)
        low, high = clustered_difference(table)
        shares = [_share(came, n), _share(others, n), _figure(came - others, low, high, n)]
        sentence = _said(
            "read", locale, days=DAYS, came=f"{came:.0%}", others=f"{others:.0%}",
            difference=f"{100 * (came - others):+.0f}", low=f"{100 * low:+.0f}", high=f"{100 * high:+.0f}",
        )  # fmt: skip
    return LongTermEffect(
        events=counted[0], pairs=n, people=len(rows), unmatched=counted[1], days=DAYS, attendees=shares[0],
        others=shares[1], difference=shares[2], sentence=sentence,
    )  # fmt: skip


def _share(value: float, n: int) -> Figure:
    return _figure(value, *share_interval(value, n), n)


def _figure(value: float, low: float, high: float, n: int) -> Figure:
    return Figure(value=round(value, 4), low=round(low, 4), high=round(high, 4), n=n)


def _said(key: str, locale: str, **values: object) -> str:
    return _SENTENCES[key][0 if locale == "zh-CN" else 1].format(**values)
