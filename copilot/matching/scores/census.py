"""What is known of a community as a whole: rare words and the lie of its vectors. Sampled, cached, never decisive.

Both only weigh: scores and quotes always come from the current texts of the two who are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select

from copilot.community.conversation import visible
from copilot.community.embeddable import PROFILE, PUBLISHED, family, past
from copilot.community.permission import allowing_ai, owned_by
from copilot.community.prepared import Prepared
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, Member, Message, ProfileText, Reading, Resource
from copilot.matching.records import keywords
from copilot.matching.scores.background import SIDES, Background, Side, Vectors, text_language
from copilot.matching.scores.lexicon import Lexicon
from copilot.matching.scores.samples import Drawn, Samples
from copilot.vectors.index import VectorIndex

# Ids are hashes, so the first ones by id are a random sample that stays the same from request to request.
_LEXICON_TEXTS = 8000
_LEXICON_RESOURCES = 2000
_VECTORS_PER_SIDE = 500
# The share of a sample's vectors that may be missing from one that is kept.
_MISSING = 0.02
_CHUNK = 400  # bound parameters of a statement
# Profile texts and resources, each up to the size of the sample, so that the count stays cheap.
_COUNTED = Prepared(
    select(
        *(
            select(func.count()).select_from(select(column).limit(most + 1).subquery()).scalar_subquery().label(name)
            for name, column, most in (
                ("texts", ProfileText.id, _LEXICON_TEXTS),
                ("resources", Resource.id, _LEXICON_RESOURCES),
            )
        )
    )
)


class Census:
    """Draws and keeps the samples of each community."""

    def __init__(self, store: Store, index: VectorIndex, embedder: str) -> None:
        self._store = store
        self._index = index
        self._embedder = embedder
        self._lexicons: Samples[Lexicon] = Samples(self._size, self._draw_lexicon, store.clock.now)
        self._backgrounds: Samples[Background] = Samples(self._size, self._draw_background, store.clock.now)

    def lexicon(self, community_id: str) -> Lexicon:
        """Return how rare words are among the texts that may be compared."""
        return self._lexicons.of(community_id)

    def background(self, community_id: str) -> Background:
        """Return the means and crowding of the community's vectors."""
        return self._backgrounds.of(community_id)

    def _size(self, community_id: str) -> int:
        with self._store.read(community_id) as unit:
            return _size(unit)

    def _draw_lexicon(self, community_id: str) -> Drawn[Lexicon]:
        with self._store.read(community_id) as unit:
            rows = _texts(unit, ["wants", "has", "is"], _LEXICON_TEXTS)
            members = _said_of_themselves(unit, [row.member_id for row in rows])
            resources = _resources(unit, _LEXICON_RESOURCES)
            events = _events(unit, _LEXICON_RESOURCES)
        texts = [(row.member_id, row.aspect, row.text) for row in rows]
        texts.extend((member_id, "has", said) for member_id, said in members)
        texts.extend(
            (row.id, "resource", f"{row.title}\n{row.description}\n{keywords('', row.tags)}") for row in resources
        )
        texts.extend((row.id, "event", f"{row.title}\n{row.goal}") for row in events)
        return Drawn(Lexicon.build(texts))

    def _draw_background(self, community_id: str) -> Drawn[Background]:
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
        # While vectors are still being made the sample is drawn anew.
        is_complete = missing <= _MISSING * sum(len(records) for records in drawn.values())
        return Drawn(Background.build(self._embedder, samples), is_complete)

    def _sample(
        self, community_id: str, side: Side, records: Sequence[tuple[str, str]]
    ) -> tuple[Vectors, Sequence[str]]:
        found = self._index.fetch(community_id, side, [record_id for record_id, _ in records]) if records else {}
        kept = [(found[record_id], text_language(text)) for record_id, text in records if record_id in found]
        if not kept:
            return np.zeros((0, 0), dtype=np.float32), []
        return np.stack([vector for vector, _ in kept]).astype(np.float32), [language for _, language in kept]


def _texts(unit: Unit, aspects: Sequence[str], limit: int) -> Sequence[Any]:
    """Texts of members who let machines read them. Bare columns: eight thousand objects took a second to build."""
    statement = (
        select(ProfileText.id, ProfileText.member_id, ProfileText.aspect, ProfileText.text)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(aspects), *allowing_ai())
        .order_by(ProfileText.id)
        .limit(limit)
    )
    return unit.session.execute(statement).all()


def _said_of_themselves(unit: Unit, member_ids: Sequence[str]) -> list[tuple[str, str]]:
    """Return (member id, headline and skills)."""
    unique = list(dict.fromkeys(member_ids))
    found: list[tuple[str, str]] = []
    for start in range(0, len(unique), _CHUNK):
        statement = select(Member.id, Member.headline, Member.skills).where(
            Member.id.in_(unique[start : start + _CHUNK])
        )
        found.extend((row.id, keywords(row.headline, row.skills)) for row in unit.session.execute(statement))
    return found


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
    return sum(unit.rows(_COUNTED)[0])
