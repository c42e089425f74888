"""Whom to write to about an event, each with a draft. A person sends it, or nobody does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, not_, select

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import CheckIn, Event, EventFeedback, Member, Resource, Signup
from copilot.events.event_rows import clock_time, position, refusal
from copilot.events.life_models import SEATED, Reminder, ReminderKind, SignupStatus
from copilot.events.life_wording import said

_GOING, _WAITING = SignupStatus.GOING.value, SignupStatus.WAITLISTED.value
# Before the end of an event, and after it.
_COMING: tuple[ReminderKind, ...] = ("attend", "waiting", "moved_up")
_OVER: tuple[ReminderKind, ...] = ("feedback", "missed")


class ReminderList:
    """Lists people to remind. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def list(
        self, community_id: str, event_id: str, *, actor: Actor, kind: ReminderKind | None = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[Reminder]:  # fmt: skip
        """Return whom to remind of what, in the order they signed up; members the actor may not know of are left out.

        Args:
            community_id: whose event it is.
            event_id: which one.
            actor: who will write to them.
            kind: `attend`, `waiting` and `moved_up` before the event, `feedback` (came, and said nothing yet) and
                `missed` after it, `cancelled` once it is; None is the first that fits the moment.
            limit: 1 to 200.
            cursor: of the page before.

        Raises:
            NotFound: there is no such event.
            Conflict: nobody is reminded like this at this moment.
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            event = unit.get(Event, event_id)
            fitting = _fitting(event, unit)
            wanted = kind or fitting[0]
            if wanted not in fitting:
                raise refusal("no_reminder_now", kind=wanted)
            statement = select(Signup).where(Signup.event_id == event_id, *_conditions(wanted))
            sort = (Signup.signed_up_at, Signup.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=False)
            members = unit.get_many(Member, [row.member_id for row in page.items])
            shown = [row for row in page.items if is_seen_by(actor, members[row.member_id])]
            return Page(
                [_reminder(unit, event, row, members[row.member_id], wanted) for row in shown], page.next_cursor
            )


def _fitting(event: Event, unit: Unit) -> tuple[ReminderKind, ...]:
    if event.status == "cancelled":
        return ("cancelled",)
    return _COMING if event.ends_at > unit.now else _OVER


def _conditions(kind: ReminderKind) -> list[ColumnElement[bool]]:
    came = exists().where(CheckIn.event_id == Signup.event_id, CheckIn.member_id == Signup.member_id)
    answered = exists().where(EventFeedback.event_id == Signup.event_id, EventFeedback.member_id == Signup.member_id)
    conditions: dict[ReminderKind, list[ColumnElement[bool]]] = {
        "attend": [Signup.status == _GOING],
        "waiting": [Signup.status == _WAITING],
        "moved_up": [Signup.status == _GOING, Signup.moved_up_at.is_not(None)],
        "cancelled": [Signup.status.in_([*SEATED, _WAITING])],
        "feedback": [came, not_(answered)],
        "missed": [Signup.status.in_(SEATED), not_(came)],
    }
    return conditions[kind]


def _reminder(unit: Unit, event: Event, row: Signup, member: Member, kind: ReminderKind) -> Reminder:
    community = unit.community()
    values: dict[str, object] = {
        "name": member.name, "title": event.title, "when": clock_time(event.starts_at, community.timezone),
        "where": where(unit, event, community.locale), "reason": event.cancel_reason,
    }  # fmt: skip
    if kind == "waiting":
        values["position"] = position(unit, row)
    text = said(f"remind.{kind}", community.locale, **values).strip()
    return Reminder(member_id=member.id, name=member.name, kind=kind, text=text)


def where(unit: Unit, event: Event, locale: str) -> str:
    """Return where the event is, in words: the place, the venue of the community, the city, or that it will follow."""
    if event.online:
        return said("where.online", locale)
    if event.place:
        return event.place
    venue = unit.find(Resource, event.venue_id) if event.venue_id else None
    if venue is not None:
        return venue.title
    return event.city or said("where.unknown", locale)
