"""Events: a plan version published, changed by the next version, cancelled. A person publishes; nothing is sent."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.outbox import emit
from copilot.community.permission import offered_on, open_to_match
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Event, EventDoor, EventPlan, Member, Resource, Signup
from copilot.community.text import clean_line
from copilot.errors import InvalidInput
from copilot.events.checking.checks import picks_of
from copilot.events.life.event_rows import event_view, event_views, lock_event, refusal, require_open
from copilot.events.life.models import (
    MAX_REASON_CHARS,
    SEATED,
    CancelledEvent,
    EventView,
    Published,
    SignupStatus,
)
from copilot.events.life.signups import fill_places
from copilot.events.models import PlanContent

# What a calendar shows: a change of it must reach the people who hold the event.
_TOLD = frozenset({"title", "starts_at", "ends_at", "city", "place", "online", "venue_id"})
_HOST_ROLES = ("host", "moderator", "facilitator", "organiser")


class EventLife:
    """Publishes plans as events and keeps them. Safe between threads and processes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def publish(self, community_id: str, plan_id: str, *, actor: Actor) -> Published:
        """Make a plan version an event, or bring the event of its series in line with it; doing so twice changes nothing.

        More places let the waiting list move up; fewer take nobody's place away.

        Raises:
            NotFound: there is no such plan in this community.
            Conflict: its day is past, the event was cancelled or is over, the event is on a later version, or a person
                or resource of the plan is no longer available; `data["reason"]` says which.
        """
        with self._store.write(community_id) as unit:
            plan = unit.get(EventPlan, plan_id)
            # Two who publish at once: the second waits here, and finds the event of the first.
            unit.session.scalars(
                select(EventPlan.id).where(EventPlan.series_id == plan.series_id).with_for_update(key_share=True)
            ).all()
            content = PlanContent.model_validate(plan.content)
            found = unit.session.scalar(select(Event).where(Event.series_id == plan.series_id))
            row = None if found is None else lock_event(unit, found.id)
            if row is not None:
                require_open(row, unit.now)
                _require_not_older(unit, row, plan)
            values = _values(unit, plan, content)
            if row is None or _differing(row, values):
                if content.starts_at <= unit.now:
                    raise refusal("plan_in_past")
                _require_available(unit, content)
            if row is None:
                return self._create(unit, plan, content, values, actor)
            return self._update(unit, row, plan, content, values, actor)

    @staticmethod
    def _create(
        unit: Unit, plan: EventPlan, content: PlanContent, values: dict[str, Any], actor: Actor
    ) -> Published:  # fmt: skip
        event_id = derived_id("evt", unit.community_id, "plan", plan.series_id)
        row = unit.add(
            Event(
                id=event_id, code=f"P-{event_id[-8:].upper()}", series_id=plan.series_id, status="published",
                created_at=unit.now, **values,
            )
        )  # fmt: skip
        unit.session.flush()
        unit.add(EventDoor(event_id=event_id, secret=secrets.token_hex(32)))
        _note_version(unit, plan)
        unit.audit(actor.key_id, "event.published", ("event", event_id), plan_id=plan.id, version=plan.version)
        emit(unit, "event.published", _note(row))
        unit.session.flush()
        return _published(unit, row, content, "created", [], [])

    @staticmethod
    def _update(
        unit: Unit, row: Event, plan: EventPlan, content: PlanContent, values: dict[str, Any], actor: Actor
    ) -> Published:
        changed = _differing(row, values)
        if not changed:
            return _published(unit, row, content, "unchanged", [], [])
        for name in changed:
            setattr(row, name, values[name])
        row.changed_at = unit.now
        row.sequence += bool(_TOLD & set(changed))
        unit.session.flush()
        moved = fill_places(unit, row, actor.key_id) if "capacity" in changed else []
        _note_version(unit, plan)
        unit.audit(
            actor.key_id, "event.changed", ("event", row.id), plan_id=plan.id, version=plan.version, changed=changed
        )
        emit(unit, "event.changed", _note(row) | {"changed": changed})
        unit.session.flush()
        return _published(unit, row, content, "updated", changed, [item.member_id for item in moved])

    def get(self, community_id: str, event_id: str) -> EventView:
        """Return one event with its counts.

        Raises:
            NotFound: there is none in this community.
        """
        with self._store.read(community_id) as unit:
            return event_view(unit, unit.get(Event, event_id))

    def list(
        self, community_id: str, *, when: Literal["coming", "past"] | None = None, limit: int = 50,
        cursor: str | None = None,
    ) -> Page[EventView]:  # fmt: skip
        """Return events: those to come soonest first, all others latest first.

        Raises:
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            statement = select(Event)
            if when is not None:
                statement = statement.where(Event.ends_at > unit.now if when == "coming" else Event.ends_at <= unit.now)
            sort = (Event.starts_at, Event.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor, descending=when != "coming")
            return Page(event_views(unit, page.items), page.next_cursor)

    def cancel(self, community_id: str, event_id: str, reason: str, *, actor: Actor) -> CancelledEvent:
        """Cancel an event; doing so twice changes nothing. Sign-ups stay, to know whom to tell.

        Raises:
            NotFound: there is none in this community.
            Conflict: it is over.
            InvalidInput: the reason is longer than 300 characters.
        """
        reason = clean_line(reason)
        if len(reason) > MAX_REASON_CHARS:
            raise InvalidInput(f"a reason has at most {MAX_REASON_CHARS} characters", field="reason")
        with self._store.write(community_id) as unit:
            row = lock_event(unit, event_id)
            if row.status != "cancelled":
                require_open(row, unit.now)
                row.status, row.cancel_reason, row.changed_at = "cancelled", reason, unit.now
                row.sequence += 1
                unit.audit(actor.key_id, "event.cancelled", ("event", row.id), reason=reason)
                emit(unit, "event.cancelled", _note(row))
                unit.session.flush()
            told = select(func.count()).select_from(Signup).where(
                Signup.event_id == event_id, Signup.status.in_([*SEATED, SignupStatus.WAITLISTED.value])
            )  # fmt: skip
            return CancelledEvent(event=event_view(unit, row), to_tell=unit.session.scalar(told) or 0)


def _values(unit: Unit, plan: EventPlan, content: PlanContent) -> dict[str, Any]:
    """Return what the event takes from the plan."""
    members = unit.get_many(Member, [pick.id for pick in picks_of(content) if pick.kind == "member"])
    venue = unit.find(Resource, content.venue.id) if content.venue is not None else None
    speakers = [part.speaker.id for part in content.agenda if part.speaker is not None]
    hosts = [role.pick.id for role in content.roles if role.key in _HOST_ROLES and role.pick is not None]
    return {
        "title": content.title, "format": content.format, "starts_at": content.starts_at, "ends_at": content.ends_at,
        "city": content.city, "place": content.place, "online": content.online, "goal": content.goal,
        "venue_id": None if venue is None else venue.id,
        "host_id": next((host for host in hosts if host in members), None),
        "speaker_ids": [speaker for speaker in dict.fromkeys(speakers) if speaker in members],
        "headcount": content.headcount, "capacity": content.open_places,
        "budget_cents": content.budget.cap_cents or content.budget.total_cents,
        "feedback_questions": list(content.feedback_questions), "plan_id": plan.id,
    }  # fmt: skip


def _note(row: Event) -> dict[str, Any]:
    """Return what webhooks are told of an event: where to look it up, when it is and how many may come; no words."""
    return {
        "event_id": row.id, "plan_id": row.plan_id, "status": row.status, "sequence": row.sequence,
        "starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat(), "capacity": row.capacity,
    }  # fmt: skip


def _differing(row: Event, values: dict[str, Any]) -> list[str]:
    return sorted(name for name, value in values.items() if getattr(row, name) != value)


def _require_not_older(unit: Unit, row: Event, plan: EventPlan) -> None:
    current = unit.find(EventPlan, row.plan_id) if row.plan_id else None
    if current is not None and current.version > plan.version:
        raise refusal("plan_is_older", current=current.version, version=plan.version)


def _require_available(unit: Unit, content: PlanContent) -> None:
    """Refuse a plan whose people or resources withdrew since it was drafted."""
    picks = picks_of(content)
    day = content.starts_at.astimezone(ZoneInfo(content.timezone)).date()
    named = {kind: [pick.id for pick in picks if pick.kind == kind] for kind in ("member", "resource")}
    open_members = select(Member.id).where(Member.id.in_(named["member"]), *open_to_match())
    open_resources = select(Resource.id).where(Resource.id.in_(named["resource"]), *offered_on(day))
    available = {*unit.session.scalars(open_members), *unit.session.scalars(open_resources)}
    for pick in picks:
        if pick.id not in available:
            raise refusal("pick_withdrawn", name=pick.name)


def _note_version(unit: Unit, plan: EventPlan) -> None:
    """Say in the series which version is out."""
    rows: Sequence[EventPlan] = unit.session.scalars(
        select(EventPlan).where(EventPlan.series_id == plan.series_id, EventPlan.status == "published")
    ).all()
    for row in rows:
        row.status = "draft"
    plan.status = "published"


def _published(
    unit: Unit, row: Event, content: PlanContent, change: Literal["created", "updated", "unchanged"],
    changed: Sequence[str], moved_up: Sequence[str],
) -> Published:  # fmt: skip
    return Published(
        event=event_view(unit, row), change=change, changed=list(changed), moved_up=list(moved_up),
        to_confirm=list(content.to_confirm),
    )  # fmt: skip
