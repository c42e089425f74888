"""Runs and verdicts as people read them."""

from __future__ import annotations

from eval.gates import Gate, Verdict
from eval.report import render_run, render_verdicts
from eval.scores import RunFile, SuiteRun, count, share, unscored


def test_a_run_shows_value_interval_and_n_and_why_a_figure_is_missing() -> None:
    figures = [share("s.a", 8, 10), unscored("s.b", "no data here"), count("s.rate", 1234.5, 7)]
    suite = SuiteRun(name="s", version=2, seconds=3.21, cpu_seconds=3.0, figures=figures)
    text = render_run(RunFile(manifest={"commit": "0123456789abcdef", "dirty": True}, suites=[suite]))

    assert "# Evaluation of 0123456789ab with changes" in text
    assert "| a | 0.800 | 0.490 to 0.943 | 10 |" in text
    assert "| b | unscored | no data here | 0 |" in text
    assert "| rate | 1,234 | counted | 7 |" in text


def test_a_suite_that_could_not_run_says_why() -> None:
    suite = SuiteRun(
        name="s", version=1, seconds=0.0, cpu_seconds=0.0, figures=[], error="store_full: the disk is full"
    )

    assert "could not run: store_full: the disk is full" in render_run(RunFile(manifest={}, suites=[suite]))


def test_failures_come_first_and_are_counted() -> None:
    gate = Gate(floor=0.5, measured=0.6)
    verdicts = [
        Verdict("s.good", gate, "passed", 0.55),
        Verdict("s.gone", gate, "skipped", None, "not here"),
        Verdict("s.bad", gate, "failed", 0.4),
    ]
    lines = render_verdicts(verdicts).splitlines()

    assert lines[2] == "| failed | s.bad | 0.400 | >= 0.5 | 0.6 | none |  |"
    assert lines[-1] == "1 passed, 1 failed, 1 skipped"


def test_gates_without_a_baseline_are_counted_by_reason() -> None:
    gate = Gate(floor=0.5, measured=0.6)
    verdicts = [Verdict(name, gate, "passed", 0.6, without_baseline="there is no baseline") for name in ("s.a", "s.b")]

    assert render_verdicts(verdicts).endswith(
        "2 passed, 0 failed, 0 skipped\n2 without a baseline: there is no baseline"
    )


def test_a_suite_that_was_broken_off_shows_what_it_has() -> None:
    suite = SuiteRun(
        name="judge",
        version=1,
        seconds=1.0,
        cpu_seconds=1.0,
        error="stopped by hand",
        figures=[share("judge.right", 1, 2)],
    )
    shown = render_run(RunFile(manifest={}, suites=[suite]))
    assert "broken off: stopped by hand" in shown
    assert "| right | 0.500 |" in shown
