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
from copilot.community.models import Aspect, ResourceStatus
from copilot.community.permission import allowing_ai, owned_by
from copilot.community.private import not_private
from copilot.community.store import Unit
from copilot.community.tables import Event, Member, Message, ProfileText, Reading, Resource, VectorRow
from copilot.vectors.source import DesiredText

MEMBER, RESOURCE, EVENT, QUESTION = "member", "resource", "event", "question"
SENTENCE_ASPECTS = tuple(aspect.value for aspect in Aspect)
# A member's whole profile as one text, under the member's own id: each sentence is read in its light.
PROFILE = "profile"
# About one window of the bundled embedder; a wall of text is no better known by its end.
PROFILE_CHARS = 800
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


@dataclass(frozen=True)
class ProfileFamily(Family):
    """Whole profiles, put together from several rows of a member."""

    def texts(self, unit: Unit, *conditions: ColumnElement[bool]) -> Iterator[DesiredText]:
        """Yield the profiles that meet `conditions`, of members who are named in few statements: 400 at most."""
        members = list(unit.session.execute(self.statement.where(*conditions)))
        said: dict[str, list[str]] = {}
        sentences = (
            select(ProfileText.member_id, ProfileText.text)
            .where(ProfileText.member_id.in_([member[0] for member in members]))
            .where(ProfileText.aspect.in_(SENTENCE_ASPECTS))
            .order_by(ProfileText.member_id, ProfileText.aspect, ProfileText.position, ProfileText.id)
        )
        for member_id, sentence in unit.session.execute(sentences):
            said.setdefault(member_id, []).append(sentence)
        for member in members:
            text = self.make((*member, said.get(member[0], [])))
            if text.text.strip():
                yield text


def families(unit: Unit, kind: str) -> list[Family]:
    """Return the texts of one kind of owner, by the rules of today: a member has sentences and a profile.

    Raises:
        ValueError: no text of this kind is ever embedded; a table marks something that it should not.
    """
    return [family(unit, kind), family(unit, PROFILE)] if kind == MEMBER else [family(unit, kind)]


def family(unit: Unit, kind: str) -> Family:
    """Return one family of texts, by the rules of today: sentences of members, or what is named like its aspect.

    Raises:
        ValueError: no text of this kind is ever embedded.
    """
    if kind == MEMBER:
        return Family(MEMBER, _profile_texts(), Member.id, ProfileText.id, ProfileText.member_id, _from_profile_text)
    if kind == PROFILE:
        return ProfileFamily(MEMBER, _profiles(), Member.id, Member.id, Member.id, _from_profile)
    if kind == RESOURCE:
        return Family(RESOURCE, _resources(today(unit)), Resource.id, Resource.id, Resource.owner_id, _from_resource)
    if kind == EVENT:
        return Family(EVENT, _events(unit.now), Event.id, Event.id, Event.host_id, _from_event)
    if kind == QUESTION:
        return Family(QUESTION, _questions(), Message.id, Message.id, Message.sender_id, _from_message)
    raise ValueError(f"texts of {kind!r} have no vectors")


def kind_of(aspect: str) -> str:
    """Return the name of the family whose texts make up `aspect`."""
    return MEMBER if aspect in SENTENCE_ASPECTS else aspect


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
        .where(ProfileText.aspect.in_(SENTENCE_ASPECTS), *allowing_ai())
    )


def _profiles() -> Select[*tuple[Any, ...]]:
    return select(Member.id, Member.headline, Member.city, Member.industry, Member.skills).where(*allowing_ai())


def profile_text(headline: str, facts: Sequence[Any], sentences: Sequence[str]) -> str:
    """Return a whole profile as one text of at most 800 characters; empty when nothing is said.

    Args:
        headline: how the member puts it in a line.
        facts: city, industry and skills.
        sentences: in order of aspect and position.
    """
    parts = [headline, *map(str, facts), *sentences]
    return "\n".join(part.strip() for part in parts if part.strip())[:PROFILE_CHARS]


def _resources(day: date) -> Select[*tuple[Any, ...]]:
    return select(
        Resource.id, Resource.owner_id, Resource.title, Resource.description, Resource.city, Resource.tags
    ).where(
        Resource.status.not_in((WITHDRAWN, ResourceStatus.MERGED.value)),
        Resource.confidential.is_(False),
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
            not_private(),
            Member.consent_ai.is_(True),
        )
    )


def _from_profile_text(row: Any) -> DesiredText:
    aspect, record_id, member_id, text = row
    return DesiredText(aspect, record_id, MEMBER, member_id, member_id, text, text_hash(text))


def _from_profile(row: Any) -> DesiredText:
    member_id, headline, city, industry, skills, sentences = row
    text = profile_text(headline, (city, industry, *skills), sentences)
    return DesiredText(PROFILE, member_id, MEMBER, member_id, member_id, text, text_hash(text))


def _from_resource(row: Any) -> DesiredText:
    resource_id, owner_id, title, description, city, tags = row
    text = "\n".join(part for part in (title, description, city, _words(tags)) if part.strip())
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
