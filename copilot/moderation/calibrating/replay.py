"""Reads past messages again as if they came today, in batches, and compares what is in force with a candidate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import thread_time

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.store import Store, Unit
from copilot.community.tables import Message
from copilot.moderation.calibrating.backtest_models import MOST_SHOWN, BacktestResult, Confusions, Side
from copilot.moderation.calibrating.candidates import ByTuning, Flagger, Replayed, read_again, timed
from copilot.moderation.calibrating.known import KnownMessage
from copilot.moderation.calibrating.proportions import paired, share
from copilot.moderation.cascade import Cascade
from copilot.moderation.history import context_of
from copilot.moderation.models import Context, MessageInput
from copilot.moderation.reading import inputs_of, is_readable

_BATCH = 200
OnBatch = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is read.

    Attributes:
        known: what people said, by message id.
        latest: ids of the latest messages, on which the queue's load is counted.
    """

    category: str
    known: dict[str, KnownMessage]
    latest: list[str]
    tuning_version: int
    in_force: ByTuning
    candidate: Flagger


@dataclass
class Tally:
    """What both rules said of each message, and what it cost."""

    now: dict[str, bool] = field(default_factory=dict)
    then: dict[str, bool] = field(default_factory=dict)
    now_seconds: float = 0.0
    then_seconds: float = 0.0


def latest_ids(unit: Unit, n: int) -> list[str]:
    """Return the ids of the `n` latest messages that are read."""
    if n == 0:
        return []
    statement = (
        select(Message)
        .where(Message.recalled_at.is_(None), Message.hidden_at.is_(None))
        .order_by(Message.sent_at.desc(), Message.id.desc())
        .limit(n)
    )
    return [message.id for message in unit.session.scalars(statement) if is_readable(message)]


def replay(store: Store, community_id: str, plan: Plan, cascade: Cascade, on_batch: OnBatch) -> BacktestResult:
    """Read the known and the latest messages under both rules; `on_batch` may raise to stop it.

    Raises:
        EmbeddingFailed: the embedder failed.
    """
    wanted = list(dict.fromkeys([*plan.known, *plan.latest]))
    tally = Tally()
    for start in range(0, len(wanted), _BATCH):
        with store.read(community_id) as unit:
            messages = _messages(unit, wanted[start : start + _BATCH])
            inputs = inputs_of(unit, messages)
            replies = {m.id: m.reply_to_id for m in messages}
            contexts = [context_of(unit, one, replies[one.id]) for one in inputs]
        rows, read_seconds = _read(cascade, inputs, contexts)
        now, now_seconds = timed(plan.in_force, rows)
        then, then_seconds = timed(plan.candidate, rows)
        tally.now.update(zip((one.id for one in inputs), now, strict=True))
        tally.then.update(zip((one.id for one in inputs), then, strict=True))
        tally.now_seconds += read_seconds + now_seconds
        tally.then_seconds += then_seconds + (0.0 if plan.candidate.own_cpu else read_seconds)
        on_batch(min(start + _BATCH, len(wanted)), len(wanted))
    return _result(plan, tally, cascade.version)


def _read(
    cascade: Cascade, inputs: Sequence[MessageInput], contexts: Sequence[Context]
) -> tuple[list[Replayed], float]:
    before = thread_time()
    readings = read_again(cascade, inputs, contexts)
    seconds = thread_time() - before
    return [Replayed(m, c, r) for m, c, r in zip(inputs, contexts, readings, strict=True)], seconds


def _messages(unit: Unit, ids: Iterable[str]) -> list[Message]:
    """Return those that still have words; hidden ones are read, since what was decided on is often hidden."""
    return [m for m in unit.get_many(Message, ids).values() if m.recalled_at is None and m.text.strip()]


@dataclass(frozen=True)
class _Case:
    """A known case under both rules: flagged when one of its messages is."""

    label: bool
    now: bool
    then: bool
    message_ids: tuple[str, ...]


def _result(plan: Plan, tally: Tally, cascade_version: str) -> BacktestResult:
    cases = _cases(plan, tally)
    read = [message_id for message_id in plan.latest if message_id in tally.now]
    new = [m for m in read if tally.then[m] and not tally.now[m] and m not in plan.known]
    rows = [[_sums(case)] for case in cases]
    return BacktestResult(
        known_cases=len(cases),
        known_violations=sum(case.label for case in cases),
        unreadable=sum(message_id not in tally.now for message_id in plan.known),
        messages=len(read),
        in_force=_side([(c.label, c.now) for c in cases], [tally.now[m] for m in read], tally.now_seconds, tally),
        candidate=_side([(c.label, c.then) for c in cases], [tally.then[m] for m in read], tally.then_seconds, tally),
        precision_change=paired(rows, _precision_change),
        recall_change=paired([[_recall_sums(case)] for case in cases if case.label], _recall_change),
        newly_flagged_unlabelled=len(new),
        confusions=Confusions(
            false_alarms=_first(cases, lambda c: c.then and not c.label),
            missed=_first(cases, lambda c: c.label and not c.then),
            lost=_first(cases, lambda c: c.label and c.now and not c.then),
            unlabelled=new[:MOST_SHOWN],
        ),
        cascade_version=cascade_version,
        tuning_version=plan.tuning_version,
    )


def _cases(plan: Plan, tally: Tally) -> list[_Case]:
    groups: dict[str, list[KnownMessage]] = defaultdict(list)
    for message_id, message in plan.known.items():
        if message_id in tally.now and message.label(plan.category) is not None:
            groups[message.case_id].append(message)
    return [
        _Case(
            label=any(m.label(plan.category) for m in messages),
            now=any(tally.now[m.message_id] for m in messages),
            then=any(tally.then[m.message_id] for m in messages),
            message_ids=tuple(m.message_id for m in messages),
        )
        for messages in groups.values()
    ]


def _side(known: Sequence[tuple[bool, bool]], latest: Sequence[bool], seconds: float, tally: Tally) -> Side:
    flagged = [label for label, is_flagged in known if is_flagged]
    bad = [is_flagged for label, is_flagged in known if label]
    load = share(sum(latest), len(latest))
    return Side(
        precision=share(sum(flagged), len(flagged)),
        recall=share(sum(bad), len(bad)),
        flagged=load,
        cases_per_1000=None if load.value is None else round(1_000 * load.hits / load.n, 2),
        cpu_ms_per_1000=round(1e6 * seconds / len(tally.now), 1) if tally.now else None,
    )


def _sums(case: _Case) -> tuple[float, float, float, float]:
    return float(case.now and case.label), float(case.now), float(case.then and case.label), float(case.then)


def _recall_sums(case: _Case) -> tuple[float, float, float, float]:
    return float(case.now), 1.0, float(case.then), 1.0


def _precision_change(sums: NDArray[np.float64]) -> float | None:
    return None if sums[1] == 0 or sums[3] == 0 else float(sums[2] / sums[3] - sums[0] / sums[1])


def _recall_change(sums: NDArray[np.float64]) -> float | None:
    return None if sums[1] == 0 else float((sums[2] - sums[0]) / sums[1])


def _first(cases: Sequence[_Case], is_wanted: Callable[[_Case], bool]) -> list[str]:
    """Return one message of each case that is wanted."""
    return [case.message_ids[0] for case in cases if is_wanted(case)][:MOST_SHOWN]
