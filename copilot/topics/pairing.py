"""Demand x evidence: which questions this member can answer, and by which of their own words. Arrays and rules, no I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from copilot.community.conversation import Line, answers
from copilot.community.demand import DemandKind, DemandRules, Question, group_same, questions
from copilot.language.contacts import holds_contact
from copilot.language.words import content_words
from copilot.topics.affinity import FitWeights, Reference, Scores, Side, Space, usual_words
from copilot.topics.evidence import Statement
from copilot.topics.models import EvidenceKind
from copilot.topics.novelty import novelty_of
from copilot.topics.records import Gathered
from copilot.topics.snapshot import AskedQuestion, Evidence, Interest, Pairing, TopicSnapshot

Vectors = Mapping[str, NDArray[np.float32]]
MAX_EVIDENCE = 3
_TEXT_CHARS = 600
# What the member answered in chat is proof of knowing; a profile sentence is only close to the question.
_ANSWERED_FIT = 0.9
_FEWEST_ANSWER_WORDS = 8
# Being the best of fewer statements than this means little; then only a good fit counts.
_FEWEST_RIVALS = 30
# Further records are cited only when they fit nearly as well as the best.
_NEAR_BEST = 0.6
_FEWEST_SHARED = 2
_FEWEST_SHARED_TOLD = 3
# Nobody has answered: that weighs most. What others have answered already, where this member could add, comes last.
_KIND_ORDER = (
    DemandKind.UNANSWERED, DemandKind.REPEATED, DemandKind.ANSWERED_BY_MEMBER, DemandKind.ANSWERED_BY_OTHERS,
    DemandKind.GAP,
)  # fmt: skip


@dataclass(frozen=True)
class Demanded:
    """What is asked in the window and may be used.

    Attributes:
        open: questions put to everybody that this member has not answered, those of one group only once (the newest).
        answered: questions this member answered, with the ids of the answers, in order.
    """

    open: list[Question]
    answered: list[tuple[Question, list[Line]]]


@dataclass(frozen=True)
class Candidate:
    """A question with the member's records that speak for it; for a gap, who cares: records, and (wanting, of the industry)."""

    question: Question
    evidence: list[tuple[EvidenceKind, str, str]]
    fit: float
    novelty: float = 1.0
    interest: tuple[Interest, ...] = ()
    people: tuple[int, int] = (0, 0)


def demanded(gathered: Gathered, vectors: Vectors, rules: DemandRules) -> Demanded:
    """Return the demand: nobody's own question, nothing taken, only of askers who may be used."""
    member_id = gathered.member.id
    asked = [q for q in questions(gathered.window, rules) if q.asker_id in gathered.askers]
    same = group_same({q.id: vectors[q.id] for q in asked if q.id in vectors}, rules)
    by_id = {q.id: q for q in asked}
    gone = {other for q in gathered.taken for other in (q, *same.get(q, ()))}
    answered = _answered_by(member_id, asked, gathered.window)
    mine = {q.id for q, _ in answered} | {q.id for q in asked if q.asker_id == member_id}
    open_questions: dict[str, Question] = {}
    for question in reversed(asked):
        group = {question.id, *same.get(question.id, ())}
        if group & (gone | mine) or group & open_questions.keys():
            continue
        askers = {by_id[i].asker_id for i in group}
        kind = _kind(question, [by_id[i] for i in group], len(askers))
        if kind is not None:
            open_questions[question.id] = _with(question, kind, same.get(question.id, ()))
    kept: dict[str, tuple[Question, list[Line]]] = {}
    for question, said in reversed(answered):
        others = same.get(question.id, ())
        if question.id not in gone and not kept.keys() & set(others):
            kept[question.id] = (_with(question, DemandKind.ANSWERED_BY_MEMBER, others), said)
    return Demanded(list(open_questions.values()), list(kept.values()))


def _kind(question: Question, group: Sequence[Question], askers: int) -> DemandKind | None:
    if not question.is_open_call:
        return None
    if not question.answer_ids and all(not other.answer_ids for other in group):
        return DemandKind.UNANSWERED
    return DemandKind.REPEATED if askers > 1 else DemandKind.ANSWERED_BY_OTHERS


