"""Event plans: understand the brief, gather a snapshot, draft, check, store. Nothing that fails a check is returned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.cities import find_cities
from copilot.community.ids import new_id
from copilot.community.permission import offered_on, open_to_match
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import EventPlan, Member, Resource
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.events.brief import Brief, BriefReading
from copilot.events.checks import picks_of
from copilot.events.drafting import Drafted, Drafter, Progress
from copilot.events.history import PastEvent, past_events, usual_headcount
from copilot.events.models import CheckResult, Degraded, PlanContent
from copilot.events.reading import read_brief
from copilot.events.settling import Circumstances, Question, default_format, settle
from copilot.events.snapshot import CandidateSource, CommunityView, PlanSnapshot, make_snapshot
from copilot.events.wording import both
from copilot.knowledge import KnowledgeBase
from copilot.llm.structured import StructuredModel
from copilot.playbook_models import Playbook
from copilot.prompts import PromptLibrary

_MAX_VERSIONS = 500


@dataclass(frozen=True)
class PlanResult:
    """One version of a plan as stored."""

    id: str
    series_id: str
    version: int
    status: str
    drafted_by: str
    degraded: Degraded | None
    content: PlanContent
    checks: list[CheckResult]
    questions: list[Question]
    brief: dict[str, Any]
    llm_call_ids: list[str]
    created_by: str
    created_at: datetime


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
        self._drafter = Drafter(prompts, model)
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
        view, past = self._look(community_id)
        now = self._store.clock.now()
        reading = _read(brief, view, now)
        playbook = self._playbook(reading.brief, view.locale)
        settled = settle(reading, playbook, _circumstances(view, past, playbook, now))
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
        view, _ = self._look(community_id)
        return read_brief(text, self._store.clock.now().astimezone(ZoneInfo(view.timezone)), fields)

    def get(self, community_id: str, plan_id: str) -> PlanResult:
        """Return one version of a plan.

        Raises:
            NotFound: there is none in this community.
        """
        with self._store.read(community_id) as unit:
            return _result(unit.get(EventPlan, plan_id))

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
        return [_result(row) for row in rows]

    def list(self, community_id: str, *, limit: int = 50, cursor: str | None = None) -> Page[PlanResult]:
        """Return plans, newest first.

        Raises:
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            page = unit.page(select(EventPlan), (EventPlan.created_at, EventPlan.id), limit=limit, cursor=cursor)
            return Page([_result(row) for row in page.items], page.next_cursor)

    def _look(self, community_id: str) -> tuple[CommunityView, Sequence[PastEvent]]:
        with self._store.read(community_id) as unit:
            row = unit.community()
            view = CommunityView(
                id=row.id, name=row.name, locale=row.locale, timezone=row.timezone,
                values=[str(value)[:100] for value in row.values],
            )  # fmt: skip
            return view, past_events(unit, unit.now)

    def _playbook(self, brief: Brief, locale: str) -> Playbook:
        try:
            return self._knowledge.playbook(default_format(brief), locale)
        except NotFound as error:
            known = [book.format for book in self._knowledge.playbooks(locale)]
            raise InvalidInput(
                f"the format {brief.format!r} is unknown; known: {', '.join(known)}",
                field="format", pointer="/brief", reason="unknown_format", known=known,
                sentence=both("unknown_format", format=brief.format, known=", ".join(known)),
            ) from error  # fmt: skip

    def _keep(self, snapshot: PlanSnapshot, reading: BriefReading, drafted: Drafted, actor: str) -> PlanResult:
        plan_id = new_id("plan")
        with self._store.write(snapshot.community.id) as unit:
            _require_still_open(unit, drafted.content, snapshot.brief.starts_on)
            row = unit.add(
                EventPlan(
                    id=plan_id, series_id=plan_id, version=1, status="draft",
                    brief=reading.brief.model_dump(mode="json"), snapshot=snapshot.model_dump(mode="json"),
                    content=drafted.content.model_dump(mode="json"),
                    checks=[check.model_dump(mode="json") for check in drafted.checks], drafted_by=drafted.drafted_by,
                    degraded=drafted.degraded.model_dump(mode="json") if drafted.degraded else None,
                    llm_call_ids=[*drafted.call_ids], created_by=actor, created_at=unit.now,
                )
            )  # fmt: skip
            unit.audit(
                actor, "event_plan.drafted", ("event_plan", plan_id), drafted_by=drafted.drafted_by,
                degraded=drafted.degraded.code if drafted.degraded else None, snapshot_hash=snapshot.hash,
            )  # fmt: skip
            return _result(row)


def _read(brief: Brief | BriefReading | str, view: CommunityView, now: datetime) -> BriefReading:
    if isinstance(brief, BriefReading):
        return brief
    if isinstance(brief, Brief):
        return BriefReading(brief)
    return read_brief(brief, now.astimezone(ZoneInfo(view.timezone)))


def _circumstances(view: CommunityView, past: Sequence[PastEvent], playbook: Playbook, now: datetime) -> Circumstances:
    cities = Counter(event.city for event in past if find_cities(event.city))  # an online event has no city
    return Circumstances(
        name=view.name, locale=view.locale, timezone=view.timezone, now=now,
        usual_headcount=usual_headcount(past, playbook.format),
        usual_city=cities.most_common(1)[0][0] if cities else "",
    )  # fmt: skip


def _understood(reading: BriefReading, settled: dict[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    return {
        "understood": [{"field": item.field, "words": item.words} for item in reading.understood],
        "brief": settled,
        "questions": [question.model_dump(mode="json") for question in questions],
    }


def _require_still_open(unit: Unit, plan: PlanContent, day: date) -> None:
    """Refuse a plan whose people or resources were withdrawn, deleted or hidden while it was being drafted."""
    picks = picks_of(plan)
    named = {kind: [pick.id for pick in picks if pick.kind == kind] for kind in ("member", "resource")}
    members = select(Member.id).where(Member.id.in_(named["member"]), *open_to_match())
    resources = select(Resource.id).where(Resource.id.in_(named["resource"]), *offered_on(day))
    still_open = {"member": {*unit.session.scalars(members)}, "resource": {*unit.session.scalars(resources)}}
    for pick in picks:
        if pick.id not in still_open[pick.kind]:
            raise Conflict(
                "a person or resource of this plan was withdrawn while it was drafted; ask again",
                kind=pick.kind, id=pick.id,
            )  # fmt: skip


def _result(row: EventPlan) -> PlanResult:
    return PlanResult(
        id=row.id, series_id=row.series_id, version=row.version, status=row.status, drafted_by=row.drafted_by,
        degraded=Degraded.model_validate(row.degraded) if row.degraded else None,
        content=PlanContent.model_validate(row.content),
        checks=[CheckResult.model_validate(item) for item in row.checks],
        questions=[Question.model_validate(item) for item in row.snapshot.get("questions", [])],
        brief=dict(row.brief), llm_call_ids=[str(item) for item in row.llm_call_ids], created_by=row.created_by,
        created_at=row.created_at,
    )  # fmt: skip
