"""How well members fit the slots of a team: from what they write of themselves, each fit with the words it rests on.

Labels of slots are short, and some texts are close to every short text. So texts are held against a bank of role names
beside the label (the same local scaling as in `scoring`, with roles in the place of wants).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from sqlalchemy import select

from copilot.community.industries import industry_key
from copilot.community.store import Unit
from copilot.community.tables import Member, ProfileText
from copilot.embeddings.base import Embedder
from copilot.matching.optimum import Matrix
from copilot.matching.reasons import excerpt
from copilot.matching.scores.background import Background, Side, Vectors, text_language
from copilot.matching.scores.census import Census
from copilot.matching.scores.lexicon import Lexicon, overlap
from copilot.matching.scores.scoring import Weights, calibrate, fuse, margins
from copilot.matching.teams.role_words import role_bank
from copilot.matching.teams.slot_draft import Slot
from copilot.vectors.index import VectorIndex

# Measured on the sample: a member's own skill as the label of a slot, beside the texts of everybody (skills hidden).
# Of the owners a tenth lies above 0.46 and half above 0.09; of the others 1 in 100 above 0.18, where relevance is half.
_MIDPOINT = 0.18
_BANK_NEAREST = 15
_NEAREST_SHARE = 0.1
# How much of the doubt that texts leave can be removed by a skill or an industry, which is a word and no sentence.
_FACT_SHARE = 0.7
# TF-IDF cosine of a label and a skill at which they are the same; half a name in common is not half the skill.
_FULL_NAME = 1.0
# How much of a fit depends on being close to the goal as well.
_GOAL_SHARE = 0.2
_MOST_TEXTS = 30
_SIDES: tuple[Side, ...] = ("has", "is", "resource")


@dataclass(frozen=True)
class Line:
    """Some words that a fit can rest on: of a member, or of a resource; a fact's record is the member."""

    owner_id: str
    record_id: str
    kind: Literal["has", "is", "resource", "fact"]
    text: str


@dataclass(frozen=True)
class Fits:
    """Fits of m members or resources to s slots.

    Attributes:
        values: (m, s), 0-1.
        lines: by (owner id, slot id) what the fit rests on, the strongest first.
    """

    values: Matrix
    lines: Mapping[tuple[str, str], tuple[Line, ...]]


def read_lines(unit: Unit, members: Sequence[Member]) -> list[Line]:
    """Return what members have and are, in the order of the profile, and their skills and industry."""
    ids = [row.id for row in members]
    lines: list[Line] = []
    counts: dict[str, int] = {}
    for start in range(0, len(ids), 400):
        statement = (
            select(ProfileText)
            .where(ProfileText.member_id.in_(ids[start : start + 400]), ProfileText.aspect.in_(["has", "is"]))
            .order_by(ProfileText.member_id, ProfileText.aspect, ProfileText.position, ProfileText.id)
        )
        for row in unit.session.scalars(statement):
            counts[row.member_id] = counts.get(row.member_id, 0) + 1
            if row.text.strip() and counts[row.member_id] <= _MOST_TEXTS:
                lines.append(Line(row.member_id, row.id, "has" if row.aspect == "has" else "is", row.text))
    for member in members:
        facts = [*map(str, member.skills), member.industry]
        lines.extend(Line(member.id, member.id, "fact", fact) for fact in facts if fact.strip())
    return lines


