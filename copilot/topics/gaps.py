"""Gaps in the content library that a member can fill: something they did, others who care, and nothing published near it.

Who cares: members of the same industry, and those whose wants or questions come near the member's words. Vectors alone
take "done in three days" for "done by feeling": a record counts when it also takes up a rare word, or is very near.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from copilot.community.demand import DemandKind, DemandRules, Question
from copilot.language.contacts import holds_contact
from copilot.language.words import content_words
from copilot.topics.affinity import FitWeights, Reference, Side, Space, usual_words
from copilot.topics.concreteness import LEAST, concreteness
from copilot.topics.evidence import Statement
from copilot.topics.novelty import GAP, novelty_of
from copilot.topics.pairing import Candidate
from copilot.topics.records import Gathered
from copilot.topics.snapshot import Interest

Vectors = Mapping[str, NDArray[np.float32]]

_TEXT_CHARS = 600
# What somebody says they have, built, tried or sells. A message that answers or an event attended is no subject by itself.
_OWN: frozenset[str] = frozenset({"has", "built", "tried", "sells"})
_TOLD: frozenset[str] = frozenset({"built", "tried"})
# Part of a talk with somebody, or of a quarrel: out of it, it is no story.
_TO_SOMEBODY = re.compile(
    r"[@您你]|谢|对不起|抱歉|已发|昨天|今天|哈哈|[“”\"]|^\S{1,4}[,，] ?I\b|\b(?:you|your|yours|sorry|thanks|thank|today|yesterday|thread)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class GapRules:
    """Constants, set by reading every topic they make for the sample's members.

    Attributes:
        near_fit: fit from which a want or question that shares a rare word with the member's words is about the same.
        near_alone: the same without a word in common, as between two languages.
        least_weight: how much interest a gap takes; a person who wants or asks weighs two, one of the same industry one.
        very_concrete: concreteness from which a single member of the same industry will do.
        most_cited: records named with the topic, of each kind.
        most_topics: gaps offered to one member at a time.
    """

    near_fit: float = 0.8
    near_alone: float = 0.93
    least_weight: int = 2
    very_concrete: int = 5
    most_cited: int = 5
    most_topics: int = 1


@dataclass(frozen=True)
class Free:
    """Questions nobody was given, and the ids of the member's records that their other topics rest on."""

    questions: Sequence[Question]
    used: Collection[str]


def gaps(
    gathered: Gathered,
    vectors: Vectors,
    content: NDArray[np.float32],
    reference: Reference,
    free: Free,
    rules: GapRules,
) -> list[Candidate]:
    """Return what the member could write about though nobody asked for it word by word, most concrete first.

    Args:
        gathered: one look at the store.
        vectors: unit vectors (d,) of statements, wants and questions by record id; what has none is left out.
        content: unit vectors (n, d) of what is published.
        reference: general questions and statements.
        free: what may still be used.
        rules: constants.
    """
    own = [
        item
        for item in gathered.statements
        if item.kind in _OWN and item.id in vectors and item.id not in free.used and item.id not in gathered.taken
        and concreteness(item.text) >= (rules.very_concrete if item.kind in _TOLD else LEAST)
        and not holds_contact(item.text) and not (item.kind in _TOLD and _TO_SOMEBODY.search(item.text))
    ]  # fmt: skip
    if not own:
        return []
    novelty = _novelty(own, gathered, vectors, content)
    near = _near(own, gathered, free.questions, vectors, reference, rules)
    peers = [Interest(kind="industry", id=one, member_id=one) for one in gathered.peers]
    found = []
    for item in sorted(
        own, key=lambda one: (-len({i.member_id for i in near[one.id]}), -concreteness(one.text), one.id)
    ):
        told = near[item.id]
        wanting = {one.member_id for one in told}
        weight = 2 * len(wanting) + len({one.member_id for one in peers} - wanting)
        least = 1 if concreteness(item.text) >= rules.very_concrete else rules.least_weight
        if weight >= least and novelty[item.id] >= GAP:
            question = Question(item.id, "", "", gathered.now, item.text, kind=DemandKind.GAP)
            interest = (*told[: rules.most_cited], *peers[: rules.most_cited])
            found.append(
                Candidate(
                    question, [(item.kind, item.id, item.text)], round(weight / (weight + 1), 4), novelty[item.id],
                    interest, (len(wanting), len(gathered.peers)),
                )
            )  # fmt: skip
    return found


def _novelty(
    own: Sequence[Statement], gathered: Gathered, vectors: Vectors, content: NDArray[np.float32]
) -> dict[str, float]:
    usual = [vectors[item.id] for item in gathered.sample if item.id in vectors]
    background = np.array(usual, dtype=np.float32)
    return novelty_of({item.id: vectors[item.id] for item in own}, content, background, DemandRules())


def _near(
    own: Sequence[Statement],
    gathered: Gathered,
    open_questions: Sequence[Question],
    vectors: Vectors,
    reference: Reference,
    rules: GapRules,
) -> dict[str, list[Interest]]:
    """Return for each statement the wants and questions of others that are about the same, nearest first."""
    member_id = gathered.member.id
    wants = [item for item in gathered.wants if item.id in vectors and item.member_id != member_id]
    asked = [Statement(q.id, q.asker_id, q.text) for q in open_questions if q.id in vectors]
    found: dict[str, list[tuple[float, Interest]]] = {item.id: [] for item in own}
    sample = [item for item in gathered.sample if item.id in vectors]
    said = _with(sample, vectors, reference.statements)
    for kind, others in (("wants", wants), ("asked", asked)):
        if not others:
            continue
        told = _with(others, vectors, reference.questions)
        common = usual_words([*told.texts, *said.texts])
        fits = Space(told, said, FitWeights()).fits(_side(others, vectors), _side(own, vectors), common)
        for column, item in enumerate(own):
            words = content_words(item.text) - common
            for row, other in enumerate(others):
                bound = rules.near_fit if words & content_words(other.text) else rules.near_alone
                if fits[row, column] >= bound:
                    one = Interest(kind=kind, id=other.id, member_id=other.member_id, text=other.text[:_TEXT_CHARS])
                    found[item.id].append((float(fits[row, column]), one))
    return {key: [one for _, one in sorted(rows, key=lambda r: (-r[0], r[1].id))] for key, rows in found.items()}


def _side(items: Sequence[Statement], vectors: Vectors) -> Side:
    return Side([item.text for item in items], np.stack([vectors[item.id] for item in items]))


def _with(items: Sequence[Statement], vectors: Vectors, reference: Side) -> Side:
    if not items:
        return reference
    side = _side(items, vectors)
    return Side([*side.texts, *reference.texts], np.vstack([side.vectors, reference.vectors]))
