"""Proof that the evaluation can say no: systems made worse on purpose fail the gates that are committed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest

from copilot.atmosphere.sentiment import SentimentModel
from copilot.community.tables import Case, EventPlan
from copilot.moderation.cascade import Cascade
from copilot.moderation.model_detectors import RoomReader
from copilot.moderation.room import RoomModel
from copilot.moderation.service import ModerationService
from eval.baselines import Bm25
from eval.controls import shuffle_times
from eval.gates import judge, read_gates
from eval.graded import Records, load_queries
from eval.metrics.classification import majority
from eval.rankers import RandomRanker
from eval.sample_copies import State
from eval.scorers.quotes import ungrounded
from eval.scores import Figure, RunFile, SuiteRun, share
from eval.suites.atmosphere import quarrel_figures, read_windows
from eval.suites.events import nameable, recheck
from eval.suites.fairness import exposure_figures, newcomer_figures, newcomers
from eval.suites.graded import BASELINES, MEASURES, OURS, judge_chance, judge_ranker, split_figures
from eval.suites.grounding import case_quotes, stored_texts
from eval.suites.matching import directions, ranking_figures, ranks
from eval.suites.moderation import sample_figures
from eval.suites.sentiment import sample_classes, sentiment_figures
from eval.world import World, Worlds, read_all


def outcomes(figures: Sequence[Figure]) -> dict[str, str]:
    """Return what the committed gates say of these figures alone."""
    suite = SuiteRun(name=figures[0].name.partition(".")[0], version=1, seconds=0, cpu_seconds=0, figures=[*figures])
    names = {figure.name for figure in figures}
    gates = {name: gate for name, gate in read_gates().items() if name in names}
    return {verdict.name: verdict.outcome for verdict in judge(RunFile(manifest={}, suites=[suite]), gates)}


def test_a_random_ranker_fails_every_matching_gate(sample_world: World) -> None:
    wanted = [direction for direction in directions() if direction.split == "test"]
    found = outcomes(ranking_figures("matching.test", wanted, ranks(sample_world, RandomRanker(sample_world), wanted)))

    assert found == {f"matching.test.{name}": "failed" for name in ("hit_at_1", "hit_at_5", "mrr")}


@pytest.mark.slow
def test_a_shuffle_in_place_of_the_product_fails_every_gate_of_graded_queries() -> None:
    records = Records()
    queries = load_queries(records)
    chance = judge_chance(queries, records, draws=3)
    judged = {OURS: chance, "as_answered": chance} | {name: judge_ranker(queries, Bm25(records)) for name in BASELINES}
    found = outcomes(split_figures("test", judged))

    assert set(found.values()) == {"failed"}
    assert {f"graded.test.least_sure_gain.{name}" for name in MEASURES} <= set(found)


def test_one_member_proposed_to_everybody_fails_the_gate_of_exposure() -> None:
    people = Records().proposable
    shown = {person: [people[0]] for person in people[1:]}
    figures = [
        *exposure_figures("fairness.tight.in_turn", shown, people, 5),
        *newcomer_figures("fairness.tight.in_turn", shown, newcomers(Records())),
    ]

    found = outcomes(figures)
    assert found["fairness.tight.in_turn.over_cap"] == found["fairness.tight.in_turn.newcomers_appear"] == "failed"


def test_one_hostile_word_outside_a_quotation_in_thousands_of_reasons_fails() -> None:
    assert outcomes([share("hostile.words_outside_quotes", 1, 10_000, "lower")]) == {
        "hostile.words_outside_quotes": "failed"
    }


def test_always_saying_the_commonest_sentiment_fails(sample_world: World) -> None:
    truth, _, _ = sample_classes(sample_world)
    found = outcomes(sentiment_figures("sentiment.sample", truth, majority(truth)))

    assert found["sentiment.sample.macro_f1"] == "failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("threshold", "gate"),
    [(0.0, "moderation.sample.false_flags_joke"), (1.1, "moderation.sample.attack.recall")],
    ids=["flags everything", "flags nothing"],
)
def test_a_detector_with_a_wrong_threshold_fails(worlds: Worlds, threshold: float, gate: str) -> None:
    model = RoomModel.load()
    model.card["thresholds"]["offensive"] |= {"case": threshold, "flag": threshold}
    worse = Cascade(SentimentModel.load(), [], RoomReader(model, None))
    world = worlds.copy(State.IMPORTED)
    world.services.moderation = ModerationService(world.services.store, worse)
    read_all(world)
    figures, _ = sample_figures(world)
    world.services.close()

    assert outcomes(figures)[gate] == "failed"


@pytest.mark.slow
def test_the_sample_as_it_is_passes_and_with_shuffled_times_fails(worlds: Worlds, sample_world: World) -> None:
    world = worlds.copy(State.IMPORTED)
    shuffle_times(world.services.store, world.community_id)
    read_all(world)
    shuffled = quarrel_figures("atmosphere", read_windows(world))
    world.services.close()

    assert set(outcomes(quarrel_figures("atmosphere", read_windows(sample_world))).values()) == {"passed"}
    assert outcomes(shuffled)["atmosphere.quarrel_drop"] == "failed"


@pytest.fixture
def plan_id(sample_world: World) -> str:
    brief = "12月5日下午两点在深圳办一场60人的AI出海沙龙，两小时，预算2万"
    return sample_world.services.events.draft(sample_world.community_id, brief, actor="test").id


def tamper(world: World, plan_id: str, *path: str | int, value: object) -> None:
    with world.services.store.write(world.community_id) as unit:
        row = unit.get(EventPlan, plan_id)
        content = copy.deepcopy(row.content)
        part: Any = content
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
        row.content = content


def test_an_untouched_plan_passes_both_the_checks_and_our_own_sums(sample_world: World, plan_id: str) -> None:
    assert recheck(sample_world, plan_id, nameable(sample_world)) == ([], [])


@pytest.mark.parametrize(
    ("path", "value", "check", "problem"),
    [
        (("budget", "total_cents"), 1, "budget_sums", "budget: the lines sum to"),
        (("budget", "reserve_cents"), 9_999_999, "budget_within_cap", "over the cap"),
        (("agenda", 0, "minutes"), 1, "agenda_contiguous", "agenda:"),
        (("prep_tasks", 0, "due_on"), "2026-01-01", "dates_ordered", "days:"),
        (("venue",), {"kind": "resource", "id": "res_invented", "name": "x"}, "records_exist", "records: res_invented"),
    ],
)
def test_a_plan_with_one_broken_thing_fails_its_gates(
    sample_world: World, plan_id: str, path: tuple[str | int, ...], value: object, check: str, problem: str
) -> None:
    tamper(sample_world, plan_id, *path, value=value)
    failed, problems = recheck(sample_world, plan_id, nameable(sample_world))

    assert check in failed
    assert any(problem in found for found in problems)
    # One plan of twenty is enough.
    figures = [share("events.checks_passed", 19, 20), share("events.sound_by_own_sums", 19, 20)]
    assert set(outcomes(figures).values()) == {"failed"}


def test_a_case_whose_quote_was_altered_fails_the_grounding_gate(sample_world: World) -> None:
    texts, _ = stored_texts(sample_world)
    quotes = case_quotes(sample_world)
    assert quotes
    assert ungrounded(quotes, texts) == []
    with sample_world.services.store.read(sample_world.community_id) as unit:
        assert unit.get(Case, quotes[0].shown_in).quote == quotes[0].words

    altered = [type(quotes[0])(quotes[0].shown_in, quotes[0].record_id, quotes[0].words + "。。"), *quotes[1:]]
    figure = share("grounding.cases", len(altered) - len(ungrounded(altered, texts)), len(altered))

    assert outcomes([figure]) == {"grounding.cases": "failed"}