class FitJudge:
    """Judges fits within one community at a time. Safe to share between threads."""

    def __init__(self, index: VectorIndex, embedder: Embedder, census: Census, weights: Weights) -> None:
        self._index = index
        self._embedder = embedder
        self._census = census
        self._weights = weights
        self._bank: Vectors | None = None

    def judge(
        self, community_id: str, slots: Sequence[Slot], goal: str, owner_ids: Sequence[str], lines: Sequence[Line]
    ) -> Fits:
        """Return how well each member, or each resource, fits each slot.

        Raises:
            EmbeddingFailed: the embedder fails.
            IndexUnavailable: the vector index fails.
        """
        background, lexicon = self._census.background(community_id), self._census.lexicon(community_id)
        texts = [line for line in lines if line.kind != "fact"]
        vectors = self._centred(community_id, background, texts)
        known = [row for row, line in enumerate(texts) if line.record_id in vectors]
        relevance = np.zeros((len(slots), len(texts)))
        near_goal = np.zeros(len(texts))
        if known:
            matrix = np.stack([vectors[texts[row].record_id] for row in known])
            relevance[:, known] = self._dense(background, [slot.query for slot in slots], matrix)
            near_goal[known] = self._dense(background, [goal], matrix)[0]
        shared = self._shared(lexicon, slots, [line.text for line in texts], self._weights.full_overlap)
        relevance = fuse(relevance, shared, self._weights.lexical_search)
        facts = [line for line in lines if line.kind == "fact"]
        named = _FACT_SHARE * self._named(lexicon, slots, facts)
        return _combine(slots, owner_ids, (texts, relevance, near_goal), (facts, named))

    def _asked(self, background: Background, texts: Sequence[str]) -> Vectors:
        plain = np.asarray(self._embedder.embed_queries(list(texts)), dtype=np.float32)
        return background.centre("wants", plain, [text_language(text) for text in texts])

    def _dense(self, background: Background, asked: Sequence[str], texts: Vectors) -> Matrix:
        """Return calibrated relevance (q, t)."""
        queries = self._asked(background, asked)
        cosines = (queries @ texts.T).astype(np.float64)
        roles = background.centre("wants", self._roles(), [text_language(text) for text in role_bank()])
        crowding = np.sort(roles @ texts.T, axis=0)[-_BANK_NEAREST:].mean(axis=0).astype(np.float64)
        nearest = max(1, round(_NEAREST_SHARE * len(texts)))
        asked_crowding = np.sort(cosines, axis=1)[:, -nearest:].mean(axis=1)
        return calibrate(margins(cosines, asked_crowding, crowding) - _MIDPOINT + self._weights.midpoint, self._weights)

    def _roles(self) -> Vectors:
        """Return (r, d) the vectors of the bank, made once a process."""
        if self._bank is None:
            self._bank = np.asarray(self._embedder.embed_queries(role_bank()), dtype=np.float32)
        return self._bank

    def _centred(self, community_id: str, background: Background, texts: Sequence[Line]) -> dict[str, Vectors]:
        """Return centred vectors by record id."""
        found: dict[str, Vectors] = {}
        for side in _SIDES:
            lines = [line for line in texts if line.kind == side]
            stored = self._index.fetch(community_id, side, [line.record_id for line in lines]) if lines else {}
            known = [line for line in lines if line.record_id in stored]
            if known:
                plain = np.stack([stored[line.record_id] for line in known]).astype(np.float32)
                centred = background.centre(side, plain, [text_language(line.text) for line in known])
                found |= dict(zip([line.record_id for line in known], centred, strict=True))
        return found

    def _shared(self, lexicon: Lexicon, slots: Sequence[Slot], texts: Sequence[str], full: float) -> Matrix:
        asked = [lexicon.terms(slot.label) for slot in slots]
        return overlap(asked, [lexicon.terms(text) for text in texts], full)

    def _named(self, lexicon: Lexicon, slots: Sequence[Slot], facts: Sequence[Line]) -> Matrix:
        """Return (s, f) how far a fact names the slot: 1 where one holds the other or they are one industry."""
        named = self._shared(lexicon, slots, [fact.text for fact in facts], _FULL_NAME)
        for row, slot in enumerate(slots):
            label = slot.label.casefold()
            for column, fact in enumerate(facts):
                text = fact.text.casefold()
                # A single letter or character is in too many words to name anything.
                holds = min(len(label), len(text)) > 1 and (label in text or text in label)
                if holds or (slot.kind == "industry" and industry_key(text) == industry_key(label)):
                    named[row, column] = 1.0
        return named


def _combine(
    slots: Sequence[Slot], owner_ids: Sequence[str], texts: tuple[Sequence[Line], Matrix, Matrix],
    facts: tuple[Sequence[Line], Matrix],
) -> Fits:  # fmt: skip
    """Return fits: what texts leave in doubt facts can remove, and being far from the goal costs a little."""
    of_text, of_fact = _rows_of(texts[0]), _rows_of(facts[0])
    values = np.zeros((len(owner_ids), len(slots)))
    lines: dict[tuple[str, str], tuple[Line, ...]] = {}
    for place, owner_id in enumerate(owner_ids):
        own, named = of_text.get(owner_id, []), of_fact.get(owner_id, [])
        goal = float(texts[2][own].max()) if own else 0.0
        for column, slot in enumerate(slots):
            if slot.member_id:
                values[place, column] = float(slot.member_id == owner_id)
                continue
            text, text_line = _best(texts[1][column], texts[0], own)
            fact, fact_line = _best(facts[1][column], facts[0], named)
            fit = 1.0 - (1.0 - text) * (1.0 - fact)
            values[place, column] = round(fit * (1.0 - _GOAL_SHARE + _GOAL_SHARE * goal), 6)
            ranked = sorted([(text, 0, text_line), (fact, 1, fact_line)], key=lambda item: (-item[0], item[1]))
            lines[owner_id, slot.id] = tuple(
                line
                for worth, _, line in ranked
                if line is not None and worth >= min(0.3, ranked[0][0]) and worth > 0.0
            )
    return Fits(values, lines)


def _rows_of(lines: Sequence[Line]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, line in enumerate(lines):
        found.setdefault(line.owner_id, []).append(row)
    return found


def _best(values: Matrix, lines: Sequence[Line], rows: Sequence[int]) -> tuple[float, Line | None]:
    if not rows:
        return 0.0, None
    best = max(rows, key=lambda row: (float(values[row]), -row))
    return float(values[best]), lines[best]


def quote_of(line: Line) -> str:
    """Return the exact words of a line that a sentence shows."""
    return excerpt(line.text)