def _with(question: Question, kind: DemandKind, same: tuple[str, ...]) -> Question:
    return replace(question, kind=kind, same_ids=same)


def _answered_by(
    member_id: str, asked: Sequence[Question], window: Sequence[Line]
) -> list[tuple[Question, list[Line]]]:
    replied = answers(window)
    found = []
    for question in asked:
        mine = [line for line in replied.get(question.id, []) if line.sender_id == member_id and not line.is_question]
        said = [line for line in mine if len(content_words(line.text)) >= _FEWEST_ANSWER_WORDS]
        # What somebody was asked by name was meant for the one who asked.
        if said and question.asker_id != member_id and question.is_open_call:
            said.sort(key=lambda line: -len(content_words(line.text)))
            found.append((question, said[:MAX_EVIDENCE]))
    return found


def candidates(
    gathered: Gathered, demand: Demanded, vectors: Vectors, reference: Reference, weights: FitWeights
) -> list[Candidate]:
    """Return what this member could answer, best first: open questions by fit, then what they answered already."""
    open_questions = [q for q in demand.open if q.id in vectors]
    statements = [s for s in gathered.statements if s.id in vectors]
    found = []
    if open_questions and statements:
        fits, rivals = _fits(gathered, open_questions, statements, vectors, reference, weights)
        for row, question in enumerate(open_questions):
            order = np.argsort(-fits[row], kind="stable")
            top = float(fits[row, order[0]])
            shared = len(content_words(question.text) & content_words(statements[int(order[0])].text))
            nobody_better = top >= rivals[row] and shared > 0
            least = weights.best_fit if nobody_better else weights.least_fit
            best = [int(at) for at in order if fits[row, at] >= max(least, _NEAR_BEST * top)]
            if best:
                cited = _cited(question, [statements[at] for at in best], gathered.attended)
                found.append(Candidate(question, cited, round(top, 4)))
    for question, said in demand.answered:
        found.append(Candidate(question, [("answer", line.id, line.text) for line in said], _ANSWERED_FIT))
    found.sort(key=lambda item: (_KIND_ORDER.index(item.question.kind), -item.fit, item.question.id))
    return _each_record_once(found)


