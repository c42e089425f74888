"""Event plans: are briefs understood, and does every plan that is returned hold up?"""

from __future__ import annotations

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
from eval.manifest import DATASETS
from eval.model_use import ModelDraft, model_figures, no_model_figures
from eval.scorers.briefs import BriefScore, score_brief
from eval.scorers.plans import plan_problems
from eval.scores import Figure, share
from eval.suite import Findings, Suite
from eval.world import World, Worlds, read_jsonl

BRIEFS = DATASETS / "briefs" / "briefs.jsonl"


@dataclass
class Tally:
    """What drafting every brief led to."""

    ended_well: int = 0
    plans: list[PlanResult] = field(default_factory=list)
    passing: int = 0
    sound: int = 0
    worst: list[dict[str, object]] = field(default_factory=list)


def measure(worlds: Worlds) -> Findings:
    """Read and draft every brief; then again with the endpoint, when there is one."""
    world, cases = worlds.shared(), read_jsonl(BRIEFS)
    reading, worst = _reading_figures(world, cases)
    tally = draft_all(world, cases)
    model, model_worst = _with_model(worlds, cases)
    figures = [
        *reading,
        share("events.ended_as_expected", tally.ended_well, len(cases)),
        share("events.checks_passed", tally.passing, len(tally.plans)),
        share("events.sound_by_own_sums", tally.sound, len(tally.plans)),
        *model,
    ]
    return Findings(figures, [*tally.worst, *model_worst, *worst])


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
        scores: list[BriefScore] = []
        for case in (case for case in cases if case["split"] == split):
            scores.append(score_brief(case, world.services.events.understand(world.community_id, case["text"])))
            if scores[-1].wrong:
                worst.append({"brief": case["id"], "text": case["text"], "wrong": [list(w) for w in scores[-1].wrong]})
        said, unsaid = sum(s.said for s in scores), sum(s.unsaid for s in scores)
        figures += [
            share(f"events.{split}.field_accuracy", sum(s.right for s in scores), said),
            share(f"events.{split}.fields_misread", sum(s.misread for s in scores), said, "lower"),
            share(f"events.{split}.fields_invented", sum(s.invented for s in scores), unsaid, "lower"),
            share(
                f"events.{split}.topic_words_kept", sum(s.topics_kept for s in scores), sum(s.topics for s in scores)
            ),
            share(f"events.{split}.doubts_named", sum(s.doubts_named for s in scores), sum(s.doubts for s in scores)),
        ]
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


def _with_model(worlds: Worlds, cases: list[dict[str, Any]]) -> tuple[list[Figure], list[dict[str, object]]]:
    names = ("events.llm.checks_passed", "events.llm.sound_by_own_sums")
    if worlds.llm is None:
        return no_model_figures("events", names), []
    with worlds.fresh(llm=worlds.llm) as world:
        tally = draft_all(world, cases[: worlds.llm_cases])
        drafts = [ModelDraft(plan.drafted_by != "playbook", plan.llm_call_ids) for plan in tally.plans]
        figures = model_figures("events", world, drafts)
    figures += [
        share(names[0], tally.passing, len(tally.plans)),
        share(names[1], tally.sound, len(tally.plans)),
    ]
    given_up: list[dict[str, object]] = [
        {"degraded": plan.degraded.code, "why": plan.degraded.message, "topic": plan.content.topic}
        for plan in tally.plans
        if plan.degraded is not None
    ]
    return figures, [*tally.worst, *given_up]


SUITE = Suite("events", 1, "briefs understood; every plan replayed and checked again", measure)
