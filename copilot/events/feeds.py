"""Calendars of a community: feeds under a secret address, single events, and the events as calendar entries.

A feed shows what the community's notice board would: titles, times, places and goals. No member is named in it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from copilot.community.ids import new_id
from copilot.community.store import Page, Store
from copilot.community.tables import CalendarFeed, Event
from copilot.community.text import clean_line
from copilot.errors import InvalidInput, NotFound, StoreBusy, StoreFull, TooLarge
from copilot.events.export.calendars import Entry, render_calendar
from copilot.events.life.event_rows import event_views
from copilot.events.life.models import EventView
from copilot.events.records import PlanResult

MAX_FEEDS = 20
MAX_EVENTS = 500
PAST = timedelta(days=90)
_PREFIX = "cal_"
_TOKEN = re.compile(r"cal_[A-Za-z0-9_-]{43}")
_TOUCH_AFTER = timedelta(hours=1)


class FeedView(BaseModel):
    """A feed without its address, which is shown once."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    hint: str = Field(description="the end of the address")
    created_by: str
    created_at: datetime
    last_read_at: datetime | None = Field(description="to the hour; null when no calendar ever read it")
    revoked_at: datetime | None


class NewFeed(FeedView):
    """A feed with its token. Whoever has the address reads the calendar, until it is revoked."""

    token: str
    path: str = Field(description="path of the address on this service")


@dataclass(frozen=True)
class Ics:
    """A calendar file; `tag` changes when it does."""

    content: bytes
    tag: str


class CalendarService:
    """Makes, revokes and answers calendar feeds. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(self, community_id: str, name: str, *, actor: str) -> NewFeed:
        """Make a feed; its token is in this answer and nowhere else.

        Raises:
            InvalidInput: a name of other than 1 to 100 characters.
            TooLarge: the community has 20 feeds that are not revoked.
        """
        name = clean_line(name)
        if not 1 <= len(name) <= 100:
            raise InvalidInput("a feed's name has 1 to 100 characters", field="name", pointer="/name")
        token = _PREFIX + secrets.token_urlsafe(32)
        with self._store.write(community_id) as unit:
            live = select(func.count(CalendarFeed.id)).where(CalendarFeed.revoked_at.is_(None))
            if (unit.session.scalar(live) or 0) >= MAX_FEEDS:
                raise TooLarge(f"a community has at most {MAX_FEEDS} calendar feeds", limit=MAX_FEEDS)
            row = unit.add(
                CalendarFeed(
                    id=new_id("feed"), name=name, token_hash=_hash(token), hint=token[-4:], created_by=actor,
                    created_at=unit.now, last_read_at=None, revoked_at=None,
                )
            )  # fmt: skip
            unit.audit(actor, "calendar_feed.created", ("calendar_feed", row.id))
            view = FeedView.model_validate(row)
        return NewFeed(**view.model_dump(), token=token, path=f"/calendars/{token}.ics")

    def list(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[FeedView]:
        """Return the community's feeds, newest first, revoked ones included.

        Raises:
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            page = unit.page(
                select(CalendarFeed), (CalendarFeed.created_at, CalendarFeed.id), limit=limit, cursor=cursor
            )
            return Page([FeedView.model_validate(row) for row in page.items], page.next_cursor)

    def revoke(self, community_id: str, feed_id: str, *, actor: str) -> FeedView:
        """Make a feed's address lead nowhere from the next request on; doing so twice changes nothing.

        Raises:
            NotFound: there is no such feed here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(CalendarFeed, feed_id)
            if row.revoked_at is None:
                row.revoked_at = unit.now
                unit.audit(actor, "calendar_feed.revoked", ("calendar_feed", feed_id))
            return FeedView.model_validate(row)

    def read(self, token: str) -> Ics:
        """Return the calendar behind a feed's token.

        Raises:
            NotFound: no such token, or a revoked one; the two are not told apart.
        """
        community_id, feed_id, untouched = self._find(token)
        with self._store.read(community_id) as unit:
            community = unit.community()
            statement = (
                select(Event).where(Event.ends_at >= unit.now - PAST).order_by(Event.starts_at, Event.id).limit(MAX_EVENTS)
            )  # fmt: skip
            rows = list(unit.session.scalars(statement))
            entries = [_entry(view) for view in event_views(unit, rows)]
            content = render_calendar(entries, community.name, community.locale)
        if untouched:
            self._touch(community_id, feed_id)
        return _tagged(content)

    def event(self, community_id: str, event_id: str) -> Ics:
        """Return one event as a calendar file.

        Raises:
            NotFound: there is no such event here.
        """
        with self._store.read(community_id) as unit:
            community = unit.community()
            views = event_views(unit, [unit.get(Event, event_id)])
            return _tagged(render_calendar(map(_entry, views), community.name, community.locale))

    def _find(self, token: str) -> tuple[str, str, bool]:
        """Return community, id and whether the feed was not read for a while."""
        unknown = NotFound("there is no such calendar", kind="calendar_feed")
        if _TOKEN.fullmatch(token) is None:
            raise unknown
        now = self._store.clock.now()
        with self._store.system() as session:
            row = session.scalar(select(CalendarFeed).where(CalendarFeed.token_hash == _hash(token)))
            if row is None or row.revoked_at is not None:
                raise unknown
            untouched = row.last_read_at is None or now - row.last_read_at > _TOUCH_AFTER
            return row.community_id, row.id, untouched

    def _touch(self, community_id: str, feed_id: str) -> None:
        """Note when a calendar last read the feed; none is turned away because the database takes no notes for now."""
        with suppress(StoreBusy, StoreFull), self._store.write(community_id) as unit:
            row = unit.find(CalendarFeed, feed_id)
            if row is not None:
                row.last_read_at = unit.now


def plan_calendar(plan: PlanResult, community_name: str) -> bytes:
    """Return a plan as a calendar file: tentative, under an id of its own that all of its versions share."""
    content = plan.content
    entry = Entry(
        id=plan.series_id, title=content.title, starts_at=content.starts_at, ends_at=content.ends_at,
        timezone=content.timezone, place=content.place, description=content.goal, status="TENTATIVE",
        sequence=plan.version - 1, changed_at=plan.created_at, created_at=plan.created_at,
    )  # fmt: skip
    return render_calendar([entry], community_name, content.language)


def _entry(view: EventView) -> Entry:
    place = view.place or view.city
    return Entry(
        id=view.id, title=view.title, starts_at=view.starts_at, ends_at=view.ends_at, timezone=view.timezone,
        place=place, description=view.goal, status="CANCELLED" if view.status == "cancelled" else "CONFIRMED",
        sequence=view.sequence, changed_at=view.changed_at or view.created_at, created_at=view.created_at,
    )  # fmt: skip


def _tagged(content: bytes) -> Ics:
    return Ics(content, f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
