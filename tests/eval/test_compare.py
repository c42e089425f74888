"""Comparing runs: only what chance does not give is called, and what cannot be compared is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from eval.cases import EvalCase
from eval.compare import Comparison, Outcome, compare
from eval.comparison_table import render_comparison
from eval.scores import Figure, RunFile, SuiteRun, count, gathered, share_of, unscored

DATA = {"suite_data": {"s": "d1"}}


def run(
    *figures: Figure, version: int = 1, manifest: Mapping[str, object] = DATA, error: str = "", name: str = "s"
) -> RunFile:  # fmt: skip
    plain, rows = gathered(figures)
    suite = SuiteRun(
        name=name, version=version, seconds=0, cpu_seconds=0, figures=plain, cases=rows, error=error
    )  # fmt: skip
    return RunFile(manifest=dict(manifest), suites=[suite])


def hits(right: int, of: int = 40, start: int = 0, name: str = "s.hit") -> Figure:
    return share_of(name, [at < right for at in range(of)], [EvalCase(f"c{start + at}") for at in range(of)])


def outcomes(found: Comparison) -> dict[str, Outcome]:
    return {figure.name: figure.outcome for figure in found.figures}


def test_the_same_run_twice_differs_nowhere() -> None:
    found = compare(run(hits(20)), run(hits(20)))

    assert outcomes(found) == {"s.hit": "same"}
    assert "0 better, 0 worse, 0 changed; 0 inside their interval, 1 the same" in render_comparison(found)


@pytest.mark.parametrize(("after", "outcome"), [(36, "better"), (4, "worse"), (22, "inside"), (18, "inside")])
def test_only_a_difference_beyond_chance_is_called(after: int, outcome: Outcome) -> None:
    assert outcomes(compare(run(hits(20)), run(hits(after)))) == {"s.hit": outcome}


def test_lower_may_be_better() -> None:
    before, after = (hits(right).model_copy(update={"better": "lower"}) for right in (4, 36))
    made = [
        figure.resting_on(hits(right).per_case)  # type: ignore[arg-type]  # made with cases just above
        for figure, right in ((before, 4), (after, 36))
    ]

    assert outcomes(compare(run(made[0]), run(made[1]))) == {"s.hit": "worse"}


def test_what_is_called_alone_may_not_be_called_among_many() -> None:
    # 7 of 7 changed cases rose: p = 2/128 alone, and beyond .05 among twenty figures.
    alone = compare(run(hits(20)), run(hits(27)))
    many = [[hits(right, name=f"s.hit{number}") for number in range(20)] for right in (20, 27)]
    among = compare(run(*many[0]), run(*many[1]))

    assert outcomes(alone) == {"s.hit": "better"}
    assert set(outcomes(among).values()) == {"inside"}
    assert among.tests == {"gated": 0, "other": 20}


def test_gated_figures_are_a_family_of_their_own() -> None:
    many = [[hits(right, name=f"s.hit{number}") for number in range(20)] for right in (20, 27)]
    found = compare(run(*many[0]), run(*many[1]), {"s.hit3"})

    assert [figure.name for figure in found.named("better")] == ["s.hit3"]
    assert found.tests == {"gated": 1, "other": 19}


def test_cases_of_one_run_alone_are_listed_and_left_out() -> None:
    found = compare(run(hits(30)), run(hits(30, start=10)))

    assert (found.only_one[0].first, found.only_one[0].second) == (10, 10)
    assert found.figures[0].cases == 30
    # Of the cases both have, the first run got 10 to 29 right, the second 10 to 39.
    assert (found.figures[0].first, found.figures[0].second) == (pytest.approx(2 / 3), 1.0)
    assert "10 only in the first run" in render_comparison(found)


def test_figures_of_one_run_alone_are_listed_by_name() -> None:
    found = compare(
        run(hits(20), hits(9, name="s.gone")), run(hits(20), hits(9, name="s.new"), hits(9, name="s.newer"))
    )

    assert [(one.suite, one.first, one.second) for one in found.only_figures] == [
        ("s", ["s.gone"], ["s.new", "s.newer"])
    ]
    text = render_comparison(found)
    assert "- s, only in the first run: s.gone" in text
    assert "- s, only in the second run: s.new, s.newer" in text
    assert "Figures of one run" not in render_comparison(compare(run(hits(20)), run(hits(20))))


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (run(hits(9), version=2), "version went from 1 to 2"),
        (run(hits(9), manifest={"suite_data": {"s": "d2"}}), "data changed from d1 to d2"),
        (run(hits(9), manifest={}), "does not say"),
        (run(error="store_full: no room"), "no room"),
        (run(hits(9, name="t.hit"), name="t"), "only the first run has it"),
    ],
    ids=["version", "data", "manifest", "error", "absent"],
)
def test_an_unlike_suite_is_refused_with_the_reason(second: RunFile, reason: str) -> None:
    found = compare(run(hits(20)), second)

    assert found.figures == []
    assert reason in found.refused["s"]
    assert reason in render_comparison(found)


def test_counts_and_unscored_figures_are_shown_and_never_called() -> None:
    found = compare(run(count("s.n", 3, 5), hits(3)), run(count("s.n", 9, 5), unscored("s.hit", "absent")))

    assert outcomes(found) == {"s.n": "untested", "s.hit": "untested"}
    assert [figure.reason for figure in found.figures] == ["no cases are kept for it", "absent"]
    assert "| s.n | 3.000 | 9.000 | +6 |" in render_comparison(found, everything=True)


def test_one_cluster_is_no_proof() -> None:
    together = [EvalCase(f"c{at}", "pair") for at in range(40)]
    first, second = (share_of("s.hit", [right] * 40, together) for right in (False, True))

    assert outcomes(compare(run(first), run(second))) == {"s.hit": "inside"}
