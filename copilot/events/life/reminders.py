"""Whom to write to about an event, each with a draft. A person sends it, or nobody does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, not_, select

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import CheckIn, Event, EventFeedback, Member, Resource, Signup
from copilot.events.life.event_rows import clock_time, positions, refusal
from copilot.events.life.models import SEATED, Reminder, ReminderKind, SignupStatus
from copilot.events.life.wording import said

_GOING, _WAITING = SignupStatus.GOING.value, SignupStatus.WAITLISTED.value
# Before the end of an event, and after it.
_COMING: tuple[ReminderKind, ...] = ("attend", "waiting", "moved_up")
_OVER: tuple[ReminderKind, ...] = ("feedback", "missed")


class ReminderList:
    """Lists people to remind. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def kinds(self, community_id: str, event_id: str) -> tuple[ReminderKind, ...]:
        """Return what people can be reminded of at this moment, the first one first.

        Raises:
            NotFound: there is no such event.
        """
        with self._store.read(community_id) as unit:
            return _fitting(unit.get(Event, event_id), unit)

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
                `missed` after it, `changed` when day or place did since they signed up, `cancelled` once it is; None is the first that fits the moment.
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
            statement = select(Signup).where(Signup.event_id == event_id, *_conditions(wanted, event))
            sort = (Signup.signed_up_at, Signup.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=False)
            members, places = unit.get_many(Member, [row.member_id for row in page.items]), positions(unit, page.items)
            words = _words(unit, event)
            shown = [row for row in page.items if is_seen_by(actor, members[row.member_id])]
            drafts = [
                _reminder(members[row.member_id], wanted, {**words, "position": places.get(row.id, 0)}) for row in shown
            ]
            return Page(drafts, page.next_cursor)


def _fitting(event: Event, unit: Unit) -> tuple[ReminderKind, ...]:
    if event.status == "cancelled":
        return ("cancelled",)
    if event.ends_at <= unit.now:
        return _OVER
    return (*_COMING, "changed") if event.sequence else _COMING


def _conditions(kind: ReminderKind, event: Event) -> list[ColumnElement[bool]]:
    came = exists().where(CheckIn.event_id == Signup.event_id, CheckIn.member_id == Signup.member_id)
    answered = exists().where(EventFeedback.event_id == Signup.event_id, EventFeedback.member_id == Signup.member_id)
    conditions: dict[ReminderKind, list[ColumnElement[bool]]] = {
        "attend": [Signup.status == _GOING],
        "waiting": [Signup.status == _WAITING],
        "moved_up": [Signup.status == _GOING, Signup.moved_up_at.is_not(None)],
        "changed": [
            Signup.status.in_([*SEATED, _WAITING]),
            Signup.signed_up_at < (event.changed_at or event.created_at),
        ],
        "cancelled": [Signup.status.in_([*SEATED, _WAITING])],
        "feedback": [came, not_(answered)],
        "missed": [Signup.status.in_(SEATED), not_(came)],
    }
    return conditions[kind]


def _words(unit: Unit, event: Event) -> dict[str, object]:
    community = unit.community()
    return {
        "locale": community.locale, "title": event.title, "when": clock_time(event.starts_at, community.timezone),
        "where": where(unit, event, community.locale), "reason": event.cancel_reason,
    }  # fmt: skip


def _reminder(member: Member, kind: ReminderKind, words: dict[str, object]) -> Reminder:
    values = {name: word for name, word in words.items() if name != "locale"}
    text = said(f"remind.{kind}", str(words["locale"]), name=member.name, **values).strip()
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
