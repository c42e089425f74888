"""Baselines: accepted only from a clean tree that passes its gates, cut down to what later runs are held against."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.errors import Conflict, InvalidInput
from eval.baseline import CURRENT, cut_down, read_baseline, update_baseline
from eval.cases import EvalCase
from eval.catalogue import SUITES
from eval.gates import Gate, read_gates
from eval.scores import RunFile, SuiteRun, gathered, share_of, unscored

GATES = {"s.a": Gate(floor=0.5, measured=0.6)}
CASES = [EvalCase(f"c{at}", slices={"language": "zh"}) for at in range(10)]


def run(right: int, *, dirty: bool = False) -> RunFile:
    figures, rows = gathered([
        share_of(name, [at < right for at in range(10)], CASES) for name in ("s.a", "s.other")
    ])  # fmt: skip
    suite = SuiteRun(
        name="s", version=1, seconds=1, cpu_seconds=1, figures=figures, cases=rows, worst=[{"text": "of a member"}]
    )
    return RunFile(manifest={"commit": "abc", "dirty": dirty, "suite_data": {"s": "d"}}, suites=[suite])


def test_a_baseline_holds_figures_and_the_cases_of_gated_ones_without_texts(tmp_path: Path) -> None:
    update_baseline(run(8), GATES, tmp_path / "current.json")
    kept = read_baseline(tmp_path / "current.json")

    assert kept is not None
    assert set(kept.figures()) == {"s.a", "s.other"}
    assert {column for row in kept.suites[0].cases for column in row.scores} == {"a"}
    assert kept.figures()["s.other"].basis is None
    assert kept.suites[0].worst == []
    assert kept.suites[0].cases[0].slices == {}


def test_every_baseline_adds_a_line_of_history(tmp_path: Path) -> None:
    for right in (7, 8):
        update_baseline(run(right), GATES, tmp_path / "current.json")
    lines = [json.loads(line) for line in (tmp_path / "history.jsonl").read_text("utf-8").splitlines()]

    assert [line["figures"]["s.a"][0] for line in lines] == [0.7, 0.8]
    assert lines[0]["commit"] == "abc"


def test_a_dirty_tree_is_refused_unless_allowed(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match="uncommitted"):
        update_baseline(run(8, dirty=True), GATES, tmp_path / "current.json")
    assert list(tmp_path.iterdir()) == []

    update_baseline(run(8, dirty=True), GATES, tmp_path / "current.json", allow_dirty=True)
    assert (tmp_path / "current.json").is_file()


def test_a_failed_gate_is_refused_whatever_is_allowed(tmp_path: Path) -> None:
    with pytest.raises(Conflict, match=r"1 gates fail: s\.a"):
        update_baseline(run(4), GATES, tmp_path / "current.json", allow_dirty=True, accept_drop=True)


def test_a_fall_below_the_old_baseline_must_be_meant(tmp_path: Path) -> None:
    path = tmp_path / "current.json"
    update_baseline(run(9), GATES, path)
    with pytest.raises(Conflict, match="figures fell"):
        update_baseline(run(6), GATES, path)

    update_baseline(run(6), GATES, path, accept_drop=True)
    kept = read_baseline(path)
    assert kept is not None
    assert kept.figures()["s.a"].value == 0.6


def test_figures_of_data_that_is_not_here_are_kept_from_the_old_baseline(tmp_path: Path) -> None:
    path, optional = tmp_path / "current.json", {"s.a": Gate(floor=0.5, measured=0.6, optional=True)}
    update_baseline(run(8), optional, path)
    suite = run(8).suites[0]
    absent = suite.model_copy(update={"figures": [unscored("s.a", "not here"), unscored("s.other", "no cases")]})
    update_baseline(RunFile(manifest=run(8).manifest, suites=[absent]), optional, path)
    kept = read_baseline(path)

    assert kept is not None
    assert (kept.figures()["s.a"].value, kept.figures()["s.a"].basis) == (0.8, None)
    # Nobody promised that this one may be absent.
    assert kept.figures()["s.other"].value is None


def test_figures_of_another_version_are_not_kept(tmp_path: Path) -> None:
    path, optional = tmp_path / "current.json", {"s.a": Gate(floor=0.5, measured=0.6, optional=True)}
    update_baseline(run(8), optional, path)
    absent = run(8).suites[0].model_copy(update={"version": 2, "figures": [unscored("s.a", "not here")]})
    update_baseline(RunFile(manifest=run(8).manifest, suites=[absent]), optional, path)
    kept = read_baseline(path)

    assert kept is not None
    assert kept.figures()["s.a"].unscored == "not here"


def test_no_baseline_is_none_and_a_wrong_one_is_refused(tmp_path: Path) -> None:
    assert read_baseline(tmp_path / "none.json") is None
    (tmp_path / "wrong.json").write_text("{}", "utf-8")
    with pytest.raises(InvalidInput):
        read_baseline(tmp_path / "wrong.json")


def test_a_baseline_cut_twice_is_the_same() -> None:
    once = cut_down(run(8), GATES)

    assert cut_down(once, GATES) == once


def test_the_committed_baseline_is_of_known_suites_passes_its_gates_and_holds_no_texts() -> None:
    kept = read_baseline()

    assert kept is not None
    assert {suite.name for suite in kept.suites} <= set(SUITES)
    figures, gates = kept.figures(), read_gates()
    failing = [
        name for name, gate in gates.items()
        if name in figures and (value := figures[name].value) is not None and not gate.allows(value)
    ]  # fmt: skip
    assert failing == []
    assert all(suite.worst == [] for suite in kept.suites)
    assert CURRENT.stat().st_size < 800_000
