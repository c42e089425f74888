"""Proof that the evaluation can say no: systems made worse on purpose fail the gates that are committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from eval.catalogue import SUITES
from eval.gates import read_gates
from eval.planted.catalogue import ALL, PARTS, judge_all, planted_of
from eval.planted.plot import Ground, Planted, judge_planted
from eval.planted.table import TABLE_FILE, named_in_table, render_outcomes
from eval.scores import count, unscored
from eval.world import Worlds


@pytest.fixture(scope="module")
def ground(worlds: Worlds) -> Iterator[Ground]:
    made = Ground(worlds)
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.timeout(600)  # the first one reads and embeds the sample for all of them
# Not one test each: those of a module share what is dear to find, and processes share tests.
@pytest.mark.parametrize("part", PARTS)
def test_worse_systems_fail_their_gates_and_the_product_beside_them_does_not(ground: Ground, part: str) -> None:
    slipped = [one for one in judge_all(PARTS[part], ground) if not one.is_caught]

    assert not slipped, render_outcomes(slipped)


def test_something_is_planted_in_every_suite_and_every_gate_named_exists() -> None:
    assert {one.suite for one in ALL} == set(SUITES)
    assert {one.gate for one in ALL} <= set(read_gates())
    assert all(one.gate.partition(".")[0] == one.suite for one in ALL)
    assert len({one.id for one in ALL}) == len(ALL)


def test_each_of_the_issues_controls_is_there() -> None:
    controls = {one.id for one in ALL if one.kind == "control"}
    assert {"matching: wants swapped", "topics: evidence removed", "atmosphere: times shuffled"} <= controls


def test_the_table_in_the_readme_names_what_is_planted() -> None:
    assert named_in_table(TABLE_FILE.read_text("utf-8")) == [(one.suite, one.name, one.gate) for one in ALL]


GATE = "matching.test.mrr"


def planted(worse: float | None, honest: float | None) -> Planted:
    def figures(value: float | None) -> list:  # type: ignore[type-arg]  # figures, whatever they say
        return [unscored(GATE, "no cases") if value is None else count(GATE, value, 30, "higher")]

    return Planted("matching", "x", GATE, "-", lambda _: figures(worse), lambda _: figures(honest))


@pytest.mark.parametrize(
    ("worse", "honest", "is_caught"),
    [(0.1, 0.9, True), (0.9, 0.9, False), (0.1, 0.1, False), (0.1, None, False)],
    ids=["caught", "slips through", "the gate fails for everybody", "the product was not measured"],
)
def test_caught_is_only_what_fails_where_the_product_passes(
    tmp_path: Path, worse: float, honest: float | None, is_caught: bool
) -> None:
    outcome = judge_planted(planted(worse, honest), Ground(Worlds(tmp_path)))

    assert outcome.is_caught is is_caught
    assert ("caught" if is_caught else "SLIPPED THROUGH") in render_outcomes([outcome])


def test_no_figure_at_all_fails_the_gate_but_counts_as_no_catch(tmp_path: Path) -> None:
    assert not judge_planted(planted(None, 0.9), Ground(Worlds(tmp_path))).is_caught


def test_one_measure_is_taken_once_for_all_that_share_it(tmp_path: Path) -> None:
    taken: list[int] = []

    def measure(_ground: Ground) -> list:  # type: ignore[type-arg]  # as above
        taken.append(1)
        return [count(GATE, 0.1, 30, "higher")]

    shared = [Planted("matching", name, GATE, "-", measure) for name in ("one", "other")]
    assert all(one.is_caught for one in judge_all(shared, Ground(Worlds(tmp_path))))
    assert len(taken) == 1


def test_a_suite_in_which_nothing_is_planted_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="nothing is planted in weather"):
        planted_of(["weather"])
