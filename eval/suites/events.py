"""Event plans: are briefs understood, and does every plan that is returned hold up?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from copilot.community.models import Visibility
from copilot.community.tables import EventPlan, LlmCall, Member, Resource
from copilot.errors import InvalidInput, ModelError
from copilot.events.candidates import StoreCandidates
from copilot.events.checks import failures, run_checks
from copilot.events.models import PlanContent
from copilot.events.service import EventService, PlanResult
from copilot.events.snapshot import PlanSnapshot
from eval.manifest import DATASETS
from eval.scorers.briefs import BriefScore, score_brief
from eval.scorers.plans import plan_problems
from eval.scores import Figure, count, share, unscored
from eval.suite import Findings, Suite
from eval.world import World, Worlds, read_jsonl

BRIEFS = DATASETS / "briefs" / "briefs.jsonl"
NO_ENDPOINT = "needs --endpoint and --model"


@dataclass
class _Tally:
    """What drafting every brief led to."""

    ended_well: int = 0
    plans: list[PlanResult] = field(default_factory=list)
    passing: int = 0
    sound: int = 0
    worst: list[dict[str, object]] = field(default_factory=list)


def measure(worlds: Worlds) -> Findings:
    """Read and draft every brief; then again with the endpoint, when there is one."""
    world, cases = worlds.shared(), read_jsonl(BRIEFS)
    service = EventService(
        world.store, world.knowledge, world.prompts, None, StoreCandidates(world.store, world.embedder, world.index)
    )
    readings, worst = _read_all(service, world, cases)
    tally = _draft_all(service, world, cases)
    figures = [
        share("events.field_accuracy", sum(r.right for r in readings), sum(r.said for r in readings)),
        share("events.invented_fields", sum(r.invented for r in readings), sum(r.unsaid for r in readings), "lower"),
        share("events.topic_words_kept", sum(r.topics_kept for r in readings), sum(r.topics for r in readings)),
        share("events.contradictions_named", sum(r.doubts_named for r in readings), sum(r.doubts for r in readings)),
        share("events.ended_as_expected", tally.ended_well, len(cases)),
        share("events.checks_passed", tally.passing, len(tally.plans)),
        share("events.sound_by_own_sums", tally.sound, len(tally.plans)),
        *_with_model(world, cases),
    ]
    return Findings(figures, [*worst, *tally.worst])


def _read_all(
    service: EventService, world: World, cases: list[dict[str, Any]]
) -> tuple[list[BriefScore], list[dict[str, object]]]:
    scores, worst = [], []
    for case in cases:
        scores.append(score_brief(case, service.understand(world.community_id, case["text"])))
        if scores[-1].wrong:
            worst.append({"brief": case["id"], "text": case["text"], "wrong": [list(w) for w in scores[-1].wrong]})
    return scores, worst


def _draft_all(service: EventService, world: World, cases: list[dict[str, Any]]) -> _Tally:
    tally, known = _Tally(), nameable(world)
    for case in cases:
        try:
            plan = service.draft(world.community_id, case["text"], actor="evaluation")
            ending = "plan"
        except InvalidInput as refusal:
            plan, ending = None, str(refusal.data.get("reason", refusal.code))
        tally.ended_well += ending in case["outcome"]
        if ending not in case["outcome"]:
            tally.worst.append({"brief": case["id"], "ended": ending, "expected": case["outcome"]})
        if plan is not None:
            failed, problems = recheck(world, plan.id, known)
            tally.plans.append(plan)
            tally.passing += not failed
            tally.sound += not problems
            if failed or problems:
                tally.worst.append({"brief": case["id"], "failed": failed, "problems": problems})
    return tally


def recheck(world: World, plan_id: str, known_ids: set[str]) -> tuple[list[str], list[str]]:
    """Return (names of failed checks, problems by own arithmetic) of a plan replayed from its stored row."""
    with world.store.read(world.community_id) as unit:
        row = unit.get(EventPlan, plan_id)
        snapshot, content = PlanSnapshot.model_validate(row.snapshot), PlanContent.model_validate(row.content)
    playbook = world.knowledge.playbook(snapshot.brief.format, snapshot.community.locale)
    failed = [check.name for check in failures(run_checks(content, snapshot, playbook))]
    return failed, plan_problems(content, snapshot.brief.budget_cents, snapshot.now, known_ids)


def nameable(world: World) -> set[str]:
    """Return the ids of members and resources that a plan may name."""
    with world.store.read(world.community_id) as unit:
        members = select(Member.id).where(
            Member.consent_match.is_(True), Member.visibility == Visibility.COMMUNITY.value
        )
        resources = select(Resource.id).where(Resource.status == "available")
        return {*unit.session.scalars(members), *unit.session.scalars(resources)}


def _with_model(world: World, cases: list[dict[str, Any]]) -> list[Figure]:
    names = ("llm_first_try", "llm_final", "llm_model_drafts", "llm_repairs", "llm_tokens_per_plan")
    model = world.model
    if model is None:
        return [unscored(f"events.{name}", NO_ENDPOINT, "none") for name in names]
    service = EventService(
        world.store, world.knowledge, world.prompts, model, StoreCandidates(world.store, world.embedder, world.index)
    )
    try:
        tally = _draft_all(service, world, cases)
    except ModelError as error:
        return [unscored(f"events.{name}", f"{error.code}: {error.message}", "none") for name in names]
    n = len(tally.plans)
    by_model = [plan for plan in tally.plans if plan.drafted_by.startswith("llm:")]
    calls = _calls(world, [call_id for plan in tally.plans for call_id in plan.llm_call_ids])
    return [
        share("events.llm_first_try", sum(len(plan.llm_call_ids) == 1 for plan in by_model), n),
        share("events.llm_final", tally.passing, n),
        share("events.llm_model_drafts", len(by_model), n),
        count("events.llm_repairs", sum(max(0, len(plan.llm_call_ids) - 1) for plan in tally.plans), n),
        count("events.llm_tokens_per_plan", sum(c.prompt_tokens + c.completion_tokens for c in calls) / max(n, 1), n),
    ]


def _calls(world: World, call_ids: list[str]) -> list[LlmCall]:
    with world.store.read(world.community_id) as unit:
        return list(unit.get_many(LlmCall, call_ids).values())


SUITE = Suite("events", 1, "briefs understood; every plan replayed and checked again", measure)
