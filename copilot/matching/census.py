"""What is known of a community as a whole: rare words and the lie of its vectors. Sampled, cached, never decisive.

Both only weigh: scores and quotes always come from the current texts of the two who are compared.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

import numpy as np
from sqlalchemy import func, or_, select

from copilot.community.conversation import visible
from copilot.community.embeddable import PROFILE, PUBLISHED, family, past
from copilot.community.permission import allowing_ai, owned_by
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, Member, Message, ProfileText, Reading, Resource
from copilot.matching.background import SIDES, Background, Side, Vectors, text_language
from copilot.matching.lexicon import Lexicon
from copilot.matching.records import keywords
from copilot.vectors.index import VectorIndex

T = TypeVar("T")
# Ids are hashes, so the first ones by id are a random sample that stays the same from request to request.
_LEXICON_TEXTS = 8000
_LEXICON_RESOURCES = 2000
_VECTORS_PER_SIDE = 500
_MAX_AGE = timedelta(minutes=10)
# A sample is drawn again when the number of texts has moved by more than this share.
_DRIFT = 0.02
_COMMUNITIES = 32


@dataclass(frozen=True)
class _Entry(Generic[T]):
    value: T
    size: int
    made_at: datetime
    is_complete: bool


class _Cache(Generic[T]):
    """The latest values by community; safe to share between threads, which may at worst build the same value twice."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, _Entry[T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, community_id: str, size: int, now: datetime, build: Callable[[], tuple[T, bool]]) -> T:
        """Return the cached value, or build it as (value, whether it may be kept)."""
        with self._lock:
            entry = self._entries.get(community_id)
        if entry is not None and entry.is_complete and _is_fresh(entry, size, now):
            return entry.value
        value, is_complete = build()
        with self._lock:
            self._entries[community_id] = _Entry(value, size, now, is_complete)
            self._entries.move_to_end(community_id)
            while len(self._entries) > _COMMUNITIES:
                self._entries.popitem(last=False)
        return value


def _is_fresh(entry: _Entry[T], size: int, now: datetime) -> bool:
    return timedelta(0) <= now - entry.made_at <= _MAX_AGE and abs(size - entry.size) <= _DRIFT * entry.size


class Census:
    """Draws and keeps the samples of each community."""

    def __init__(self, store: Store, index: VectorIndex, embedder: str) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._lexicons: _Cache[Lexicon] = _Cache()
        self._backgrounds: _Cache[Background] = _Cache()

    def lexicon(self, community_id: str) -> Lexicon:
        """Return how rare words are among the texts that may be compared."""
        with self._store.read(community_id) as unit:
            size = _size(unit)
        return self._lexicons.get(community_id, size, unit.now, lambda: (self._build_lexicon(community_id), True))

    def background(self, community_id: str) -> Background:
        """Return the means and crowding of the community's vectors."""
        with self._store.read(community_id) as unit:
            size = _size(unit)
        return self._backgrounds.get(community_id, size, unit.now, lambda: self._build_background(community_id))

    def _build_lexicon(self, community_id: str) -> Lexicon:
        with self._store.read(community_id) as unit:
            rows = _texts(unit, ["wants", "has", "is"], _LEXICON_TEXTS)
            members = unit.get_many(Member, [row.member_id for row in rows]).values()
            resources = _resources(unit, _LEXICON_RESOURCES)
            events = _events(unit, _LEXICON_RESOURCES)
        texts = [(row.member_id, row.aspect, row.text) for row in rows]
        texts.extend((row.id, "has", keywords(row.headline, row.skills)) for row in members)
        texts.extend(
            (row.id, "resource", f"{row.title}\n{row.description}\n{keywords('', row.tags)}") for row in resources
        )
        texts.extend((row.id, "event", f"{row.title}\n{row.goal}") for row in events)
        return Lexicon.build(texts)

    def _build_background(self, community_id: str) -> tuple[Background, bool]:
        most = _VECTORS_PER_SIDE
        with self._store.read(community_id) as unit:
            drawn: dict[Side, list[tuple[str, str]]] = {
                "wants": [(row.id, row.text) for row in _texts(unit, ["wants"], most)],
                "question": [(row.id, row.text) for row in _questions(unit, most)],
                "has": [(row.id, row.text) for row in _texts(unit, ["has"], most)],
                "is": [(row.id, row.text) for row in _texts(unit, ["is"], most)],
                "profile": _profiles(unit, most),
                "resource": [(row.id, f"{row.title}\n{row.description}") for row in _resources(unit, most)],
                "event": [(row.id, f"{row.title}\n{row.goal}") for row in _events(unit, most)],
            }
        samples = {side: self._sample(community_id, side, drawn[side]) for side in SIDES}
        missing = sum(len(drawn[side]) - len(samples[side][0]) for side in SIDES)
        # While vectors are still being made the sample is drawn anew for every request.
        is_complete = missing <= _DRIFT * sum(len(records) for records in drawn.values())
        return Background.build(self._embedder, samples), is_complete

    def _sample(
        self, community_id: str, side: Side, records: Sequence[tuple[str, str]]
    ) -> tuple[Vectors, Sequence[str]]:
        found = self._index.fetch(community_id, side, [record_id for record_id, _ in records]) if records else {}
        kept = [(found[record_id], text_language(text)) for record_id, text in records if record_id in found]
        if not kept:
            return np.zeros((0, 0), dtype=np.float32), []
        return np.stack([vector for vector, _ in kept]).astype(np.float32), [language for _, language in kept]


