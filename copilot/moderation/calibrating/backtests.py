"""Back-tests: asked for, run as a durable job, kept, and shown with the words that may be shown today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Select, select

from copilot.community.ids import new_id
from copilot.community.private import private_among
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Backtest, Message
from copilot.moderation.calibrating.backtest_models import (
    BacktestResult,
    BacktestSpec,
    BacktestView,
    DetectorCandidate,
    ModelCandidate,
    PatternCandidate,
    Shown,
)
from copilot.moderation.calibrating.candidates import (
    ByTuning,
    CascadeOf,
    checked_detector,
    checked_folder,
    make_flagger,
)
from copilot.moderation.calibrating.expressions import compile_pattern
from copilot.moderation.calibrating.known import known_messages
from copilot.moderation.calibrating.replay import OnBatch, Plan, latest_ids, replay
from copilot.moderation.calibrating.tuning import Rule, tuning_of
from copilot.moderation.calibrating.wording import said
from copilot.moderation.cascade import Cascade

_EXCERPT_CHARS = 160


class BacktestDesk:
    """Tries rules on past decisions; switches nothing on."""

    def __init__(self, store: Store, cascade: Callable[[], Cascade], models: Path, load: CascadeOf) -> None:
        """`cascade` is what reads now; `load` makes one with the room model of a folder below `models`."""
        self._store = store
        self._cascade = cascade
        self._models = models
        self._load = load

    def ask(self, community_id: str, spec: BacktestSpec, *, actor: str) -> str:
        """Store what is to be tried and return its id; a job runs it.

        Raises:
            InvalidInput: a pattern that could be slow, an unknown detector or model.
        """
        self._check(spec)
        with self._store.write(community_id) as unit:
            row = unit.add(
                Backtest(
                    id=new_id("bkt"), spec=spec.model_dump(mode="json"), result={}, created_by=actor,
                    created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(actor, "backtest.asked", ("backtest", row.id), category=spec.category.value)
            return row.id

    def note_job(self, community_id: str, backtest_id: str, job_id: str) -> BacktestView:
        """Keep the id of the job that runs it.

        Raises:
            NotFound: there is no such back-test here.
        """
        with self._store.write(community_id) as unit:
            row = unit.get(Backtest, backtest_id)
            row.job_id = job_id
            unit.session.flush()
            return _view(unit, row, with_words=False)

    def drop(self, community_id: str, backtest_id: str) -> None:
        """Forget one whose job could not be queued."""
        with self._store.write(community_id) as unit:
            unit.session.delete(unit.get(Backtest, backtest_id))

    def run(self, community_id: str, backtest_id: str, on_batch: OnBatch) -> BacktestResult:
        """Run it and keep the result; one that has run is not run again.

        Raises:
            NotFound: there is no such back-test here.
            InvalidInput, TextModelInvalid: what is to be tried is not there any more, or damaged.
            EmbeddingFailed: the embedder failed.
        """
        with self._store.read(community_id) as unit:
            row = unit.get(Backtest, backtest_id)
            if row.result:
                return BacktestResult.model_validate(row.result)
            spec = BacktestSpec.model_validate(row.spec)
            tuning = tuning_of(unit)
            version = tuning.rules.get(spec.category.value, Rule()).version
            known = {one.message_id: one for one in known_messages(unit)}
            latest = latest_ids(unit, spec.messages)
        cascade = self._cascade()
        candidate = make_flagger(spec, tuning, cascade, self._models, self._load)
        plan = Plan(spec.category.value, known, latest, version, ByTuning(spec.category.value, tuning), candidate)
        result = replay(self._store, community_id, plan, cascade, on_batch)
        with self._store.write(community_id) as unit:
            row = unit.get(Backtest, backtest_id)
            row.result, row.finished_at = result.model_dump(mode="json"), unit.now
        return result

    def get(self, community_id: str, backtest_id: str) -> BacktestView:
        """Return one with the words to look at.

        Raises:
            NotFound: there is no such back-test here.
        """
        with self._store.read(community_id) as unit:
            return _view(unit, unit.get(Backtest, backtest_id), with_words=True)

    def page(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[BacktestView]:
        """Return back-tests, newest first, without words.

        Raises:
            InvalidInput: an unknown cursor, or a limit outside 1-200.
        """
        statement: Select[Backtest] = select(Backtest)
        with self._store.read(community_id) as unit:
            page = unit.page(statement, (Backtest.created_at, Backtest.id), limit=limit, cursor=cursor)
            return Page([_view(unit, row, with_words=False) for row in page.items], page.next_cursor)

    def _check(self, spec: BacktestSpec) -> None:
        candidate = spec.candidate
        if isinstance(candidate, PatternCandidate):
            compile_pattern(candidate.pattern)
        elif isinstance(candidate, DetectorCandidate):
            checked_detector(candidate, self._cascade())
        elif isinstance(candidate, ModelCandidate):
            checked_folder(candidate, self._models)


def _view(unit: Unit, row: Backtest, *, with_words: bool) -> BacktestView:
    result = BacktestResult.model_validate(row.result) if row.result else None
    sentence = ""
    if result is not None:
        locale = reader_locale(unit)
        sentence = said("known_only", locale, n=result.known_cases, bad=result.known_violations)
    return BacktestView(
        id=row.id, spec=BacktestSpec.model_validate(row.spec), job_id=row.job_id, created_by=row.created_by,
        created_at=row.created_at, finished_at=row.finished_at, result=result,
        excerpts=excerpts(unit, _ids(result)) if with_words and result is not None else [], sentence=sentence,
    )  # fmt: skip


def _ids(result: BacktestResult) -> list[str]:
    found = result.confusions
    return list(dict.fromkeys([*found.false_alarms, *found.missed, *found.lost, *found.unlabelled]))


def excerpts(unit: Unit, message_ids: list[str]) -> list[Shown]:
    """Return the words that may be shown now: private, hidden and recalled messages have none, erased ones are left out."""
    messages = unit.get_many(Message, message_ids)
    private = private_among(unit, message_ids)
    return [
        Shown(
            message_id=name,
            text=""
            if name in private or messages[name].hidden_at is not None or messages[name].recalled_at is not None
            else messages[name].text[:_EXCERPT_CHARS],
        )
        for name in message_ids
        if name in messages
    ]
