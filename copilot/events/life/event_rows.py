"""Rows of events as everybody who works on them needs them: locked, counted, shown. Decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.permission import is_seen_by
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Event, EventPlan, Member, Signup
from copilot.currency import stored_currency
from copilot.errors import Conflict, NotFound
from copilot.events.life.models import SEATED, EventView, SignupStatus, SignupView
from copilot.events.life.wording import in_both, said
from copilot.events.models import PlanContent


def lock_event(unit: Unit, event_id: str) -> Event:
    """Return the event, kept from every other writer until this transaction ends.

    Places are counted and given under this lock alone, so that nobody gives the last one twice. SQLite has one writer
    anyway. Keys stay readable for rows that point here.

    Raises:
        NotFound: there is none in this community.
    """
    row: Event | None = unit.session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"there is no event {event_id!r} in this community", kind="event", id=event_id)
    return row


def refusal(key: str, **values: object) -> Conflict:
    """Return the error that the state of the event does not allow something, said in both languages."""
    sentence = in_both(key, **values)
    return Conflict(sentence["en"], reason=key, sentence=sentence)


def require_open(event: Event, now: datetime) -> None:
    """Pass when the event is still to come or under way.

    Raises:
        Conflict: it was cancelled, or is over.
    """
    if event.status == "cancelled":
        raise refusal("event_cancelled")
    if event.status != "published" or event.ends_at <= now:
        raise refusal("event_over")


def seats_taken(unit: Unit, event_id: str) -> int:
    """Return how many sign-ups hold a place."""
    return _counts(unit, [event_id]).get(event_id, (0, 0))[0]


def event_views(unit: Unit, rows: Sequence[Event]) -> list[EventView]:
    """Return events as they are shown; two queries for any number of them."""
    counts = _counts(unit, [row.id for row in rows])
    timezone = unit.community().timezone
    return [_event_view(row, counts.get(row.id, (0, 0)), timezone, unit.now) for row in rows]


def event_view(unit: Unit, row: Event) -> EventView:
    """Return one event as it is shown."""
    return event_views(unit, [row])[0]


def signup_views(unit: Unit, actor: Actor, rows: Sequence[Signup]) -> list[SignupView]:
    """Return sign-ups with names, as far as the actor may know of the members."""
    members = unit.get_many(Member, [row.member_id for row in rows])
    locale, places = reader_locale(unit), positions(unit, rows)
    return [_signup_view(actor, row, members[row.member_id], places.get(row.id), locale) for row in rows]


def clock_time(moment: datetime, timezone: str) -> str:
    """Return a moment on the community's clock, to the minute."""
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y-%m-%d %H:%M")


def _event_view(row: Event, counts: tuple[int, int], timezone: str, now: datetime) -> EventView:
    going, waiting = counts
    status = "finished" if row.status == "published" and row.ends_at <= now else row.status
    return EventView.model_validate(
        {
            "id": row.id, "code": row.code, "title": row.title, "format": row.format, "status": status,
            "starts_at": row.starts_at, "ends_at": row.ends_at, "timezone": timezone, "city": row.city,
            "place": row.place, "online": row.online, "goal": row.goal, "host_id": row.host_id,
            "speaker_ids": [str(item) for item in row.speaker_ids], "venue_id": row.venue_id,
            "headcount": row.headcount, "capacity": row.capacity, "going": going, "waiting": waiting,
            "places_left": None if row.capacity is None else max(0, row.capacity - going), "plan_id": row.plan_id,
            "sequence": row.sequence, "cancel_reason": row.cancel_reason, "created_at": row.created_at,
            "changed_at": row.changed_at,
        }
    )  # fmt: skip


def _signup_view(actor: Actor, row: Signup, member: Member, place: int | None, locale: str) -> SignupView:
    is_seen = is_seen_by(actor, member)
    return SignupView(
        id=row.id, event_id=row.event_id, member_id=member.id if is_seen else None,
        name=member.name if is_seen else said("hidden_member", locale), status=SignupStatus(row.status),
        position=place, signed_up_at=row.signed_up_at,
        moved_up_at=row.moved_up_at, cancelled_at=row.cancelled_at,
    )  # fmt: skip


def positions(unit: Unit, rows: Sequence[Signup]) -> dict[str, int]:
    """Return the places in line, from 1, of those of `rows` that wait, by id; one query for each event.

    `rows` are a page in the order of the line: whoever waits between two of an event is among them.
    """
    found: dict[str, int] = {}
    next_of: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row.signed_up_at, row.id)):
        if row.status == SignupStatus.WAITLISTED:
            place = next_of.get(row.event_id) or 1 + _waiting_before(unit, row)
            found[row.id], next_of[row.event_id] = place, place + 1
    return found


def _waiting_before(unit: Unit, row: Signup) -> int:
    before = (Signup.signed_up_at < row.signed_up_at) | (
        (Signup.signed_up_at == row.signed_up_at) & (Signup.id < row.id)
    )
    waiting = select(func.count()).where(
        Signup.event_id == row.event_id, Signup.status == SignupStatus.WAITLISTED.value, before
    )
    return unit.session.scalar(waiting.select_from(Signup)) or 0


def _counts(unit: Unit, event_ids: list[str]) -> dict[str, tuple[int, int]]:
    """Return (sign-ups with a place, waiting) by event."""
    found: dict[str, tuple[int, int]] = {}
    statement = (
        select(Signup.event_id, Signup.status, func.count())
        .where(Signup.event_id.in_(event_ids))
        .group_by(Signup.event_id, Signup.status)
    )
    for event_id, status, count in unit.session.execute(statement):
        going, waiting = found.get(event_id, (0, 0))
        is_waiting = status == SignupStatus.WAITLISTED
        found[event_id] = (going + count * (status in SEATED), waiting + count * is_waiting)
    return found


def event_currency(unit: Unit, event: Event) -> str:
    """Return the currency an event is counted in: its plan's, or of an imported one the community's."""
    plan = None if event.plan_id is None else unit.find(EventPlan, event.plan_id)
    if plan is not None:
        return PlanContent.model_validate(plan.content).budget.currency
    return stored_currency(unit.community().settings)