def _each_record_once(found: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates without those that rest on the same record as a better one: one thing known is one topic."""
    best: dict[str, float] = {}
    for item in found:
        record_id = item.evidence[0][1]
        best[record_id] = max(best.get(record_id, 0.0), item.fit)
    kept: list[Candidate] = []
    for item in found:
        record_id = item.evidence[0][1]
        if item.fit >= best[record_id] and all(record_id != other.evidence[0][1] for other in kept):
            kept.append(item)
    return kept


def _cited(
    question: Question, best: Sequence[Statement], attended: Sequence[Statement]
) -> list[tuple[EvidenceKind, str, str]]:
    """Return the best statements; an event the member was at is added when its title takes up words of the question."""
    words = content_words(question.text)
    been = [item for item in attended if len(words & content_words(item.text)) >= _FEWEST_SHARED]
    return [(item.kind, item.id, item.text) for item in [*best, *been[:1]][:MAX_EVIDENCE]]


def new_only(
    found: Sequence[Candidate],
    vectors: Vectors,
    background: Sequence[str],
    content: NDArray[np.float32],
    rules: DemandRules,
) -> list[Candidate]:
    """Return the candidates whose question nothing published answers already, each with its novelty.

    `background` are ids of questions in general, `content` are unit vectors (n, d) of what is published. What has no vector yet counts as new.
    """
    asked = {c.question.id: vectors[c.question.id] for c in found if c.question.id in vectors}
    general = [vectors[record_id] for record_id in background if record_id in vectors]
    novelty = novelty_of(asked, content, np.array(general, dtype=np.float32), rules)
    scored = [replace(item, novelty=novelty.get(item.question.id, 1.0)) for item in found]
    return [item for item in scored if item.novelty > 0.0]


def _fits(
    gathered: Gathered,
    asked: Sequence[Question],
    statements: Sequence[Statement],
    vectors: Vectors,
    reference: Reference,
    weights: FitWeights,
) -> tuple[Scores, Scores]:
    """Return the fits (questions, statements) and, for each question, the best fit of anybody else in the sample (1 if it is too small)."""
    background = [line for line in gathered.window if line.is_question and line.id in vectors]
    sample = [item for item in gathered.sample if item.id in vectors]
    usual_asked = _joined([(line.id, line.text) for line in background], vectors, reference.questions)
    usual_said = _joined([(item.id, item.text) for item in sample], vectors, reference.statements)
    space = Space(usual_asked, usual_said, weights)
    common = usual_words([*usual_asked.texts, *usual_said.texts])
    sides = _side([(q.id, q.text) for q in asked], vectors)
    mine = space.fits(sides, _side([(s.id, s.text) for s in statements], vectors), common)
    mine = np.where(_only_chatted(asked, statements, common), 0.0, mine)
    others = [item for item in sample if item.member_id != gathered.member.id]
    if len(others) < _FEWEST_RIVALS:
        return mine, np.ones(len(asked))
    theirs = space.fits(sides, _side([(s.id, s.text) for s in others], vectors), common)
    own = np.array([[item.member_id == question.asker_id for item in others] for question in asked])
    return mine, np.where(own, 0.0, theirs).max(axis=1)


def _only_chatted(
    asked: Sequence[Question], statements: Sequence[Statement], common: frozenset[str]
) -> NDArray[np.bool_]:
    """Return where (questions, statements) a chat message shares too few rare words with the question to speak for it."""
    words = [content_words(question.text) - common for question in asked]
    told = [content_words(s.text) - common if s.kind in {"built", "tried"} else None for s in statements]
    return np.array([[t is not None and len(w & t) < _FEWEST_SHARED_TOLD for t in told] for w in words], dtype=np.bool_)


def _side(texts: Sequence[tuple[str, str]], vectors: Vectors) -> Side:
    return Side([text for _, text in texts], np.stack([vectors[record_id] for record_id, _ in texts]))


def _joined(texts: Sequence[tuple[str, str]], vectors: Vectors, reference: Side) -> Side:
    if not texts:
        return reference
    own = _side(texts, vectors)
    return Side([*own.texts, *reference.texts], np.vstack([own.vectors, reference.vectors]))


def make_snapshot(gathered: Gathered, found: Sequence[Candidate], wanted: int) -> TopicSnapshot:
    """Put the snapshot together from the best candidates: twice as many as wanted, so that a model can choose."""
    asked, evidence, pairings = [], [], []
    aliases: dict[str, str] = {}
    askers = {line.id: line.sender_id for line in gathered.window}
    for number, item in enumerate(found[: 2 * wanted], start=1):
        question = item.question
        asked.append(
            AskedQuestion(
                alias=f"Q{number}", id=question.id, kind=question.kind, channel_id=question.channel_id,
                channel_name=gathered.channels.get(question.channel_id, ""), asker_id=question.asker_id,
                asker_name=_asker_name(gathered, question), asked_at=question.asked_at,
                text=question.text[:_TEXT_CHARS], same_ids=question.same_ids,
                askers=len({question.asker_id, *(askers[i] for i in question.same_ids if i in askers)}),
                novelty=item.novelty, interest=item.interest, wanting=item.people[0], peers=item.people[1],
            )
        )  # fmt: skip
        for kind, record_id, text in item.evidence:
            if record_id not in aliases:
                aliases[record_id] = f"E{len(aliases) + 1}"
                evidence.append(
                    Evidence(
                        alias=aliases[record_id], id=record_id, member_id=gathered.member.id, kind=kind,
                        text=text[:_TEXT_CHARS],
                    )
                )  # fmt: skip
        pairings.append(
            Pairing(question=f"Q{number}", evidence=tuple(aliases[i] for _, i, _ in item.evidence), fit=item.fit)
        )
    return TopicSnapshot(
        now=gathered.now, community=gathered.community, member=gathered.member, wanted=wanted,
        questions=tuple(asked), evidence=tuple(evidence), pairings=tuple(pairings),
    )  # fmt: skip


def _asker_name(gathered: Gathered, question: Question) -> str:
    asker = gathered.askers.get(question.asker_id)
    return _shown_name(asker.name) if asker is not None else ""


def _shown_name(name: str) -> str:
    """Return a name as it may stand in a message: one that carries an advert or a number is left out."""
    return "" if holds_contact(name) else name
