"""Gates fail on what is worse, on what is missing, and on what cannot be judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from copilot.errors import InvalidInput
from eval.catalogue import SUITES
from eval.gates import Gate, judge, read_gates
from eval.scores import Figure, RunFile, SuiteRun, share, unscored

FLOOR = Gate(floor=0.5, measured=0.6)


def run_of(*figures: Figure, error: str = "") -> RunFile:
    suite = SuiteRun(name="s", version=1, seconds=0.0, cpu_seconds=0.0, figures=list(figures), error=error)
    return RunFile(manifest={}, suites=[suite])


def outcome(gate: Gate, *figures: Figure) -> str:
    return judge(run_of(*figures), {"s.a": gate})[0].outcome


def test_a_value_on_the_bound_passes_and_one_below_fails() -> None:
    assert outcome(FLOOR, share("s.a", 5, 10)) == "passed"
    assert outcome(FLOOR, share("s.a", 4, 10)) == "failed"


def test_a_ceiling_holds_from_above() -> None:
    ceiling = Gate(ceiling=0.0, measured=0.0)

    assert outcome(ceiling, share("s.a", 0, 10, "lower")) == "passed"
    assert outcome(ceiling, share("s.a", 1, 10, "lower")) == "failed"


def test_an_unscored_figure_fails_its_gate_unless_its_data_is_optional() -> None:
    absent = unscored("s.a", "not here")

    assert outcome(FLOOR, absent) == "failed"
    verdict = judge(run_of(absent), {"s.a": FLOOR.model_copy(update={"optional": True})})[0]
    assert (verdict.outcome, verdict.reason) == ("skipped", "not here")


def test_a_figure_that_vanished_fails_even_an_optional_gate() -> None:
    optional = FLOOR.model_copy(update={"optional": True})

    assert outcome(optional, share("s.other", 9, 10)) == "failed"


def test_a_suite_that_could_not_run_fails_its_gates_with_its_reason() -> None:
    verdict = judge(run_of(error="store_full: the disk is full"), {"s.a": FLOOR})[0]

    assert (verdict.outcome, verdict.reason) == ("failed", "store_full: the disk is full")


def test_a_suite_that_did_not_run_fails_unless_others_were_asked_for() -> None:
    gates = {"t.a": FLOOR, "s.a": FLOOR}
    run = run_of(share("s.a", 9, 10))

    assert [verdict.outcome for verdict in judge(run, gates)] == ["failed", "passed"]
    assert [verdict.name for verdict in judge(run, gates, ["s"])] == ["s.a"]


@pytest.mark.parametrize(
    "values", [{"measured": 0.5}, {"floor": 0.1, "ceiling": 0.2, "measured": 0.15}, {"floor": 0.7, "measured": 0.6}]
)
def test_a_gate_has_one_bound_that_lets_the_measured_value_through(values: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Gate.model_validate(values)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no gates"),
        ("[broken", "cannot be read"),
        ('["s.a"]\nfloor = 0.5\nmeasured = 0.6\nflor = 1', "s.a"),
        ('["s.a"]\nfloor = 0.9\nmeasured = 0.6', "let through"),
        ("s = 3", "s: "),
    ],
)
def test_a_wrong_gates_file_is_refused_in_words(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInput, match=message):
        read_gates(path)


def test_the_committed_gates_are_valid_and_name_known_suites() -> None:
    assert {name.partition(".")[0] for name in read_gates()} <= set(SUITES)


SAME_DATA = {"suite_data": {"s": "d1"}}


def beside(gate: Gate, value: float, baseline: float | None, **changes: object) -> tuple[str, str, str]:
    """Return outcome, reason and why there is no baseline, of a run beside a baseline of 100 cases."""

    def made(share_right: float, **more: object) -> RunFile:
        run = run_of(share("s.a", round(share_right * 100), 100, "lower" if gate.ceiling is not None else "higher"))
        return run.model_copy(update={"manifest": SAME_DATA, **more})

    known = made(baseline, **changes) if baseline is not None else None
    verdict = judge(made(value), {"s.a": gate}, baseline=known)[0]
    return verdict.outcome, verdict.reason, verdict.without_baseline


@pytest.mark.parametrize(
    ("gate", "value", "baseline", "expected"),
    [
        # The bound's own slack is .1: from .9 it may fall to .8, though the floor is far below.
        (FLOOR, 0.8, 0.9, "passed"),
        (FLOOR, 0.79, 0.9, "failed"),
        (FLOOR, 0.95, 0.9, "passed"),
        (Gate(floor=0.5, measured=0.6, drop=0.02), 0.87, 0.9, "failed"),
        (Gate(floor=0.5, measured=0.6, drop=0.02), 0.88, 0.9, "passed"),
        (Gate(ceiling=0.3, measured=0.25), 0.21, 0.15, "failed"),
        (Gate(ceiling=0.3, measured=0.25), 0.2, 0.15, "passed"),
        (Gate(ceiling=0.0, measured=0.0), 0.0, 0.0, "passed"),
    ],
)
def test_a_figure_may_fall_below_the_baseline_by_the_slack_and_no_more(
    gate: Gate, value: float, baseline: float, expected: str
) -> None:
    assert beside(gate, value, baseline)[0] == expected


def test_a_fall_is_told_with_what_is_allowed() -> None:
    assert beside(FLOOR, 0.7, 0.9)[1] == "0.2 worse than the baseline's 0.9; 0.1 is allowed"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"manifest": {"suite_data": {"s": "d0"}}}, "the baseline was measured on other data"),
        ({"suites": []}, "the baseline has no such figure"),
    ],
)
def test_a_baseline_that_cannot_be_compared_is_shown_and_judges_nothing(changes: dict[str, object], why: str) -> None:
    assert beside(FLOOR, 0.55, 0.9, **changes) == ("passed", "", why)


def test_a_missing_baseline_is_shown() -> None:
    assert beside(FLOOR, 0.55, None) == ("passed", "", "there is no baseline")


def test_a_baseline_of_another_version_judges_nothing() -> None:
    older = run_of(share("s.a", 9, 10))
    older = older.model_copy(update={"suites": [older.suites[0].model_copy(update={"version": 2})]})
    verdict = judge(run_of(share("s.a", 6, 10)), {"s.a": FLOOR}, baseline=older)[0]

    assert verdict.outcome == "passed"
    assert "version 2 of the suite" in verdict.without_baseline


def test_a_negative_drop_is_no_gate() -> None:
    with pytest.raises(ValidationError):
        Gate.model_validate({"floor": 0.5, "measured": 0.6, "drop": -0.1})
