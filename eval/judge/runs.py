"""A judge's run: the pairs, the model, the figures, and what a run file says of them. It informs and never gates."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.assets import prompts_dir
from copilot.clock import SystemClock
from copilot.errors import BudgetExceeded, InvalidInput
from copilot.llm.factory import make_structured
from copilot.llm.usage import MemoryCallLedger
from copilot.prompts import PromptLibrary
from copilot.settings import LlmSettings
from eval.judge.asking import COMPARE, RUBRIC, Judge, Judgement, Marks, OnAsked, compare_all, mark_all
from eval.judge.figures import mark_figures, pair_figures
from eval.judge.options import ABOUT, NAME
from eval.judge.pairs import JudgePair
from eval.model_use import Prices, price_figure
from eval.scores import Figure, RunFile, SuiteRun, count, gathered, unscored

VERSION = 1
MOST_REPEATS = 20
_WORST = 20
_SHOWN_CHARS = 600
Ways = Literal["pairs", "rubric", "both"]


@dataclass(frozen=True)
class JudgeOptions:
    """What a judge is asked.

    Attributes:
        repeats: how often each question is asked; pairs are asked that often in each order.
        ways: which kinds of questions.
        prices: what a million tokens cost, of questions and of answers.
    """

    repeats: int = 2
    ways: Ways = "both"
    prices: Prices = (0.0, 0.0)

    def __post_init__(self) -> None:
        if not 1 <= self.repeats <= MOST_REPEATS:
            raise InvalidInput(f"--repeats is between 1 and {MOST_REPEATS}", field="repeats")


def ask_endpoint(
    settings: LlmSettings, pairs: Sequence[JudgePair], options: JudgeOptions, on_asked: OnAsked | None = None
) -> SuiteRun:
    """Judge with the model at an endpoint.

    Raises:
        InvalidInput: no endpoint is given.
    """
    ledger = MemoryCallLedger()
    model = make_structured(settings, ledger, SystemClock())
    if model is None:
        raise InvalidInput("a judge needs --endpoint and --model", field="endpoint")
    try:
        return judge_pairs(Judge(model, PromptLibrary.load(prompts_dir())), ledger, pairs, options, on_asked)
    finally:
        model.close()


def judge_pairs(
    judge: Judge, ledger: MemoryCallLedger, pairs: Sequence[JudgePair], options: JudgeOptions,
    on_asked: OnAsked | None = None,
) -> SuiteRun:  # fmt: skip
    """Return what a judge finds, as a suite of a run file; one that is broken off says so and keeps its answers.

    By hand or by its budget: a slow endpoint takes hours for the whole case set.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    judgements: list[Judgement] = []
    marks: list[Marks] = []
    error = ""
    try:
        if options.ways != "rubric":
            for judgement in compare_all(judge, pairs, options.repeats, on_asked):
                judgements.append(judgement)  # noqa: PERF402  # what came before a break is kept
        if options.ways != "pairs":
            for mark in mark_all(judge, pairs, options.repeats, on_asked):
                marks.append(mark)  # noqa: PERF402  # as above
    except BudgetExceeded as problem:
        error = f"{problem.code}: {problem.message}"
    except KeyboardInterrupt:
        error = "stopped by hand: figures are of the answers that came before"
    figures: list[Figure] = [count("judge.pairs.judged", len(pairs), len(pairs))]
    if options.ways != "rubric":
        figures += pair_figures(judgements)
    if options.ways != "pairs":
        figures += mark_figures(pairs, marks)
    plain, cases = gathered([*figures, *_cost(ledger, options.prices)])
    return SuiteRun(
        name=NAME, version=VERSION, seconds=round(time.perf_counter() - wall, 2),
        cpu_seconds=round(time.process_time() - cpu, 2), figures=plain, worst=_against_labels(judgements), cases=cases,
        error=error, about=ABOUT,
    )  # fmt: skip


def manifest_part(settings: LlmSettings, options: JudgeOptions, pairs: Sequence[JudgePair]) -> dict[str, object]:
    """Return what decides a judge's figures: model, temperature, prompts, pairs. No address and no key."""
    prompts = PromptLibrary.load(prompts_dir())
    digest = hashlib.sha256(json.dumps([pair.model_dump() for pair in pairs], sort_keys=True).encode()).hexdigest()
    return {
        "model": settings.model,
        "temperature": settings.temperature,
        "repeats": options.repeats,
        "ways": options.ways,
        "pairs": {"n": len(pairs), "sha256": digest[:16]},
        "prompts": {
            f"{name}.{locale}": prompts.get(name, locale).hash
            for name in (COMPARE, RUBRIC)
            for locale in ("zh-CN", "en")
        },
    }


def add_to(run: RunFile, suite: SuiteRun, part: dict[str, object]) -> RunFile:
    """Return the run with this judge's suite in place of an earlier one."""
    others = [one for one in run.suites if one.name != NAME]
    return RunFile(manifest={**run.manifest, NAME: part}, suites=[*others, suite])


def _cost(ledger: MemoryCallLedger, prices: Prices) -> list[Figure]:
    done = list(ledger.results.values())
    names = ("judge.tokens_per_call", "judge.seconds_per_call")
    if not done:
        return [unscored(name, "no call was made", "none") for name in (*names, "judge.price_per_call")]
    asked, answered = sum(one.prompt_tokens for one in done), sum(one.completion_tokens for one in done)
    seconds = sum(one.latency_ms for one in done) / 1000
    totals = zip(names, (asked + answered, seconds), strict=True)
    return [
        *(count(name, total / len(done), len(done)) for name, total in totals),
        price_figure("judge.price_per_call", asked, answered, len(done), prices),
    ]


def _against_labels(found: Sequence[Judgement]) -> list[dict[str, object]]:
    """Return verdicts that chose the draft people call worse, to be read side by side."""
    wrong = [one for one in found if one.pair.better is not None and one.chose not in {None, one.pair.better}]
    return [
        {
            "pair": one.pair.id, "better": one.pair.better, "chose": one.chose, "shown first": one.shown_first,
            "first": one.pair.first[:_SHOWN_CHARS], "second": one.pair.second[:_SHOWN_CHARS],
        }
        for one in wrong[:_WORST]
    ]  # fmt: skip
