"""The command line: exit codes and one readable line per mistake."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval import bench, engines
from eval.__main__ import main
from eval.cases import EvalCase
from eval.runs import write_run
from eval.sample_copies import State
from eval.scores import RunFile, SuiteRun, gathered, share, share_of
from eval.world import Worlds


@pytest.fixture
def run(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    suite = SuiteRun(
        name="events", version=1, seconds=0.0, cpu_seconds=0.0, figures=[share("events.checks_passed", 9, 9)]
    )
    write_run(RunFile(manifest={"commit": "elsewhere"}, suites=[suite]), path)
    return path


def gates(tmp_path: Path, floor: float) -> Path:
    path = tmp_path / "gates.toml"
    path.write_text(f'["events.checks_passed"]\nfloor = {floor}\nmeasured = 2.0\n', encoding="utf-8")
    return path


def test_gates_that_hold_exit_zero(tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--run", str(run), "--gates", str(gates(tmp_path, 0.9))]) == 0

    out, err = capsys.readouterr()
    assert "1 passed, 0 failed, 0 skipped" in out
    assert "this run is of commit elsewhere" in err


def test_a_failed_gate_exits_one(tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--run", str(run), "--gates", str(gates(tmp_path, 1.5))]) == 1
    assert "| failed | events.checks_passed | 1.000 | >= 1.5 |" in capsys.readouterr().out


def test_a_missing_run_exits_two_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gate", "--run", str(tmp_path / "none.json")]) == 2
    assert capsys.readouterr().err.strip() == "error: there is no run none.json; `python -m eval run` makes one"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "--suite", "nonsense"], "no suite nonsense"),
        (
            ["bench", "--suite", "matching"],
            "no suite matching; known are bench, engines, sync, reading_rate, overhead, latency",
        ),
        (["run", "--jobs", "0"], "--jobs is between 1 and 8"),
        (["run", "--suite", "community"], "name their folder with --cases-from"),
        (["run", "--cases-from", "nowhere"], "nowhere holds no export"),
        (["run", "--endpoint", "http://127.0.0.1:1/v1"], "--endpoint and --model go together"),
        (["run", "--endpoint", "http://127.0.0.1:1/v1", "--model", "m", "--timeout", "0"], "--timeout"),
    ],
)
def test_a_wrong_command_exits_two(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_list_names_every_suite_with_its_gates(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert "matching     version 2" in out
    assert "community    no gates, only with --cases-from FOLDER" in out


def test_a_report_prints_a_run_again(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--run", str(run)]) == 0
    assert "| checks_passed | 1.000 |" in capsys.readouterr().out


def runs(tmp_path: Path) -> tuple[str, str]:
    """Write two runs of forty briefs, the second much worse, and return their paths."""
    cases = [EvalCase(f"b{at}") for at in range(40)]
    for name, right in (("before", 36), ("after", 4)):
        figures, rows = gathered([share_of("events.checks_passed", [at < right for at in range(40)], cases)])
        suite = SuiteRun(name="events", version=1, seconds=0, cpu_seconds=0, figures=figures, cases=rows)
        manifest: dict[str, object] = {"dirty": False, "suite_data": {"events": "d"}}
        write_run(RunFile(manifest=manifest, suites=[suite]), tmp_path / f"{name}.json")
    return str(tmp_path / "before.json"), str(tmp_path / "after.json")


def test_a_comparison_exits_zero_and_one_only_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = runs(tmp_path)

    assert main(["compare", before, after]) == 0
    assert "| worse | events.checks_passed | 0.900 | 0.100 | -0.800 |" in capsys.readouterr().out
    assert main(["compare", before, after, "--fail-on-worse"]) == 1
    capsys.readouterr()
    assert main(["compare", after, before, "--fail-on-worse", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["figures"][0]["outcome"] == "better"


def test_a_run_without_all_gated_suites_is_no_baseline(
    tmp_path: Path, run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = tmp_path / "current.json"

    assert main(["update-baseline", "--run", str(run), "--baseline", str(baseline)]) == 2
    assert "gates fail" in capsys.readouterr().err
    assert not baseline.exists()


@pytest.mark.parametrize(
    "arguments", [["gate"], ["report", "--html", "page.html"], ["readme", "--check"]], ids=" ".join
)
def test_a_baseline_that_was_named_and_is_not_there_exits_two(
    tmp_path: Path, run: Path, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    of = ["--run", str(run)] if arguments[0] != "readme" else []

    assert main([*arguments, *of, "--baseline", str(tmp_path / "typo.json")]) == 2
    assert "there is no run typo.json" in capsys.readouterr().err


def test_a_figure_that_fell_below_the_baseline_fails_its_gate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = runs(tmp_path)
    path = tmp_path / "gates.toml"
    path.write_text('["events.checks_passed"]\nfloor = 0.05\nmeasured = 0.1\n', encoding="utf-8")

    assert main(["gate", "--run", after, "--gates", str(path), "--baseline", before]) == 1
    assert "0.8 worse than the baseline's 0.9; 0.05 is allowed" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_run_of_one_suite_writes_a_whole_run_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "profiles.json"

    assert main(["run", "--suite", "profiles", "--out", str(out)]) == 0
    written = json.loads(out.read_text("utf-8"))
    assert [suite["name"] for suite in written["suites"]] == ["profiles"]
    assert "eval.profiles" in out.with_suffix(".junit.xml").read_text("utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profiles.json", "profiles.junit.xml"]
    assert main(["gate", "--run", str(out), "--suite", "profiles"]) == 0
    assert main(["compare", str(out), str(out), "--fail-on-worse"]) == 0
    assert "## profiles" in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_bench_times_everything_users_wait_for(tmp_path: Path) -> None:
    worlds = Worlds(tmp_path)
    # How long a match takes is `test_latency`'s; this one is only there, and need not have vectors.
    worlds.kept("sample", lambda: worlds.copy(State.IMPORTED))
    figures = bench.measure(worlds, rounds=1).figures
    worlds.close()

    assert all(figure.value is not None and figure.value > 0 for figure in figures)
    work = {figure.name.split(".")[1].split("_")[0] for figure in figures}
    assert work == {"import", "read", "embed", "match", "plan"}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_fast_engine_says_what_the_other_says_in_a_fraction_of_the_time(worlds: Worlds) -> None:
    figures = engines.measure(worlds, most=300).figures

    compared = {figure.name.partition(".")[2]: figure.value for figure in figures if figure.value is not None}
    assert compared["speed_ratio"] >= 4.0
    assert compared["cosine_min"] >= 0.995
    assert compared["alone_or_in_batch_difference"] < 1e-6
    assert compared.get("process_peak_mb", 0) < 250
    # Absent where LCQMC is. 150 pairs say little more than that nothing is broken: the bench has a thousand.
    assert abs(compared.get("lcqmc_auc.onnx", 0) - compared.get("lcqmc_auc.wheel", 0)) <= 0.02
