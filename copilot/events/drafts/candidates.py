"""Candidates straight from the store: consent first, then words and, with an index, meaning. No other feature needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
from sqlalchemy import or_, select

from copilot.community.cities import city_key
from copilot.community.permission import is_open_to_match, offered_on, open_to_match
from copilot.community.store import Store, Unit
from copilot.community.tables import Member, ProfileText, Resource
from copilot.embeddings.base import Embedder
from copilot.events.briefs.formats import without_formats
from copilot.events.briefs.settling import SettledBrief
from copilot.events.drafts.people import Scored, find_speakers, in_order, member_candidate
from copilot.events.drafts.playbook_draft import VENUE_NEED
from copilot.events.drafts.relevance import MIN_SCORE, Profile, combine, meaning_scores, word_scores
from copilot.events.drafts.terms import conflicts
from copilot.events.history import PastEvent
from copilot.events.snapshot import MAX_CANDIDATES, Candidate, Candidates
from copilot.events.wording import say
from copilot.events.words import content_words
from copilot.playbook_models import Playbook
from copilot.vectors.index import VectorIndex

_MAX_HOST_TEXTS, _MAX_RESOURCES = 600, 2000
_HITS = 1000  # enough of them to say how unusual the best are
_SHOWN = 8
_TEXT_CHARS = 400
_MIN_NEED = 0.34  # share of a need's words that a resource of the right type must hold
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
# A plain word for a place is enough; a vaguer one only of something with a capacity.
_PLACE = re.compile(r"场地|会议室|会场|报告厅|路演厅|\bvenue\b|\bmeeting room\b", re.IGNORECASE)
_MAYBE_PLACE = re.compile(
    r"空间|咖啡|茶馆|酒吧|教室|展厅|礼堂|活动区|长桌|\bspace\b|\bhall\b|\bstudio\b|\bcaf[eé]\b|\bclassroom\b",
    re.IGNORECASE,
)


# People do not dine in a lecture hall.
_DINING = re.compile(
    r"餐|饭|酒楼|茶|咖啡|酒吧|精酿|包[间厢]|厨|\brestaurant\b|\bcaf[eé]\b|\bbar\b|\bpub\b|\bkitchen\b|\bdining\b",
    re.IGNORECASE,
)


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
        topic = without_formats(" ".join([brief.topic, *brief.goals])) or brief.topic
        text_hits = self._meaning(community_id, "has", topic)
        resource_hits = self._meaning(community_id, "resource", topic)
        has_room = any(need.key == VENUE_NEED for need in playbook.resources)
        with self._store.read(community_id) as unit:
            locale, today = unit.community().locale, unit.now.astimezone(brief.local_start.tzinfo).date()
            speakers = find_speakers(unit, topic, text_hits, "" if brief.online else brief.city)
            hosts = _hosts(unit, past, locale, "" if brief.online else brief.city)
            resources = _usable_resources(unit, brief)
        venues = _venues(resources, brief, playbook, today) if has_room else []
        taken = {item.id for item in venues}
        others = [item for item in resources if item.id not in taken and not _is_venue(item)]
        return Candidates(
            speakers=_named(speakers, "S"), hosts=_named(hosts, "H"),
            venues=_named([resource_candidate(item, 1.0) for item in venues], "V"),
            resources=_named(_useful(others, topic, playbook, resource_hits), "R"),
        )  # fmt: skip

    def _meaning(self, community_id: str, aspect: str, topic: str) -> dict[str, float] | None:
        """Return relevance 0 to 1 by record id from the vector index; None without one."""
        if self._embedder is None or self._index is None or not topic.strip():
            return None
        vector = np.asarray([self._embedder.embed_query(topic)], dtype=np.float32)
        return meaning_scores(self._index.query(community_id, aspect, vector, _HITS)[0])


def _hosts(unit: Unit, past: Sequence[PastEvent], locale: str, city: str) -> list[Scored]:
    """Who hosted before (the more often, the better), then who says that they host; people of the city first."""
    hosted: dict[str, list[PastEvent]] = {}
    for event in past:
        if event.host_id:
            hosted.setdefault(event.host_id, []).append(event)
    found: dict[str, Scored] = {}
    for member in unit.get_many(Member, hosted).values():
        if is_open_to_match(member):
            latest = hosted[member.id][0]
            score = min(0.6 + 0.1 * len(hosted[member.id]), 1.0)
            words = say(locale, "why.hosted", title=latest.title)
            found[member.id] = Scored(member_candidate(member, words, latest.id, score), score)
    conditions = [ProfileText.text.icontains(word, autoescape=True) for word in _HOST_WORDS]
    statement = (
        select(ProfileText, Member)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect.in_(["has", "is"]), or_(*conditions), *open_to_match())
        .order_by(ProfileText.id)
        .limit(_MAX_HOST_TEXTS)
    )
    for text, member in unit.session.execute(statement):
        found.setdefault(member.id, Scored(member_candidate(member, text.text, text.id, 0.5), 0.5))
    return in_order(found.values(), city)


def _usable_resources(unit: Unit, brief: SettledBrief) -> list[Resource]:
    """Resources that are available on the day and whose owner, if any, is open to be matched."""
    statement = (
        select(Resource)
        .where(*offered_on(brief.starts_on))
        .order_by(Resource.created_at.desc(), Resource.id)
        .limit(_MAX_RESOURCES)
    )
    return list(unit.session.scalars(statement))


def _is_venue(row: Resource) -> bool:
    text = " ".join([row.title, *map(str, row.tags)])
    return bool(_PLACE.search(text)) or (row.capacity is not None and bool(_MAYBE_PLACE.search(text)))


def _venues(rows: Iterable[Resource], brief: SettledBrief, playbook: Playbook, today: date) -> list[Resource]:
    """Places in the city that hold the head count; those whose terms allow the day first, then the smallest that does.

    A place the operator named is the only one: its record, or none.
    """
    if brief.online:
        return []
    here, wanted = city_key(brief.city), _folded(brief.place)
    fitting = [
        row for row in rows
        if _is_venue(row) and (row.capacity is None or row.capacity >= brief.headcount)
        and (not here or not row.city or city_key(row.city) == here)
        and (playbook.format != "dinner" or bool(wanted) or bool(_DINING.search(f"{row.title} {row.description}")))
        and (not wanted or wanted in _folded(row.title) or _folded(row.title) in wanted)
    ]  # fmt: skip
    unknown = 10**9

    def rank(row: Resource) -> tuple[int, int, bool, int, str]:
        found = conflicts(resource_candidate(row, 1.0).candidate, brief, playbook, today)
        hard = sum(item.is_hard for item in found)
        return (hard, len(found), not row.city, row.capacity or unknown, row.id)

    return sorted(fitting, key=rank)[:_SHOWN]


def _folded(name: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).casefold()


def _useful(rows: Sequence[Resource], topic: str, playbook: Playbook, hits: dict[str, float] | None) -> list[Scored]:
    """Resources whose words touch the topic or one of the playbook's needs of the same type."""
    needs = [(need.type, content_words(need.title)) for need in playbook.resources]
    profiles = [Profile.of(row.id, [row.title, row.description, *map(str, row.tags)]) for row in rows]
    words = word_scores(topic, profiles)
    found = []
    for row, profile in zip(rows, profiles, strict=True):
        topical = combine(words.get(row.id, 0.0), None if hits is None else hits.get(row.id, 0.0))
        shares = [len(wanted & profile.main) / len(wanted) for kind, wanted in needs if kind == row.type and wanted]
        needed = max(shares, default=0.0)
        if topical >= MIN_SCORE or needed >= _MIN_NEED:
            found.append(resource_candidate(row, max(topical, needed)))
    return sorted(found, key=lambda item: (-item.score, item.candidate.id))


def resource_candidate(row: Resource, score: float) -> Scored:
    """Return a resource as a candidate; the alias is set once all are ranked."""
    text = row.title if not row.description else f"{row.title}: {row.description}"
    candidate = Candidate(
        alias="R1", kind="resource", id=row.id, name=row.title[:100], text=text[:_TEXT_CHARS], text_id=row.id,
        city=row.city, type=row.type, terms=row.terms[:300], capacity=row.capacity,
        relevance_score=round(score, 4),
    )  # fmt: skip
    return Scored(candidate, score)


def _named(scored: Sequence[Scored], letter: str) -> list[Candidate]:
    shown = scored[: min(_SHOWN, MAX_CANDIDATES)]
    return [_with_alias(item.candidate, f"{letter}{n}") for n, item in enumerate(shown, start=1)]


def _with_alias(candidate: Candidate, alias: str) -> Candidate:
    """Return the same candidate under another alias."""
    return candidate.model_copy(update={"alias": alias})
