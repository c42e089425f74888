"""Event plans: understand the brief, gather a snapshot, draft, check, store. Nothing that fails a check is returned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from copilot.community.ids import new_id
from copilot.community.kept_answers import KeptAnswers, drop_answer
from copilot.community.store import Page, Store
from copilot.community.tables import EventPlan
from copilot.errors import NotFound
from copilot.events.briefs.brief import Brief, BriefReading
from copilot.events.briefs.reading import read_brief
from copilot.events.briefs.settling import Question, default_format, settle
from copilot.events.drafts.drafting import Drafted, Drafter, Progress
from copilot.events.records import PlanResult, plan_result, require_still_open
from copilot.events.snapshot import CandidateSource, CommunityView, PlanSnapshot, make_snapshot
from copilot.events.surroundings import circumstances, look_around, playbook_for
from copilot.knowledge import KnowledgeBase
from copilot.llm.structured import StructuredModel
from copilot.prompts import PromptLibrary

__all__ = ["EventService", "PlanResult"]
_MAX_VERSIONS = 500


class EventService:
    """Drafts and keeps event plans. Safe between threads."""

    def __init__(
        self,
        store: Store,
        knowledge: KnowledgeBase,
        prompts: PromptLibrary,
        model: StructuredModel | None,
        candidates: CandidateSource,
    ) -> None:
        self._store = store
        self._knowledge = knowledge
        self._drafter = Drafter(prompts, model, KeptAnswers(store))
        self._candidates = candidates

    def draft(
        self,
        community_id: str,
        brief: Brief | BriefReading | str,
        *,
        actor: str,
        on_progress: Progress | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> PlanResult:
        """Draft a plan and store it as version 1 of a new series.

        Args:
            community_id: whose plan it is.
            brief: one line or more of free text in Chinese or English, or fields, or what `understand` returned.
            actor: who asks, for the audit log.
            on_progress: called with a stage and its data; `delta` carries the model's text as it arrives.
            is_cancelled: polled while a model is asked.

        Raises:
            InvalidInput: the brief cannot be planned; `data` holds `field`, `reason` and, where people should be told
                in their language, `sentence`. `budget_short` comes with `minimum_cents`.
            ModelCancelled: `is_cancelled` said so; nothing is stored.
            Conflict: a person or resource of the plan was withdrawn while it was being drafted.
        """
        tell = on_progress or (lambda _stage, _data: None)
        view, past = look_around(self._store, community_id)
        now = self._store.clock.now()
        reading = _read(brief, view, now)
        playbook = playbook_for(self._knowledge, default_format(reading.brief), view.locale, view.currency)
        settled = settle(reading, playbook, circumstances(view, past, playbook.format, now))
        tell("understood", _understood(reading, settled.brief.model_dump(mode="json"), settled.questions))
        candidates = self._candidates.candidates(community_id, settled.brief, playbook, past)
        snapshot = make_snapshot(view, settled, playbook, past, candidates, now)
        tell(
            "snapshot", {"playbook": snapshot.playbook_id, "hash": snapshot.hash, "candidates": len(candidates.by_id())}
        )
        drafted = self._drafter.draft(snapshot, playbook, tell, is_cancelled)
        result = self._keep(snapshot, reading, drafted, actor)
        tell("done", {"plan_id": result.id, "drafted_by": result.drafted_by})
        return result

    def understand(self, community_id: str, text: str, fields: dict[str, Any] | None = None) -> BriefReading:
        """Read a brief without drafting; `fields` that are known already win over the text.

        Raises:
            InvalidInput: empty, too long, or a value out of bounds.
        """
        view, _ = look_around(self._store, community_id)
        return read_brief(text, self._store.clock.now().astimezone(ZoneInfo(view.timezone)), fields, view.currency)

    def get(self, community_id: str, plan_id: str) -> PlanResult:
        """Return one version of a plan.

        Raises:
            NotFound: there is none in this community.
        """
        with self._store.read(community_id) as unit:
            return plan_result(unit.get(EventPlan, plan_id))

    def versions(self, community_id: str, series_id: str) -> Sequence[PlanResult]:
        """Return all versions of one plan, oldest first.

        Raises:
            NotFound: there is no such series in this community.
        """
        with self._store.read(community_id) as unit:
            rows = unit.session.scalars(
                select(EventPlan)
                .where(EventPlan.series_id == series_id)
                .order_by(EventPlan.version)
                .limit(_MAX_VERSIONS)
            ).all()
        if not rows:
            raise NotFound(f"there is no plan series {series_id!r} in this community", kind="event_plan", id=series_id)
        return [plan_result(row) for row in rows]

    def list(
        self, community_id: str, *, newest_versions: bool = False, limit: int = 50, cursor: str | None = None
    ) -> Page[PlanResult]:
        """Return plans, newest first: every version, or of each plan the newest alone.

        Raises:
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            statement = select(EventPlan)
            if newest_versions:
                later = aliased(EventPlan)
                same = (later.community_id == EventPlan.community_id) & (later.series_id == EventPlan.series_id)
                statement = statement.where(~select(later.id).where(same, later.version > EventPlan.version).exists())
            page = unit.page(statement, (EventPlan.created_at, EventPlan.id), limit=limit, cursor=cursor)
            return Page([plan_result(row) for row in page.items], page.next_cursor)

    def _keep(self, snapshot: PlanSnapshot, reading: BriefReading, drafted: Drafted, actor: str) -> PlanResult:
        plan_id = new_id("plan")
        with self._store.write(snapshot.community.id) as unit:
            require_still_open(unit, drafted.content, snapshot.brief.starts_on)
            row = unit.add(
                EventPlan(
                    id=plan_id, series_id=plan_id, version=1, status="draft",
                    brief=reading.brief.model_dump(mode="json"), snapshot=snapshot.model_dump(mode="json"),
                    content=drafted.content.model_dump(mode="json"),
                    checks=[check.model_dump(mode="json") for check in drafted.checks], drafted_by=drafted.drafted_by,
                    degraded=drafted.degraded.model_dump(mode="json") if drafted.degraded else None,
                    llm_call_ids=[*drafted.call_ids], locks=[], change={}, created_by=actor, created_at=unit.now,
                )
            )  # fmt: skip
            if drafted.answer_key:
                drop_answer(unit, drafted.answer_key)
            unit.audit(
                actor, "event_plan.drafted", ("event_plan", plan_id), drafted_by=drafted.drafted_by,
                degraded=drafted.degraded.code if drafted.degraded else None, snapshot_hash=snapshot.hash,
            )  # fmt: skip
            return plan_result(row)


def _read(brief: Brief | BriefReading | str, view: CommunityView, now: datetime) -> BriefReading:
    if isinstance(brief, BriefReading):
        return brief
    if isinstance(brief, Brief):
        return BriefReading(brief)
    return read_brief(brief, now.astimezone(ZoneInfo(view.timezone)), currency=view.currency)


def _understood(reading: BriefReading, settled: dict[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    return {
        "understood": [{"field": item.field, "words": item.words} for item in reading.understood],
        "brief": settled,
        "questions": [question.model_dump(mode="json") for question in questions],
    }
