"""What the community asks for: open questions, repeated ones, rising themes, and gaps in what is published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.conversation import Line, newest_lines
from copilot.community.demand import DemandRules, Question, group_same, questions
from copilot.community.store import Unit
from copilot.community.tables import TopicSuggestion
from copilot.language.words import content_words
from copilot.topics.demand_models import Asked, Cluster, DemandReport
from copilot.topics.novelty import GAP, novelty_of
from copilot.topics.outcomes import SAID_NO
from copilot.topics.quotes import excerpt
from copilot.topics.records import RESERVED, Asker, askers_of, published_questions
from copilot.topics.themes import rising_themes

Vectors = Mapping[str, NDArray[np.float32]]
_QUOTE_CHARS = 140
_FEWEST_SHARED = 3


@dataclass(frozen=True)
class Room:
    """One look at the chat: lines, who may be named, who has which question, and what is published."""

    window: list[Line]
    askers: dict[str, Asker]
    given: dict[str, str]
    published: frozenset[str]
    locale: str


@dataclass(frozen=True)
class Published:
    """Unit vectors (n, d) of what is published, and its title by row."""

    vectors: NDArray[np.float32]
    titles: list[str]


def look(unit: Unit, rules: DemandRules) -> Room:
    """Return what demand needs from the store."""
    window = newest_lines(unit, rules.days)
    given = unit.session.execute(
        select(TopicSuggestion.subject_id, TopicSuggestion.member_id).where(
            TopicSuggestion.created_at > unit.now - RESERVED, TopicSuggestion.status != SAID_NO
        )
    )
    return Room(
        window=window, askers=askers_of(unit, {line.sender_id for line in window if line.is_question}),
        given={row.subject_id: row.member_id for row in given}, published=published_questions(unit),
        locale=unit.community().locale,
    )  # fmt: skip


def report(room: Room, vectors: Vectors, published: Published, rules: DemandRules, limit: int) -> DemandReport:
    """Return the demand, each list at most `limit` long, newest first; only of askers who let AI read their words."""
    asked = [q for q in questions(room.window, rules) if q.asker_id in room.askers]
    known = {q.id: vectors[q.id] for q in asked if q.id in vectors}
    same = group_same(known, rules)
    general = np.array(
        [vectors[line.id] for line in room.window if line.is_question and line.id in vectors], np.float32
    )
    novelty = novelty_of(known, published.vectors, general, rules)
    shown = {q.id: _asked(q, room, novelty.get(q.id, 1.0), _nearest(known.get(q.id), published)) for q in asked}
    newest = sorted(asked, key=lambda q: (q.asked_at, q.id), reverse=True)
    open_ = [q for q in newest if q.is_open_call and not q.answer_ids]
    clusters = _clusters(newest, same)
    wanted = {q.id for q in open_} | {group[0].id for group in clusters}
    return DemandReport(
        days=rules.days,
        questions=len(asked),
        unanswered=[shown[q.id] for q in open_[:limit]],
        repeated=[
            Cluster(askers=len({q.asker_id for q in group}), questions=[shown[q.id] for q in group[:limit]])
            for group in clusters[:limit]
        ],
        rising=rising_themes(asked, room.window[-1].sent_at, limit) if room.window else [],
        gaps=[shown[q.id] for q in newest if q.id in wanted and shown[q.id].novelty >= GAP][:limit],
    )


def _clusters(newest: Sequence[Question], same: Mapping[str, tuple[str, ...]]) -> list[list[Question]]:
    """Return groups that two people at least asked, the most asked first."""
    by_id = {question.id: question for question in newest}
    seen: set[str] = set()
    found = []
    for question in newest:
        words = content_words(question.text)
        others = [by_id[i] for i in same.get(question.id, ()) if i in by_id]
        # Vectors alone take two questions in one dialect for the same.
        group = [question, *(one for one in others if len(words & content_words(one.text)) >= _FEWEST_SHARED)]
        if question.id in seen or len({one.asker_id for one in group}) < 2:
            continue
        seen.update(one.id for one in group)
        found.append(sorted(group, key=lambda one: (one.asked_at, one.id), reverse=True))
    return sorted(found, key=lambda group: -len({one.asker_id for one in group}))


def _asked(question: Question, room: Room, novelty: float, nearest: str) -> Asked:
    return Asked(
        question_id=question.id, channel_id=question.channel_id, asker_id=question.asker_id,
        asker_name=room.askers[question.asker_id].name, asked_at=question.asked_at,
        quote=excerpt(question.text, _QUOTE_CHARS, content_words(question.text)), novelty=novelty,
        nearest=nearest if novelty < GAP else "", given_to=room.given.get(question.id, ""),
    )  # fmt: skip


def _nearest(vector: NDArray[np.float32] | None, published: Published) -> str:
    if vector is None or not len(published.vectors):
        return ""
    return published.titles[int(np.argmax(published.vectors @ vector))]
