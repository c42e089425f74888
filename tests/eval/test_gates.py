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
