"""Event plans: are briefs understood, and does every plan that is returned hold up?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from copilot.community.models import Visibility
from copilot.community.tables import EventPlan, Member, Resource
from copilot.errors import InvalidInput
from copilot.events.checking.checks import failures, run_checks
from copilot.events.models import PlanContent
from copilot.events.service import PlanResult
from copilot.events.snapshot import PlanSnapshot
from eval.attentive import prompted_figure, snapshots_of
from eval.cases import EvalCase
from eval.manifest import DATASETS
from eval.model_use import ModelDraft, model_figures, no_model_figures
from eval.scorers.briefs import BriefScore, brief_case, reading_figures, score_brief
from eval.scorers.plans import plan_problems
from eval.scores import Better, Figure, share_of
from eval.suite import Findings, Suite
from eval.world import World, Worlds, read_jsonl

BRIEFS = DATASETS / "briefs" / "briefs.jsonl"
_PROMPTED = 12


@dataclass
class Tally:
    """What drafting every brief led to: the plans, and by brief whether it ended, passed and adds up as it should."""

    ended_well: dict[str, bool] = field(default_factory=dict)
    plans: list[PlanResult] = field(default_factory=list)
    passing: dict[str, bool] = field(default_factory=dict)
    sound: dict[str, bool] = field(default_factory=dict)
    worst: list[dict[str, object]] = field(default_factory=list)


def measure(worlds: Worlds) -> Findings:
    """Read and draft every brief; then again with the endpoint, when there is one."""
    world, cases = worlds.shared(), read_jsonl(BRIEFS)
    reading, worst = _reading_figures(world, cases)
    tally = draft_all(world, cases)
    model, model_worst = _with_model(worlds, cases)
    figures = [
        *reading,
        of_briefs("events.ended_as_expected", tally.ended_well, cases),
        of_briefs("events.checks_passed", tally.passing, cases),
        of_briefs("events.sound_by_own_sums", tally.sound, cases),
        _prompted(world, tally.plans),
        *model,
    ]
    return Findings(figures, [*tally.worst, *model_worst, *worst])


def of_briefs(
    name: str, found: Mapping[str, bool], cases: Sequence[Mapping[str, Any]], better: Better = "higher"
) -> Figure:
    """Return the share of the briefs in `found` that hold."""
    known = {case["id"]: brief_case(case) for case in cases}
    return share_of(name, list(found.values()), [known[brief] for brief in found], better)


def recheck(world: World, plan_id: str, known_ids: set[str]) -> tuple[list[str], list[str]]:
    """Return (names of failed checks, problems by own arithmetic) of a plan replayed from its stored row."""
    with world.services.store.read(world.community_id) as unit:
        row = unit.get(EventPlan, plan_id)
        snapshot, content = PlanSnapshot.model_validate(row.snapshot), PlanContent.model_validate(row.content)
    playbook = world.services.knowledge.playbook(
        snapshot.brief.format, snapshot.community.locale, snapshot.brief.currency
    )
    failed = [check.name for check in failures(run_checks(content, snapshot, playbook))]
    return failed, plan_problems(content, snapshot.brief.budget_cents, snapshot.now, known_ids)


def nameable(world: World) -> set[str]:
    """Return the ids of members and resources that a plan may name."""
    with world.services.store.read(world.community_id) as unit:
        members = select(Member.id).where(
            Member.consent_match.is_(True), Member.visibility == Visibility.COMMUNITY.value
        )
        resources = select(Resource.id).where(Resource.status == "available")
        return {*unit.session.scalars(members), *unit.session.scalars(resources)}


def _reading_figures(world: World, cases: list[dict[str, Any]]) -> tuple[list[Figure], list[dict[str, object]]]:
    """Score the reading of every brief, the ones it was improved on (`dev`) apart from the others (`test`)."""
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    for split in ("test", "dev"):
        scores: list[tuple[EvalCase, BriefScore]] = []
        for case in (case for case in cases if case["split"] == split):
            score = score_brief(case, world.services.events.understand(world.community_id, case["text"]))
            scores.append((brief_case(case), score))
            if score.wrong:
                worst.append({"brief": case["id"], "text": case["text"], "wrong": [list(w) for w in score.wrong]})
        figures += reading_figures(f"events.{split}", scores)
    return figures, worst


def draft_all(world: World, cases: list[dict[str, Any]]) -> Tally:
    """Draft a plan of every brief and look at each again as it was stored."""
    tally, known = Tally(), nameable(world)
    for case in cases:
        try:
            plan = world.services.events.draft(world.community_id, case["text"], actor="evaluation")
            ending = "plan"
        except InvalidInput as refusal:
            plan, ending = None, str(refusal.data.get("reason", refusal.code))
        tally.ended_well[case["id"]] = ending in case["outcome"]
        if ending not in case["outcome"]:
            tally.worst.append({"brief": case["id"], "ended": ending, "expected": case["outcome"]})
        if plan is not None:
            failed, problems = recheck(world, plan.id, known)
            tally.plans.append(plan)
            tally.passing[case["id"]] = not failed
            tally.sound[case["id"]] = not problems
            if failed or problems:
                tally.worst.append({"brief": case["id"], "failed": failed, "problems": problems})
    return tally


def _prompted(world: World, plans: list[PlanResult]) -> Figure:
    """Draft some again with a model that knows its prompt and nothing else: does the prompt say what it must?"""
    snapshots = snapshots_of(world, [plan.id for plan in plans[:: max(1, len(plans) // _PROMPTED)]][:_PROMPTED])
    return prompted_figure(world, snapshots, world.services.prompts)


def _with_model(worlds: Worlds, cases: list[dict[str, Any]]) -> tuple[list[Figure], list[dict[str, object]]]:
    names = ("events.llm.checks_passed", "events.llm.sound_by_own_sums")
    if worlds.llm is None:
        return no_model_figures("events", names), []
    with worlds.fresh(llm=worlds.llm) as world:
        tally = draft_all(world, cases[: worlds.llm_cases])
        drafts = [ModelDraft(plan.drafted_by != "playbook", plan.llm_call_ids) for plan in tally.plans]
        figures = model_figures("events", world, drafts)
    figures += [
        of_briefs(names[0], tally.passing, cases),
        of_briefs(names[1], tally.sound, cases),
    ]
    given_up: list[dict[str, object]] = [
        {"degraded": plan.degraded.code, "why": plan.degraded.message, "topic": plan.content.topic}
        for plan in tally.plans
        if plan.degraded is not None
    ]
    return figures, [*tally.worst, *given_up]


SUITE = Suite("events", 2, "briefs understood; every plan replayed and checked again", measure)
