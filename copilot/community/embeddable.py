"""Which texts of a community may have a vector: the rules of consent, visibility and expiry, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from copilot.community.ids import text_hash
from copilot.community.models import Aspect
from copilot.community.permission import allowing_ai, owned_by
from copilot.community.store import Unit
from copilot.community.tables import Event, Member, Message, ProfileText, Reading, Resource, VectorRow
from copilot.vectors.source import DesiredText

MEMBER, RESOURCE, EVENT, QUESTION = "member", "resource", "event", "question"
MEMBER_ASPECTS = tuple(aspect.value for aspect in Aspect)
WITHDRAWN = "withdrawn"
PUBLISHED = "published"


@dataclass(frozen=True)
class Family:
    """One kind of owner: the statement of its texts that may be embedded, and how a row becomes a text."""

    kind: str
    statement: Select[*tuple[Any, ...]]
    owner_key: InstrumentedAttribute[str]
    record_key: InstrumentedAttribute[str]
    member_key: InstrumentedAttribute[Any]
    make: Callable[[Any], DesiredText]

    def texts(self, unit: Unit, *conditions: ColumnElement[bool]) -> Iterator[DesiredText]:
        """Yield the texts that meet `conditions`; blank ones have nothing to embed and are left out."""
        for row in unit.session.execute(self.statement.where(*conditions)):
            text = self.make(row)
            if text.text.strip():
                yield text


def family(unit: Unit, kind: str) -> Family:
    """Return the texts of one kind of owner, by the rules of today.

    Raises:
        ValueError: no text of this kind is ever embedded; a table marks something that it should not.
    """
    if kind == MEMBER:
        return Family(MEMBER, _profile_texts(), Member.id, ProfileText.id, ProfileText.member_id, _from_profile_text)
    if kind == RESOURCE:
        return Family(RESOURCE, _resources(today(unit)), Resource.id, Resource.id, Resource.owner_id, _from_resource)
    if kind == EVENT:
        return Family(EVENT, _events(unit.now), Event.id, Event.id, Event.host_id, _from_event)
    if kind == QUESTION:
        return Family(QUESTION, _questions(), Message.id, Message.id, Message.sender_id, _from_message)
    raise ValueError(f"texts of {kind!r} have no vectors")


def kind_of(aspect: str) -> str:
    """Return the kind of owner whose texts make up `aspect`."""
    return MEMBER if aspect in MEMBER_ASPECTS else aspect


def today(unit: Unit) -> date:
    """Return the date in the community's own time zone."""
    return unit.now.astimezone(ZoneInfo(unit.community().timezone)).date()


def expired(day: date) -> ColumnElement[bool]:
    """Return the condition that a resource's last day lies before `day`."""
    return and_(Resource.expires_on.is_not(None), Resource.expires_on < day)


def past(now: datetime) -> ColumnElement[bool]:
    """Return the condition that an event has begun: nobody can be invited to it any more."""
    return Event.starts_at <= now


def owned_in_doubt(unit: Unit, member_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return (kind, id) of what these members asked or own and whose vector they forbid now, or allow and is missing."""
    found: list[tuple[str, str]] = []
    for kind in (QUESTION, RESOURCE) if member_ids else ():
        texts = family(unit, kind)
        allowed = texts.statement.with_only_columns(texts.record_key)
        as_recorded = allowed.where(texts.record_key == VectorRow.owner_id, texts.member_key == VectorRow.member_id)
        held = select(VectorRow.owner_id).where(
            VectorRow.owner_kind == kind, VectorRow.member_id.in_(member_ids), ~as_recorded.exists()
        )
        recorded = and_(VectorRow.aspect == kind, VectorRow.record_id == texts.record_key)
        missing = allowed.outerjoin(VectorRow, recorded).where(
            texts.member_key.in_(member_ids), VectorRow.record_id.is_(None)
        )
        for statement in (held, missing):
            found.extend((kind, owner_id) for owner_id in unit.session.scalars(statement))
    return found


def _profile_texts() -> Select[*tuple[Any, ...]]:
    return (
        select(ProfileText.aspect, ProfileText.id, ProfileText.member_id, ProfileText.text)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(MEMBER_ASPECTS), *allowing_ai())
    )


def _resources(day: date) -> Select[*tuple[Any, ...]]:
    return select(Resource.id, Resource.owner_id, Resource.title, Resource.description, Resource.tags).where(
        Resource.status != WITHDRAWN,
        or_(Resource.expires_on.is_(None), Resource.expires_on >= day),
        owned_by(allowing_ai()),
    )


def _events(now: datetime) -> Select[*tuple[Any, ...]]:
    # What the community announces is its own, whoever hosts it: no member's consent is asked.
    return select(Event.id, Event.title, Event.goal).where(Event.status == PUBLISHED, ~past(now))


def _questions() -> Select[*tuple[Any, ...]]:
    # A message whose sender is unknown has nobody who consents.
    return (
        select(Message.id, Message.sender_id, Message.text)
        .join(Reading, Reading.message_id == Message.id)
        .join(Member, Member.id == Message.sender_id)
        .where(
            Reading.is_question.is_(True),
            Message.recalled_at.is_(None),
            Message.hidden_at.is_(None),
            Member.consent_ai.is_(True),
        )
    )


def _from_profile_text(row: Any) -> DesiredText:
    aspect, record_id, member_id, text = row
    return DesiredText(aspect, record_id, MEMBER, member_id, member_id, text, text_hash(text))


def _from_resource(row: Any) -> DesiredText:
    resource_id, owner_id, title, description, tags = row
    text = "\n".join(part for part in (title, description, _words(tags)) if part.strip())
    return DesiredText(RESOURCE, resource_id, RESOURCE, resource_id, owner_id, text, text_hash(text))


def _from_event(row: Any) -> DesiredText:
    event_id, title, goal = row
    text = "\n".join(part for part in (title, goal) if part.strip())
    return DesiredText(EVENT, event_id, EVENT, event_id, None, text, text_hash(text))


def _from_message(row: Any) -> DesiredText:
    message_id, sender_id, text = row
    return DesiredText(QUESTION, message_id, QUESTION, message_id, sender_id, text, text_hash(text))


def _words(tags: Sequence[Any]) -> str:
    return " ".join(str(tag) for tag in tags)
