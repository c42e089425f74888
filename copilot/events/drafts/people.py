"""Members who could stand in front: consent first, then how well their own words fit the topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from copilot.community.cities import city_key
from copilot.community.permission import open_to_match
from copilot.community.store import Unit
from copilot.community.tables import Member, ProfileText
from copilot.events.drafts.relevance import MIN_SCORE, Profile, best_per_owner, combine, word_scores
from copilot.events.snapshot import Candidate
from copilot.events.words import content_words

# Up to this many members all are read; in larger communities those who share a word or a meaning with the topic.
MAX_MEMBERS = 2000
_MAX_WORDS = 16
_MAX_TEXTS = 20_000
_TEXT_CHARS = 400
_CITY_LEAD = 0.25  # somebody who lives there comes before a slightly better stranger
_ABROAD_LAG = 0.5  # nobody flies in for half an hour on stage
_ABROAD = frozenset(
    [
        "Singapore",
        "Berlin",
        "London",
        "Paris",
        "Toronto",
        "Vancouver",
        "New York",
        "San Francisco",
        "Bay Area",
        "Los Angeles",
        "Tokyo",
        "Seoul",
        "Kuala Lumpur",
        "Bangkok",
        "Sydney",
    ]
)


@dataclass(frozen=True)
class Scored:
    """A candidate with its relevance, 0 to 1."""

    candidate: Candidate
    score: float


def find_speakers(unit: Unit, topic: str, hits: Mapping[str, float] | None, city: str) -> list[Scored]:
    """Return members whose profile fits the topic, best first, each with the text that speaks for them.

    Args:
        unit: the community.
        topic: what the event is about, without format words.
        hits: relevance 0 to 1 by id of profile text, from the vector index; None without one.
        city: where it happens; "" when nobody has to travel.
    """
    members = _members(unit, topic, hits)
    texts = _texts(unit, members)
    profiles = [_profile(member, texts.get(member.id, [])) for member in members]
    words = word_scores(topic, profiles)
    owner_of = {text.id: text.member_id for mine in texts.values() for text in mine}
    meaning = best_per_owner(hits or {}, owner_of)
    found = []
    for member in members:
        score = combine(words.get(member.id, 0.0), None if hits is None else meaning.get(member.id, 0.0))
        if score >= MIN_SCORE:
            found.append(_speaker(member, texts.get(member.id, []), topic, hits or {}, score))
    return in_order(found, city)


def in_order(found: Iterable[Scored], city: str) -> list[Scored]:
    """Return the best first; people of the city have a lead, people who would have to cross a border a lag."""
    here = city_key(city) if city else None

    def rank(item: Scored) -> tuple[float, str]:
        there = city_key(item.candidate.city)
        change = 0.0
        if here is not None and there:
            is_abroad = there != here and (there in _ABROAD or here in _ABROAD)
            change = _CITY_LEAD if there == here else -_ABROAD_LAG if is_abroad else 0.0
        return (-(item.score + change), item.candidate.id)

    return sorted(found, key=rank)


def member_candidate(member: Member, text: str, text_id: str, score: float) -> Candidate:
    """Return a member as a candidate; the alias is set once all are ranked."""
    return Candidate(
        alias="S1", kind="member", id=member.id, name=member.name[:100], text=text[:_TEXT_CHARS], text_id=text_id,
        city=member.city, relevance_score=round(min(score, 1.0), 4),
    )  # fmt: skip


def _members(unit: Unit, topic: str, hits: Mapping[str, float] | None) -> list[Member]:
    statement = select(Member).where(*open_to_match()).order_by(Member.id).limit(MAX_MEMBERS)
    count = unit.session.scalar(select(func.count(Member.id)).where(*open_to_match())) or 0
    if count > MAX_MEMBERS:
        words = sorted(content_words(topic), key=lambda word: (-len(word), word))[:_MAX_WORDS]
        near = [record_id for record_id, score in (hits or {}).items() if score > 0]
        told = [ProfileText.text.icontains(word, autoescape=True) for word in words]
        speaking = select(ProfileText.member_id).where(or_(*told, ProfileText.id.in_(near)))
        named = [Member.headline.icontains(word, autoescape=True) for word in words]
        named += [Member.industry.icontains(word, autoescape=True) for word in words]
        statement = statement.where(or_(*named, Member.id.in_(speaking)))
    return list(unit.session.scalars(statement))


def _texts(unit: Unit, members: Sequence[Member]) -> dict[str, list[ProfileText]]:
    statement = (
        select(ProfileText)
        .where(
            ProfileText.aspect.in_(["has", "is"]),
            ProfileText.member_id.in_([member.id for member in members]),
        )
        .order_by(ProfileText.member_id, ProfileText.aspect, ProfileText.position, ProfileText.id)
        .limit(_MAX_TEXTS)
    )
    found: dict[str, list[ProfileText]] = {}
    for text in unit.session.scalars(statement):
        found.setdefault(text.member_id, []).append(text)
    return found


def _profile(member: Member, texts: Sequence[ProfileText]) -> Profile:
    offers = [member.headline, member.industry, *map(str, member.skills)]
    offers += [text.text for text in texts if text.aspect == "has"]
    return Profile.of(member.id, offers, [text.text for text in texts if text.aspect == "is"])


def _speaker(
    member: Member, texts: Sequence[ProfileText], topic: str, hits: Mapping[str, float], score: float
) -> Scored:
    """Show the text that shares most with the topic, then the closest in meaning; else the headline."""
    wanted = content_words(topic)

    def fits(text: ProfileText) -> tuple[int, bool, float, int]:
        shared = len(wanted & content_words(text.text))
        return (shared, text.aspect == "has", hits.get(text.id, 0.0), -text.position)

    best = max(texts, key=fits, default=None)
    if best is not None and (fits(best)[0] or hits.get(best.id, 0.0) > 0 or not member.headline):
        return Scored(member_candidate(member, best.text, best.id, score), score)
    return Scored(member_candidate(member, member.headline or member.industry, member.id, score), score)
