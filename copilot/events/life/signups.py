"""Sign-ups: who has a place, who waits, and the waiting list that moves up by itself. Never over capacity."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.outbox import emit_all
from copilot.community.permission import get_seen
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Event, Signup
from copilot.errors import NotFound
from copilot.events.life.event_rows import (
    lock_event,
    refusal,
    require_open,
    seats_taken,
    signup_views,
)
from copilot.events.life.models import SEATED, CancelledSignup, SignupStatus, SignupView
from copilot.events.life.wording import in_both

_WAITING = SignupStatus.WAITLISTED.value
_MAX_WAITING = 5_000


class SignupDesk:
    """Gives places and takes them back. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def sign_up(self, community_id: str, event_id: str, member_id: str, *, actor: Actor) -> SignupView:
        """Give a member a place, or the next one in the waiting list; twice is once.

        Who cancelled and comes back stands at the end of the line.

        Raises:
            NotFound: no such event or member, or the actor may not know of the member.
            Conflict: the event was cancelled, has started (operators may go on until its end), or is over.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            get_seen(unit, actor, member_id)
            _require_changeable(event, unit.now, actor)
            row = find_signup(unit, event_id, member_id)
            if row is None or row.status == SignupStatus.CANCELLED:
                row = join_line(unit, event, member_id, row)
                fill_places(unit, event, actor.key_id, joined=row)
                unit.audit(actor.key_id, "signup.made", ("signup", row.id), event_id=event_id, status=row.status)
            unit.session.flush()
            return signup_views(unit, actor, [row])[0]

    def cancel(self, community_id: str, event_id: str, member_id: str, *, actor: Actor) -> CancelledSignup:
        """Take a sign-up back and let the waiting list move up; twice is once.

        Raises:
            NotFound: no such event, or this member did not sign up.
            Conflict: the member is already there, or the event has started (operators may go on), or is over.
        """
        with self._store.write(community_id) as unit:
            event = lock_event(unit, event_id)
            get_seen(unit, actor, member_id)
            row = find_signup(unit, event_id, member_id)
            if row is None:
                raise no_signup(member_id)
            moved: list[Signup] = []
            if row.status != SignupStatus.CANCELLED:
                _require_changeable(event, unit.now, actor)
                if row.status == SignupStatus.ATTENDED:
                    raise refusal("already_there")
                row.status, row.cancelled_at = SignupStatus.CANCELLED.value, unit.now
                unit.session.flush()
                moved = fill_places(unit, event, actor.key_id)
                unit.audit(actor.key_id, "signup.cancelled", ("signup", row.id), event_id=event_id, moved_up=len(moved))
            return CancelledSignup(signup=signup_views(unit, actor, [row])[0], moved_up=len(moved))

    def settle(self, community_id: str) -> int:
        """Give places that came free without a cancellation, because a member was erased; return how many moved up."""
        with self._store.read(community_id) as unit:
            waiting = unit.session.scalars(
                select(Event.id)
                .join(Signup, Signup.event_id == Event.id)
                .where(Signup.status == _WAITING, Event.status == "published", Event.starts_at > unit.now)
                .distinct()
                .order_by(Event.id)
            ).all()
        moved = 0
        for event_id in waiting:
            with self._store.write(community_id) as unit:
                moved += len(fill_places(unit, lock_event(unit, event_id), "system"))
        return moved

    def list(
        self, community_id: str, event_id: str, *, actor: Actor, status: SignupStatus | None = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[SignupView]:  # fmt: skip
        """Return an event's sign-ups, first come first.

        Raises:
            NotFound: there is no such event.
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            unit.get(Event, event_id)
            statement = select(Signup).where(Signup.event_id == event_id)
            if status is not None:
                statement = statement.where(Signup.status == status.value)
            sort = (Signup.signed_up_at, Signup.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=False)
            return Page(signup_views(unit, actor, page.items), page.next_cursor)

    def of_member(
        self, community_id: str, member_id: str, *, actor: Actor, limit: int = 50, cursor: str | None = None
    ) -> Page[SignupView]:
        """Return a member's sign-ups, latest first.

        Raises:
            NotFound: there is no such member, or the actor may not know of them.
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            get_seen(unit, actor, member_id)
            statement = select(Signup).where(Signup.member_id == member_id)
            page = unit.page(statement, (Signup.signed_up_at, Signup.id), limit=limit, cursor=cursor)
            return Page(signup_views(unit, actor, page.items), page.next_cursor)


def join_line(unit: Unit, event: Event, member_id: str, row: Signup | None) -> Signup:
    """Put a member at the end of the waiting list; the caller holds the event's lock and fills the places."""
    if row is None:
        # The id an import would give it, so that both meet the same row.
        signup_id = derived_id("sgn", unit.community_id, event.id, member_id)
        row = unit.add(Signup(id=signup_id, event_id=event.id, member_id=member_id, status=_WAITING))
    row.status, row.signed_up_at, row.cancelled_at, row.moved_up_at = _WAITING, unit.now, None, None
    unit.session.flush()
    return row


def fill_places(unit: Unit, event: Event, actor_id: str, joined: Signup | None = None) -> list[Signup]:
    """Give free places to those who wait, first come first; return who moved up. The caller holds the event's lock.

    `joined` signed up just now: given a place at once, they did not move up.
    """
    free = _MAX_WAITING if event.capacity is None else event.capacity - seats_taken(unit, event.id)
    if free <= 0:
        return []
    next_ones = unit.session.scalars(
        select(Signup)
        .where(Signup.event_id == event.id, Signup.status == _WAITING)
        .order_by(Signup.signed_up_at, Signup.id)
        .limit(free)
    ).all()
    moved = []
    for row in next_ones:
        row.status = SignupStatus.GOING.value
        if row is not joined:
            row.moved_up_at = unit.now
            moved.append(row)
            unit.audit(actor_id, "signup.moved_up", ("signup", row.id), event_id=event.id)
    emit_all(
        unit, "signup.promoted",
        [{"event_id": event.id, "signup_id": row.id, "member_id": row.member_id} for row in moved],
    )  # fmt: skip
    unit.session.flush()
    return moved


def has_place(row: Signup | None) -> bool:
    """Whether a sign-up holds a place."""
    return row is not None and row.status in SEATED


def no_signup(member_id: str) -> NotFound:
    """Return the error that a member did not sign up."""
    sentence = in_both("not_signed_up")
    return NotFound(sentence["en"], kind="signup", id=member_id, sentence=sentence)


def find_signup(unit: Unit, event_id: str, member_id: str) -> Signup | None:
    """Return a member's sign-up for an event, if there is one."""
    row: Signup | None = unit.session.scalar(
        select(Signup).where(Signup.event_id == event_id, Signup.member_id == member_id)
    )
    return row


def _require_changeable(event: Event, now: datetime, actor: Actor) -> None:
    require_open(event, now)
    if event.starts_at <= now and not actor.may("events:write"):
        raise refusal("event_started")