def _texts(unit: Unit, aspects: Sequence[str], limit: int) -> list[ProfileText]:
    """Texts of members who let machines read them."""
    statement = (
        select(ProfileText)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(aspects), *allowing_ai())
        .order_by(ProfileText.id)
        .limit(limit)
    )
    return list(unit.session.scalars(statement))


def _profiles(unit: Unit, limit: int) -> list[tuple[str, str]]:
    """Whole profiles of members who let machines read them, as they are embedded."""
    chosen = select(Member.id).where(*allowing_ai()).order_by(Member.id).limit(limit)
    ids = list(unit.session.scalars(chosen))
    return [(text.record_id, text.text) for text in family(unit, PROFILE).texts(unit, Member.id.in_(ids))]


def _resources(unit: Unit, limit: int) -> list[Resource]:
    """Resources offered today by owners who let machines read them; UTC counts the days: a sample may be one off."""
    today: date = unit.now.date()
    statement = (
        select(Resource)
        .where(Resource.status == "available", or_(Resource.expires_on.is_(None), Resource.expires_on >= today))
        .where(owned_by(allowing_ai()))
        .order_by(Resource.id)
        .limit(limit)
    )
    return list(unit.session.scalars(statement))


def _events(unit: Unit, limit: int) -> list[Event]:
    """Coming events, which the community announces itself."""
    statement = select(Event).where(Event.status == PUBLISHED, ~past(unit.now)).order_by(Event.id).limit(limit)
    return list(unit.session.scalars(statement))


def _questions(unit: Unit, limit: int) -> list[Message]:
    """Questions asked in chat by members who let machines read them."""
    statement = (
        select(Message)
        .join(Reading, Reading.message_id == Message.id)
        .join(Member, Member.id == Message.sender_id)
        .where(Reading.is_question.is_(True), visible(), *allowing_ai())
        .order_by(Message.id)
        .limit(limit)
    )
    return list(unit.session.scalars(statement))


def _size(unit: Unit) -> int:
    """Count profile texts and resources, each up to the size of the sample, so that the count stays cheap."""
    texts = select(ProfileText.id).limit(_LEXICON_TEXTS + 1).subquery()
    resources = select(Resource.id).limit(_LEXICON_RESOURCES + 1).subquery()
    counts = [unit.session.scalar(select(func.count()).select_from(part)) or 0 for part in (texts, resources)]
    return sum(counts)
