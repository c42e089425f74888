"""Which questions of a community are open: read from the chat once, and again only when the chat has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from copilot.community.conversation import Line, count_lines, latest_sent_at, newest_lines
from copilot.community.demand import DemandRules, Question, group_same, questions
from copilot.community.store import Store
from copilot.vectors.index import VectorIndex

_FETCH = 400
_MAX_AGE = timedelta(minutes=10)
_COMMUNITIES = 32


@dataclass(frozen=True)
class Openings:
    """The open questions of a community.

    Attributes:
        ids: every message that asks one of them.
        newest: one for each question that is asked in several messages, the latest, newest first.
    """

    ids: frozenset[str] = frozenset()
    newest: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    value: Openings
    seen: tuple[datetime, int]
    made_at: datetime


class OpenQuestions:
    """Finds and keeps them; safe to share between threads.

    A question is open as `demand` has it: put to everybody, and neither it nor one that asks the same was answered. What
    shows no trace in the number of messages, such as an answer hidden and another shown, is noticed within 10 minutes.
    """

    def __init__(self, store: Store, index: VectorIndex, rules: DemandRules | None = None) -> None:
        self._store = store
        self._index = index
        self._rules = rules or DemandRules()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, community_id: str) -> Openings:
        """Return the open questions of the last weeks.

        Raises:
            IndexUnavailable: the vector index fails.
        """
        with self._store.read(community_id) as unit:
            newest = latest_sent_at(unit)
            if newest is None:
                return Openings()
            start = newest - timedelta(days=self._rules.days)
            seen = (newest, count_lines(unit, start, newest + timedelta(microseconds=1)))
            with self._lock:
                kept = self._entries.get(community_id)
            if kept is not None and kept.seen == seen and timedelta(0) <= unit.now - kept.made_at <= _MAX_AGE:
                return kept.value
            window, now = newest_lines(unit, self._rules.days), unit.now
        made = _Entry(self._find(community_id, window), seen, now)
        with self._lock:
            self._entries[community_id] = made
            self._entries.move_to_end(community_id)
            while len(self._entries) > _COMMUNITIES:
                self._entries.popitem(last=False)
        return made.value

    def _find(self, community_id: str, window: list[Line]) -> Openings:
        asked = {question.id: question for question in questions(window, self._rules)}
        same = group_same(self._vectors(community_id, list(asked)), self._rules)
        groups = {i: frozenset((i, *same.get(i, ()))) for i in asked}
        unanswered = [q for q in asked.values() if not any(asked[i].answer_ids for i in groups[q.id])]
        found = [question for question in unanswered if question.is_open_call]
        found.sort(key=_moment, reverse=True)
        newest: dict[frozenset[str], str] = {}
        for question in found:
            newest.setdefault(groups[question.id], question.id)
        return Openings(frozenset(question.id for question in found), tuple(newest.values()))

    def _vectors(self, community_id: str, record_ids: list[str]) -> dict[str, NDArray[np.float32]]:
        found: dict[str, NDArray[np.float32]] = {}
        for start in range(0, len(record_ids), _FETCH):
            found |= self._index.fetch(community_id, "question", record_ids[start : start + _FETCH])
        return found


def _moment(question: Question) -> tuple[datetime, str]:
    return question.asked_at, question.id
