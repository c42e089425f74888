"""Writes imported events with their sign-ups, check-ins, feedback and review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.community.import_scope import Scope
from copilot.community.importers.base import ImportedEvent
from copilot.community.store import UpsertResult
from copilot.community.tables import CheckIn, Event, EventFeedback, EventReview, Member, Resource, Scoped, Signup


@dataclass
class _Rows:
    """Rows of all events of a batch, by table."""

    events: list[dict[str, Any]] = field(default_factory=list)
    signups: list[dict[str, Any]] = field(default_factory=list)
    check_ins: list[dict[str, Any]] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    feedback: list[dict[str, Any]] = field(default_factory=list)
    reviews: list[dict[str, Any]] = field(default_factory=list)


def write_events(events: Mapping[str, ImportedEvent], scope: Scope) -> None:
    """Upsert events. People who were erased are left out; an event that names somebody unknown is an error."""
    if not events:
        return
    known = _known(events, scope)
    rows = _Rows()
    for event_id, event in events.items():
        named = [who for who in event.people() if not scope.is_erased(who)]
        unknown = next((who for who in named if _member_id(who, scope) not in known), "")
        if not unknown and event.venue and _venue_id(event.venue, scope) not in known:
            unknown = event.venue
        if unknown:
            scope.fail(event.line, "people", f"there is no {unknown!r}; import members and resources first")
            continue
        scope.report.skip("erased", len(event.people()) - len(named))
        _plan(event_id, event, rows, scope)
    _write(rows, scope)


def _known(events: Mapping[str, ImportedEvent], scope: Scope) -> set[str]:
    people = {_member_id(who, scope) for event in events.values() for who in event.people()}
    venues = {_venue_id(event.venue, scope) for event in events.values() if event.venue}
    return {*scope.unit.get_many(Member, people), *scope.unit.get_many(Resource, venues)}


def _member_id(who: str, scope: Scope) -> str:
    return scope.planner.member_id(scope.planner.member_key(who))


def _venue_id(code: str, scope: Scope) -> str:
    return scope.planner.record_id("res", code)


def _plan(event_id: str, event: ImportedEvent, rows: _Rows, scope: Scope) -> None:
    planner = scope.planner
    starts_at, ends_at = event.values["starts_at"], event.values["ends_at"]
    rows.events.append(
        {
            **event.values,
            "id": event_id,
            "code": event.code,
            "venue_id": _venue_id(event.venue, scope) if event.venue else None,
            "host_id": _member_id(event.host, scope) if event.host and not scope.is_erased(event.host) else None,
            "speaker_ids": [_member_id(who, scope) for who in event.speakers if not scope.is_erased(who)],
            "status": "finished" if ends_at <= scope.unit.now else "published",
            "created_at": scope.unit.now,
        }
    )
    for signup in event.signups:
        if scope.is_erased(signup.member):
            continue
        who = {"event_id": event_id, "member_id": _member_id(signup.member, scope)}
        parts = (event_id, who["member_id"])
        at = signup.signed_up_at or starts_at
        rows.signups.append(
            {**who, "id": planner.record_id("sgn", *parts), "status": signup.status, "signed_up_at": at}
        )
        check_in_id = planner.record_id("chk", *parts)
        if signup.status == "attended":
            rows.check_ins.append({**who, "id": check_in_id, "checked_in_at": starts_at})
        else:
            rows.absent.append(check_in_id)
    for said in event.feedback:
        if not scope.is_erased(said.member):
            who = {"event_id": event_id, "member_id": _member_id(said.member, scope)}
            feedback_id = planner.record_id("efb", event_id, who["member_id"])
            words = {"rating": said.rating, "comment": said.comment, "created_at": ends_at}
            rows.feedback.append({**who, "id": feedback_id, **words})
    if event.review_summary or event.review_lessons:
        words = {"summary": event.review_summary, "lessons": list(event.review_lessons), "created_at": ends_at}
        rows.reviews.append({"event_id": event_id, **words})


def _write(rows: _Rows, scope: Scope) -> None:
    def merge(_row: Event, given: Mapping[str, Any]) -> Mapping[str, Any]:
        # Operators may have cancelled or closed it since.
        return {name: value for name, value in given.items() if name != "status"}

    result = scope.unit.upsert(Event, rows.events, merge=merge, dry_run=scope.dry_run)
    touched: set[str] = set()
    children: list[tuple[type[Scoped], list[dict[str, Any]]]] = [
        (Signup, rows.signups),
        (CheckIn, rows.check_ins),
        (EventFeedback, rows.feedback),
        (EventReview, rows.reviews),
    ]
    for table, given in children:
        by_id = {row.get("id", row["event_id"]): row["event_id"] for row in given}
        changed: UpsertResult = scope.unit.upsert(table, given, dry_run=scope.dry_run)
        touched |= {by_id[record_id] for record_id in (*changed.inserted, *changed.updated)}
    for absent in scope.unit.get_many(CheckIn, rows.absent).values():
        touched.add(absent.event_id)
        if not scope.dry_run:
            scope.unit.session.delete(absent)
    result.updated += [event_id for event_id in result.unchanged if event_id in touched]
    result.unchanged = [event_id for event_id in result.unchanged if event_id not in touched]
    scope.report.count("events", result)
