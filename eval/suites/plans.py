"""Forty briefs typed at forty moments: are they understood, does every plan pass every check, are its picks of this community?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from copilot.clock import FixedClock
from copilot.community.tables import EventPlan
from copilot.errors import InvalidInput
from copilot.events.briefs.brief import BriefReading
from copilot.events.briefs.reading import read_brief
from copilot.events.checking.checks import run_checks
from copilot.events.checking.text_checks import texts_of
from copilot.events.models import PlanContent
from copilot.events.service import PlanResult
from copilot.events.snapshot import PlanSnapshot
from eval.cases import EvalCase
from eval.manifest import DATASETS
from eval.metrics.drafts import novelty, sentence_lengths
from eval.metrics.timing import percentile_ms
from eval.model_use import NO_ENDPOINT, ModelDraft, model_figures, no_model_figures
from eval.raw_plans import no_raw_figures, raw_figures
from eval.scorers.briefs import BriefScore, brief_case, score_brief
from eval.scorers.briefs import reading_figures as scored_figures
from eval.scorers.plans import plan_problems
from eval.scorers.specificity import specificity
from eval.scores import Figure, count, mean, ratio, share_of
from eval.slices import language_of
from eval.suite import Findings, Suite
from eval.suites.events import nameable, of_briefs
from eval.world import World, Worlds, read_jsonl

BRIEFS = DATASETS / "briefs" / "v2" / "briefs.jsonl"
# A holiday is stated, not mended: the operator chose the day.
_LONG = 40  # reading units: Han characters, words, numbers
_STATEMENTS = frozenset({"holidays_noted"})
_BY_PLAYBOOK, _BY_MODEL = "playbook", "llm"
Reader = Callable[[str, datetime], BriefReading]


@dataclass
class Tally:
    """What drafting the briefs with one drafter led to: the plans, and by brief how it ended and what its plan is like."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    ended_well: dict[str, bool] = field(default_factory=dict)
    plans: list[PlanResult] = field(default_factory=list)
    passing: dict[str, bool] = field(default_factory=dict)
    sound: dict[str, bool] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    fitting: dict[str, tuple[int, int]] = field(default_factory=dict)
    jobs: int = 0
    asked: int = 0
    seconds: list[float] = field(default_factory=list)
    worst: list[dict[str, object]] = field(default_factory=list)


def measure(worlds: Worlds) -> Findings:
    """Read and draft every brief at its own moment; then again with the endpoint, when there is one."""
    world, cases = worlds.shared(), read_jsonl(BRIEFS)
    reading, worst = reading_figures(cases, "Asia/Shanghai")
    tally = draft_all(world, cases)
    figures = [*reading, *drafter_figures(_BY_PLAYBOOK, tally)]
    figures.append(count("plans.playbook.p50_ms", percentile_ms(tally.seconds, 50), len(tally.seconds), "lower"))
    if worlds.llm is None:
        names = [
            figure.name.replace(f".{_BY_PLAYBOOK}.", f".{_BY_MODEL}.")
            for figure in drafter_figures(_BY_PLAYBOOK, tally)
        ]
        absent = [*no_model_figures("plans", names), *no_raw_figures(NO_ENDPOINT)]
        return Findings([*figures, *absent], [*tally.worst, *worst])
    with worlds.fresh(llm=worlds.llm) as other:
        by_model = draft_all(other, cases[: worlds.llm_cases])
        drafts = [ModelDraft(plan.drafted_by != _BY_PLAYBOOK, plan.llm_call_ids) for plan in by_model.plans]
        figures += [*model_figures("plans", other, drafts), *drafter_figures(_BY_MODEL, by_model)]
        raw, raw_wrong = raw_figures(other, by_model.plans, worlds.llm)
        figures += raw
    return Findings(figures, [*by_model.worst, *raw_wrong, *tally.worst, *worst])


def draft_all(world: World, cases: list[dict[str, Any]]) -> Tally:
    """Draft a plan of every brief at the moment it was typed, and look at each again as it was stored."""
    tally, known = Tally(cases=cases), nameable(world)
    for case in cases:
        with at(world, datetime.fromisoformat(case["now"])):
            began, plan = time.perf_counter(), None
            try:
                plan = world.services.events.draft(world.community_id, case["text"], actor="evaluation")
                ending = "plan"
            except InvalidInput as refusal:
                ending = str(refusal.data.get("reason", refusal.code))
            tally.seconds.append(time.perf_counter() - began)
        tally.ended_well[case["id"]] = ending in case["outcome"]
        if ending not in case["outcome"]:
            tally.worst.append({"brief": case["id"], "ended": ending, "expected": case["outcome"]})
        if plan is not None:
            look_again(world, case, plan, known, tally)
    return tally


