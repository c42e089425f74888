"""The table in README.md says what the committed baseline says."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from eval.__main__ import main
from eval.baseline import read_baseline
from eval.marked import with_block
from eval.readme_table import BLOCK, NO_BASELINE, README, Row, drift, read_rows, render_results
from eval.scores import Figure, RunFile, SuiteRun, count, share, unscored

ROWS = [
    Row(
        area="moods",
        figure="F1 {mood.f1}, {mood.right:count}",
        beside="chance {mood.f1_random:value}, {mood.set}",
        weak="n is small, F1 {mood.f1:value}",
    )
]
EMPTY = f"<!-- {BLOCK}:begin -->\n<!-- {BLOCK}:end -->\n"


def run(*figures: Figure) -> RunFile:
    suite = SuiteRun(name="mood", version=1, seconds=1, cpu_seconds=1, figures=list(figures))
    return RunFile(manifest={"commit": "0123456789abcdef"}, suites=[suite])


def a_run(f1: float = 0.5) -> RunFile:
    interval = Figure(name="mood.f1", value=f1, n=10, low=0.25, high=0.754, interval="bootstrap")
    return run(interval, share("mood.right", 7, 10), count("mood.f1_random", 0.0, 3), unscored("mood.set", "not here"))


def test_the_readme_says_what_the_committed_baseline_says() -> None:
    assert drift(read_baseline(), README.read_text("utf-8"), read_rows()) == ""


def test_a_row_holds_value_interval_counts_and_why_there_is_no_figure() -> None:
    table = render_results(a_run(), ROWS).splitlines()

    assert table[0] == "Measured at `0123456789ab`; 95 % intervals in brackets."
    assert table[-1] == "| moods | F1 .500 [.25, .75], 7 of 10 | chance 0, unscored (not here) | n is small, F1 .500 |"


def test_a_figure_that_moved_is_drift_until_it_is_written() -> None:
    old = with_block(EMPTY, BLOCK, render_results(a_run(), ROWS))

    assert drift(a_run(), old, ROWS) == ""
    assert ".500 [.25" in drift(a_run(0.6), old, ROWS)
    assert "lines should be" in drift(a_run(), with_block(old, BLOCK, ""), ROWS)


def test_every_figure_the_baseline_does_not_have_is_named_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"mood\.f1_random, mood\.right, mood\.set"):
        render_results(run(share("mood.f1", 1, 2)), ROWS)


def test_without_a_baseline_the_table_says_so() -> None:
    assert render_results(None, ROWS) == NO_BASELINE


def test_the_command_writes_and_then_finds_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(EMPTY, "utf-8")
    told = ["--readme", str(readme)]

    assert main(["readme", *told]) == 1
    assert "renews them" in capsys.readouterr().err
    assert main(["readme", "--write", *told]) == 0
    assert main(["readme", "--check", *told]) == 0


def test_rows_that_are_no_rows_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.toml"
    path.write_text('[[row]]\narea = "x"\n', "utf-8")

    with pytest.raises(InvalidInput, match=r"rows\.toml"):
        read_rows(path)
