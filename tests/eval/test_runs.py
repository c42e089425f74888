"""Run files are written whole and refused in words when they are not what they should be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.errors import InvalidInput
from eval.runs import read_run, write_run
from eval.scores import RunFile, SuiteRun, share


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    suite = SuiteRun(name="s", version=1, seconds=0.0, cpu_seconds=0.0, figures=[share("s.a", 1, 3)])
    run = RunFile(manifest={"commit": "x"}, suites=[suite])
    write_run(run, tmp_path / "new" / "run.json")

    assert read_run(tmp_path / "new" / "run.json") == run
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no run"),
        (b"{", "is no run file"),
        (b'{"manifest": {}, "suites": [{"name": "s"}]}', "suites.0.version"),
        (b"\xff\xfe", "cannot be read"),
        (b"[]", "is no run file: Input should be"),
        (b'{"schema_version": 4, "manifest": {}, "suites": []}', "of version 4; this checkout reads run files up to"),
        (b'{"schema_version": "x", "manifest": {}, "suites": []}', "schema_version"),
        (b'{"manifest": {"cores": NaN}, "suites": []}', "no JSON"),
        (b'{"manifest": {}, "suites": [], "figures": []}', "figures: Extra inputs"),
        (b"[" * 100_000, "no JSON: recursion"),
    ],
    ids=[
        "absent",
        "half a JSON",
        "fields missing",
        "no UTF-8",
        "a list",
        "a later version",
        "no version",
        "not a number",
        "unknown fields",
        "too deep",
    ],
)
def test_a_wrong_run_file_is_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(InvalidInput, match=message):
        read_run(path)


def test_a_suite_that_stands_in_a_run_twice_is_refused(tmp_path: Path) -> None:
    suite = {"name": "s", "version": 1, "seconds": 0, "cpu_seconds": 0, "figures": []}
    (tmp_path / "run.json").write_text(json.dumps({"manifest": {}, "suites": [suite, suite]}), "utf-8")

    with pytest.raises(InvalidInput, match="s stands in it twice"):
        read_run(tmp_path / "run.json")


def test_runs_of_earlier_versions_are_read(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"schema_version": 1, "manifest": {}, "suites": []}', "utf-8")

    assert read_run(tmp_path / "run.json").suites == []