def look_again(world: World, case: dict[str, Any], plan: PlanResult, known: set[str], tally: Tally) -> None:
    """Count what a plan is like as it was stored."""
    with world.services.store.read(world.community_id) as unit:
        row = unit.get(EventPlan, plan.id)
        snapshot, content = PlanSnapshot.model_validate(row.snapshot), PlanContent.model_validate(row.content)
    playbook = world.services.knowledge.playbook(
        snapshot.brief.format, snapshot.community.locale, snapshot.brief.currency
    )
    results = run_checks(content, snapshot, playbook)
    failed = [result.name for result in results if not result.passed and result.name not in _STATEMENTS]
    problems = plan_problems(content, snapshot.brief.budget_cents, snapshot.now, known)
    specific = specificity(content, snapshot, known)
    tally.plans.append(plan)
    tally.passing[case["id"]] = not failed
    tally.sound[case["id"]] = not problems
    tally.texts[case["id"]] = "\n".join(text for _, text in texts_of(content))
    tally.fitting[case["id"]] = (specific.fitting, specific.picks)
    tally.jobs += specific.jobs
    tally.asked += len(plan.questions)
    if failed or problems or specific.fitting < specific.picks:
        tally.worst.append(
            {
                "brief": case["id"],
                "failed": failed,
                "problems": problems,
                "odd_picks": specific.picks - specific.fitting,
            }
        )


def drafter_figures(drafter: str, tally: Tally) -> list[Figure]:
    """Return how drafting with one drafter ended, and what its plans hold."""
    n = len(tally.plans)
    known = {case["id"]: brief_case(case) for case in tally.cases}
    picks = sum(of for _, of in tally.fitting.values())
    return [
        of_briefs(f"plans.{drafter}.ended_as_expected", tally.ended_well, tally.cases),
        of_briefs(f"plans.{drafter}.checks_passed", tally.passing, tally.cases),
        of_briefs(f"plans.{drafter}.sound_by_own_sums", tally.sound, tally.cases),
        ratio(
            f"plans.{drafter}.picks_that_belong", list(tally.fitting.values()), [known[name] for name in tally.fitting]
        ),
        *_wording(f"plans.{drafter}", tally, known),
        count(f"plans.{drafter}.picks_per_plan", picks / max(n, 1), n),
        count(f"plans.{drafter}.questions_per_plan", tally.asked / max(n, 1), n, "lower"),
    ]


def _wording(name: str, tally: Tally, known: Mapping[str, EvalCase]) -> list[Figure]:
    """Return how many sentences are too long to be read, how much of a plan no earlier plan said, and whose language it is."""
    cases = [known[brief] for brief in tally.texts]
    texts = list(tally.texts.values())
    sizes = [sentence_lengths(text) for text in texts]
    long = [(sum(size > _LONG for size in each), len(each)) for each in sizes]
    fresh = [novelty(text, texts[:at]) for at, text in enumerate(texts) if at]
    # The community writes Chinese, whatever language its operators type briefs in.
    chinese = [language_of(text) in {"zh", "mixed"} for text in texts]
    return [
        ratio(f"{name}.long_sentences", long, cases, "lower"),
        mean(f"{name}.not_in_earlier_plans", fresh, cases=cases[1:], better="none"),
        share_of(f"{name}.in_the_communitys_language", chinese, cases),
    ]


def reading_figures(
    cases: list[dict[str, Any]], timezone: str, reader: Reader = read_brief
) -> tuple[list[Figure], list[dict[str, object]]]:
    """Score the reading of every brief, the ones it was improved on (`dev`) apart from the others (`test`)."""
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    for split in ("test", "dev"):
        scores: list[tuple[EvalCase, BriefScore]] = []
        refused: dict[str, bool] = {}
        mine = [case for case in cases if case["split"] == split]
        for case in mine:
            now = datetime.fromisoformat(case["now"]).astimezone(ZoneInfo(timezone))
            refused[case["id"]] = False
            try:
                score = score_brief(case, reader(case["text"], now))
            except InvalidInput as refusal:
                refused[case["id"]] = str(refusal.data.get("reason")) not in case["outcome"]
                continue
            scores.append((brief_case(case), score))
            if score.wrong and split == "dev":
                worst.append({"brief": case["id"], "wrong": [list(w) for w in score.wrong]})
        figures += scored_figures(f"plans.{split}", scores)
        figures.append(of_briefs(f"plans.{split}.refused_wrongly", refused, mine, "lower"))
    return figures, worst


@contextmanager
def at(world: World, moment: datetime) -> Iterator[None]:
    """Move the standing clock of a world to a moment, and back.

    Raises:
        TypeError: the world's clock runs by itself.
    """
    clock = world.services.store.clock
    if not isinstance(clock, FixedClock):
        raise TypeError("only a world whose time stands still can be moved")
    back = clock.now()
    clock.advance(moment.astimezone(UTC) - back)
    try:
        yield
    finally:
        clock.advance(back - clock.now())


SUITE = Suite("plans", 2, "forty briefs at forty moments; every plan looked at again, pick by pick", measure)
