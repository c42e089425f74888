"""Events as iCalendar (RFC 5545): a stable UID, a SEQUENCE that grows with each change, cancelled ones marked so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//community-copilot//events//EN"
_DOMAIN = "community-copilot"
_REFRESH = timedelta(hours=1)

Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]


@dataclass(frozen=True)
class Entry:
    """What a calendar shows of an event. Times are aware; `timezone` is where they are shown."""

    id: str
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    place: str
    description: str
    status: Status
    sequence: int
    changed_at: datetime
    created_at: datetime


def render_calendar(entries: Iterable[Entry], name: str, locale: str) -> bytes:
    """Return a calendar; the same entries give the same bytes.

    Args:
        entries: in the order in which they are written.
        name: what calendar programs call it.
        locale: language of the texts.
    """
    from icalendar import Calendar  # late: only calendars need it, and it brings a time zone table along

    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name, parameters={"LANGUAGE": locale})
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, locale))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def uid_of(record_id: str) -> str:
    """Return what identifies an event in every calendar, for ever."""
    return f"{record_id}@{_DOMAIN}"


def _event(entry: Entry, locale: str) -> Event:
    from icalendar import Event

    zone = ZoneInfo(entry.timezone)
    event = Event()
    event.add("uid", uid_of(entry.id))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", max(entry.changed_at, entry.created_at))
    event.add("created", entry.created_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.starts_at.astimezone(zone))
    event.add("dtend", max(entry.ends_at, entry.starts_at).astimezone(zone))
    event.add("summary", entry.title, parameters={"LANGUAGE": locale})
    if entry.place:
        event.add("location", entry.place, parameters={"LANGUAGE": locale})
    if entry.description:
        event.add("description", entry.description, parameters={"LANGUAGE": locale})
    event.add("status", entry.status)
    event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    return event
