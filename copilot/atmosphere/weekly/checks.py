"""What leaves is checked against the records as they are now: a line whose quote or id does not hold is dropped. Pure.

A message may have been recalled, hidden or become private since the report was made, a member may have hidden themselves
or gone: the stored report still has them, this keeps them from being shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from copilot.atmosphere.models import AtmosphereReading, Measure
from copilot.atmosphere.weekly.models import (
    Action,
    AskedMember,
    BestMessage,
    Dropped,
    DropReason,
    Excerpt,
    LineKind,
    OpenQuestion,
    Step,
    UpcomingEvent,
    WeeklyReport,
)


@dataclass(frozen=True)
class Records:
    """What is stored now of all that a report names.

    Attributes:
        messages: by id (sender, text) of messages anybody may see; others that exist are in `withheld`.
        withheld: messages that exist and are recalled, hidden or private.
        sentences: profile sentences by id (member, text).
        names: members who may be named, by id.
        members: every member among those asked for, nameable or not.
        events: titles of published events by id.
        passages: what the report cites, by id.
    """

    messages: Mapping[str, tuple[str, str]]
    withheld: AbstractSet[str]
    sentences: Mapping[str, tuple[str, str]]
    names: Mapping[str, str]
    members: AbstractSet[str]
    askable: AbstractSet[str]
    events: Mapping[str, str]
    passages: Mapping[str, Step]


@dataclass
class _Sieve:
    """Decides line by line and counts what stays behind."""

    records: Records
    dropped: Counter[tuple[LineKind, DropReason]] = field(default_factory=Counter)

    def keep(self, kind: LineKind, problem: DropReason | None) -> bool:
        if problem is not None:
            self.dropped[kind, problem] += 1
        return problem is None

    def message(self, excerpt: Excerpt) -> DropReason | None:
        if excerpt.id in self.records.withheld:
            return "not_shown"
        return self._excerpt(excerpt, self.records.messages)

    def sentence(self, excerpt: Excerpt) -> DropReason | None:
        return self._excerpt(excerpt, self.records.sentences)

    def _excerpt(self, excerpt: Excerpt, stored: Mapping[str, tuple[str, str]]) -> DropReason | None:
        owner, text = stored.get(excerpt.id, ("", ""))
        if not owner:
            return "gone"
        if owner not in self.records.names:
            return "not_shown" if owner in self.records.members else "gone"
        is_exact = (
            owner == excerpt.member_id and bool(excerpt.quote) and text[excerpt.start : excerpt.end] == excerpt.quote
        )
        return None if is_exact else "not_exact"

    def best(self, line: BestMessage) -> bool:
        return self.keep("best_message", self.message(line.excerpt))

    def question(self, line: OpenQuestion) -> bool:
        return self.keep("open_question", self.message(line.excerpt))

    def asked(self, line: AskedMember) -> bool:
        problem = self.sentence(line.excerpt)
        if problem is None and line.excerpt.member_id != line.member_id:
            problem = "not_exact"
        if problem is None and line.member_id not in self.records.askable:
            problem = "not_shown"
        return self.keep("asked_member", problem)

    def action(self, line: Action) -> bool:
        passage = self.records.passages.get(line.passage_id)
        problem: DropReason | None = "gone" if passage is None else None
        if passage is not None and (not line.quote or line.quote not in passage.text):
            problem = "not_exact"
        return self.keep("action", problem)

    def event(self, line: UpcomingEvent) -> bool:
        title = self.records.events.get(line.id)
        return self.keep("event", "gone" if title is None else None if title == line.title else "not_exact")


def verified(report: WeeklyReport, records: Records) -> WeeklyReport:
    """Return the report with the lines that hold, the names of those it names, and how many lines were left out."""
    sieve = _Sieve(records)
    questions = [
        question.model_copy(update={"ask": [line for line in question.ask if sieve.asked(line)]})
        for question in report.questions
        if sieve.question(question)
    ]
    best = [line for line in report.best if sieve.best(line)]
    reading = report.reading.model_copy(deep=True)
    for measure in _measures(reading):
        measure.evidence = [one for one in measure.evidence if sieve.keep("evidence", _shown(one, records))]
    loaded = [name for name in report.carried.loaded if name in records.names]
    kept: dict[str, Any] = {
        "best": best, "questions": questions, "reading": reading,
        "actions": [line for line in report.actions if sieve.action(line)],
        "events": [line for line in report.events if sieve.event(line)],
        "carried": report.carried.model_copy(update={"loaded": loaded}),
    }  # fmt: skip
    named = {one.member_id for one in _excerpts(best, questions)} | set(loaded)
    named |= {asked.member_id for question in questions for asked in question.ask}
    dropped = [Dropped(kind=kind, reason=reason, count=n) for (kind, reason), n in sorted(sieve.dropped.items())]
    kept |= {"names": {name: records.names[name] for name in sorted(named)}, "dropped": dropped}
    return report.model_copy(update=kept)


def for_members(report: WeeklyReport) -> WeeklyReport:
    """Return the version for members: neither names nor ids of members or messages, nor anybody's words.

    Channels may be closed to some members, so even a quote without a name would carry words where they were not said.
    What operators are to do is theirs, too.
    """
    reading = report.reading.model_copy(deep=True)
    reading.suggestion = None
    for measure in _measures(reading):
        measure.evidence = []
    return report.model_copy(
        update={
            "audience": "members", "reading": reading, "actions": [], "best": [], "questions": [], "experts": "",
            "names": {}, "dropped": [], "alerts_held_back": 0,
            "carried": report.carried.model_copy(update={"loaded": [], "shoulders": "", "owner": ""}),
        }
    )  # fmt: skip


def ids_of(report: WeeklyReport) -> dict[str, list[str]]:
    """Return the records a report names: `message`, `sentence`, `member` and `event` ids."""
    asked = [line for question in report.questions for line in question.ask]
    excerpts = list(_excerpts(report.best, report.questions))
    return {
        "message": _unique([*(one.id for one in excerpts), *_evidence(report)]),
        "sentence": _unique(line.excerpt.id for line in asked),
        "member": _unique([*(one.member_id for one in excerpts), *(one.member_id for one in asked), *report.carried.loaded]),
        "event": _unique(line.id for line in report.events),
    }  # fmt: skip


def _evidence(report: WeeklyReport) -> list[str]:
    return [one for measure in _measures(report.reading) for one in measure.evidence]


def _measures(reading: AtmosphereReading) -> Iterator[Measure]:
    for dimension in reading.dimensions.values():
        yield from dimension.measures
    if reading.sentiment is not None:
        yield from (reading.sentiment.negative, reading.sentiment.neutral, reading.sentiment.positive)


def _excerpts(best: Iterable[BestMessage], questions: Iterable[OpenQuestion]) -> Iterator[Excerpt]:
    yield from (line.excerpt for line in best)
    yield from (line.excerpt for line in questions)


def _shown(message_id: str, records: Records) -> DropReason | None:
    if message_id in records.withheld:
        return "not_shown"
    return None if message_id in records.messages else "gone"


def _unique(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
