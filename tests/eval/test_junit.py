"""JUnit: counts add up, reasons are told, and no text breaks the XML."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import fromstring

from eval.gates import Gate, judge
from eval.junit import junit_text, write_junit
from eval.scores import RunFile, SuiteRun, share, unscored

GATES = {
    "s.good": Gate(floor=0.5, measured=0.6),
    "s.bad": Gate(ceiling=0.1, measured=0.0),
    "s.gone": Gate(floor=0.5, measured=0.6, optional=True),
}


def run(error: str = "") -> RunFile:
    figures = [share("s.good", 9, 10), share("s.bad", 9, 10, "lower"), unscored("s.gone", "set <absent> & \x00")]
    suite = SuiteRun(
        name="s", version=1, seconds=1.5, cpu_seconds=1, figures=[] if error else figures, error=error
    )  # fmt: skip
    return RunFile(manifest={"started_at": "2026-11-22T03:00:00+00:00"}, suites=[suite])


def test_every_gate_is_a_test_case_and_the_counts_add_up() -> None:
    root = fromstring(junit_text(run(), judge(run(), GATES)))  # written by ourselves
    (suite,) = root

    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4", "failures": "1", "errors": "0", "skipped": "1",
    }  # fmt: skip
    assert [case.get("name") for case in suite] == ["runs", "s.good", "s.bad", "s.gone"]
    failure = suite[2].find("failure")
    assert failure is not None
    assert failure.get("message") == "0.9, must be <= 0.1"
    skipped = suite[3].find("skipped")
    assert skipped is not None
    assert "set <absent> & \ufffd" in str(skipped.get("message"))


def test_a_suite_that_could_not_run_is_an_error_and_its_gates_fail() -> None:
    broken = run("store_full: no room")
    root = fromstring(junit_text(broken, judge(broken, GATES)))  # written by ourselves

    assert (root.get("errors"), root.get("failures")) == ("1", "3")


def test_it_is_written_whole(tmp_path: Path) -> None:
    write_junit(run(), judge(run(), GATES), tmp_path / "new" / "run.junit.xml")

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["run.junit.xml"]
