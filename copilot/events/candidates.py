"""Candidates straight from the store: consent first, then words and, with an index, meaning. No other feature needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from sqlalchemy import ColumnElement, or_, select

from copilot.community.models import Visibility
from copilot.community.store import Store, Unit
from copilot.community.tables import Member, ProfileText, Resource
from copilot.embeddings.base import Embedder
from copilot.events.cities import city_key
from copilot.events.history import PastEvent
from copilot.events.settling import SettledBrief
from copilot.events.snapshot import MAX_CANDIDATES, Candidate, Candidates
from copilot.events.wording import say
from copilot.events.words import content_words, overlap_score
from copilot.playbook_models import Playbook
from copilot.vectors.index import VectorHit, VectorIndex

_MAX_TEXTS, _MAX_RESOURCES, _MAX_WORDS = 600, 2000, 16
_HITS = 60
_SHOWN = 8
_TEXT_CHARS = 400
# A cosine this far above the middle of the hits counts as fully relevant: e5 cosines of one query differ by little.
_FULL_LEAD = 0.06
_MIN_SCORE = 0.12
_HOST_WORDS = (
    "主持",
    "活动策划",
    "办活动",
    "社群运营",
    "社区运营",
    "组织活动",
    "hosting",
    "host ",
    "moderat",
    "event",
    "emcee",
)
_VENUE_WORDS = ("场地", "会议室", "会场", "报告厅", "路演厅", "活动空间", "空间", "咖啡", "酒吧", "教室", "展厅", "venue", "meeting room", "space", "hall", "studio")  # fmt: skip


@dataclass(frozen=True)
class _Scored:
    candidate: Candidate
    score: float


class StoreCandidates:
    """Finds speakers, hosts, venues and resources among the records of a community."""

    def __init__(self, store: Store, embedder: Embedder | None = None, index: VectorIndex | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._index = index

    def candidates(
        self, community_id: str, brief: SettledBrief, playbook: Playbook, past: Sequence[PastEvent]
    ) -> Candidates:
        """Return candidates, best first: members only with consent to be matched and visible to the community."""
        query = " ".join([brief.topic, *brief.goals])
        text_hits = self._meaning(community_id, "has", query)
        resource_hits = self._meaning(community_id, "resource", query)
        with self._store.read(community_id) as unit:
            locale = unit.community().locale
            speakers = _speakers(unit, content_words(query), text_hits)
            hosts = _hosts(unit, past, locale)
            resources = _usable_resources(unit, brief)
        venues = _venues(resources, brief)
        taken = {item.id for item in venues}
        others = [item for item in resources if item.id not in taken and not _is_venue(item)]
        return Candidates(
            speakers=_named(speakers, "S"), hosts=_named(hosts, "H"),
            venues=_named([_resource_candidate(item, 1.0) for item in venues], "V"),
            resources=_named(_useful(others, content_words(query), playbook, resource_hits), "R"),
        )  # fmt: skip

    def _meaning(self, community_id: str, aspect: str, query: str) -> dict[str, float]:
        """Return relevance 0 to 1 by record id from the vector index; empty without one."""
        if self._embedder is None or self._index is None or not query.strip():
            return {}
        vector = np.asarray([self._embedder.embed_query(query)], dtype=np.float32)
        return _calibrate(self._index.query(community_id, aspect, vector, _HITS)[0])


def _calibrate(hits: Sequence[VectorHit]) -> dict[str, float]:
    """Return how far each hit stands out from the middle of the hits, 0 to 1; too few hits say nothing."""
    if len(hits) < 5:
        return {}
    middle = median(hit.similarity for hit in hits)
    return {hit.record_id: min(max((hit.similarity - middle) / _FULL_LEAD, 0.0), 1.0) for hit in hits}


def _speakers(unit: Unit, wanted: set[str], hits: dict[str, float]) -> list[_Scored]:
    """Members whose own words about what they have and do touch the topic, each with the best of them."""
    rows = _texts(unit, wanted, hits)
    best: dict[str, _Scored] = {}
    for text, member in rows:
        lexical = overlap_score(wanted, f"{text.text} {member.headline} {' '.join(map(str, member.skills))}")
        # What somebody has weighs more than what they are.
        weight = 1.0 if text.aspect == "has" else 0.7
        score = weight * (0.5 * lexical + 0.5 * hits.get(text.id, 0.0) if hits else lexical)
        if score >= _MIN_SCORE and score > (best[member.id].score if member.id in best else 0.0):
            best[member.id] = _Scored(_member_candidate(member, text.text, text.id, score), score)
    return sorted(best.values(), key=lambda item: (-item.score, item.candidate.id))


def _texts(unit: Unit, wanted: set[str], hits: dict[str, float]) -> list[tuple[ProfileText, Member]]:
    words = sorted(wanted, key=lambda word: (-len(word), word))[:_MAX_WORDS]
    relevant = [record_id for record_id, score in hits.items() if score > 0][:_HITS]
    conditions = [ProfileText.text.icontains(word, autoescape=True) for word in words]
    conditions += [Member.headline.icontains(word, autoescape=True) for word in words]
    if relevant:
        conditions.append(ProfileText.id.in_(relevant))
    if not conditions:
        return []
    statement = (
        select(ProfileText, Member)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(["has", "is"]), or_(*conditions), *_consented())
        .order_by(ProfileText.id)
        .limit(_MAX_TEXTS)
    )
    return [(text, member) for text, member in unit.session.execute(statement)]


def _consented() -> tuple[ColumnElement[bool], ...]:
    return (
        Member.consent_match.is_(True),
        Member.consent_ai.is_(True),
        Member.visibility == Visibility.COMMUNITY.value,
    )


def is_open_to_match(member: Member) -> bool:
    """Whether a member agreed to be matched and to be ranked, and shows themselves to the community."""
    return member.consent_match is True and member.consent_ai and member.visibility == Visibility.COMMUNITY.value


def _hosts(unit: Unit, past: Sequence[PastEvent], locale: str) -> list[_Scored]:
    """Who hosted before (the more often, the better), then who says that they host."""
    hosted: dict[str, list[PastEvent]] = {}
    for event in past:
        if event.host_id:
            hosted.setdefault(event.host_id, []).append(event)
    found: dict[str, _Scored] = {}
    for member in unit.get_many(Member, hosted).values():
        if is_open_to_match(member):
            latest = hosted[member.id][0]
            score = min(0.6 + 0.1 * len(hosted[member.id]), 1.0)
            words = say(locale, "why.hosted", title=latest.title)
            found[member.id] = _Scored(_member_candidate(member, words, latest.id, score), score)
    conditions = [ProfileText.text.icontains(word, autoescape=True) for word in _HOST_WORDS]
    statement = (
        select(ProfileText, Member)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(["has", "is"]), or_(*conditions), *_consented())
        .order_by(ProfileText.id)
        .limit(_MAX_TEXTS)
    )
    for text, member in unit.session.execute(statement):
        found.setdefault(member.id, _Scored(_member_candidate(member, text.text, text.id, 0.5), 0.5))
    return sorted(found.values(), key=lambda item: (-item.score, item.candidate.id))


def _usable_resources(unit: Unit, brief: SettledBrief) -> list[Resource]:
    """Resources that are available on the day and whose owner, if any, is not hidden from the community."""
    statement = (
        select(Resource)
        .where(
            Resource.status == "available", or_(Resource.expires_on.is_(None), Resource.expires_on >= brief.starts_on)
        )
        .order_by(Resource.created_at.desc(), Resource.id)
        .limit(_MAX_RESOURCES)
    )
    rows = list(unit.session.scalars(statement))
    owners = unit.get_many(Member, [row.owner_id for row in rows if row.owner_id])
    return [row for row in rows if not row.owner_id or _may_offer(owners.get(row.owner_id))]


def _may_offer(owner: Member | None) -> bool:
    return owner is not None and is_open_to_match(owner)


def _is_venue(row: Resource) -> bool:
    text = " ".join([row.title, *map(str, row.tags)]).lower()
    return (
        (any(word in text for word in _VENUE_WORDS) and row.capacity is not None) or "场地" in text or "venue" in text
    )


def _venues(rows: Iterable[Resource], brief: SettledBrief) -> list[Resource]:
    """Places in the city that hold the head count; the smallest that does comes first, unknown capacity last."""
    if brief.online:
        return []
    here = city_key(brief.city)
    fitting = [
        row for row in rows
        if _is_venue(row) and (row.capacity is None or row.capacity >= brief.headcount)
        and (not here or not row.city or city_key(row.city) == here)
    ]  # fmt: skip
    unknown = 10**9
    return sorted(fitting, key=lambda row: (not row.city, row.capacity or unknown, row.id))[:_SHOWN]


def _useful(rows: Iterable[Resource], wanted: set[str], playbook: Playbook, hits: dict[str, float]) -> list[_Scored]:
    """Resources whose words touch the topic or one of the playbook's needs of the same type."""
    needs = [(need.type, content_words(need.title)) for need in playbook.resources]
    found = []
    for row in rows:
        text = " ".join([row.title, row.description, *map(str, row.tags)])
        topical = 0.6 * overlap_score(wanted, text) + 0.4 * hits.get(row.id, 0.0)
        needed = max((overlap_score(words, text) for kind, words in needs if kind == row.type), default=0.0)
        score = max(topical, needed)
        if score >= 2 * _MIN_SCORE:
            found.append(_Scored(_resource_candidate(row, min(score, 1.0)).candidate, score))
    return sorted(found, key=lambda item: (-item.score, item.candidate.id))


def _member_candidate(member: Member, text: str, text_id: str, score: float) -> Candidate:
    return Candidate(
        alias="S1", kind="member", id=member.id, name=member.name[:100], text=text[:_TEXT_CHARS], text_id=text_id,
        city=member.city, relevance_score=round(min(score, 1.0), 4),
    )  # fmt: skip


def _resource_candidate(row: Resource, score: float) -> _Scored:
    text = row.title if not row.description else f"{row.title}: {row.description}"
    candidate = Candidate(
        alias="R1", kind="resource", id=row.id, name=row.title[:100], text=text[:_TEXT_CHARS], text_id=row.id,
        city=row.city, type=row.type, terms=row.terms[:300], capacity=row.capacity,
        relevance_score=round(score, 4),
    )  # fmt: skip
    return _Scored(candidate, score)


def _named(scored: Sequence[_Scored], letter: str) -> list[Candidate]:
    shown = scored[: min(_SHOWN, MAX_CANDIDATES)]
    return [_with_alias(item.candidate, f"{letter}{n}") for n, item in enumerate(shown, start=1)]


def _with_alias(candidate: Candidate, alias: str) -> Candidate:
    """Return the same candidate under another alias."""
    return candidate.model_copy(update={"alias": alias})
