"""A stopped run goes on only where nothing that decides its figures has changed, and says why where something has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from eval.resume import Unfinished
from eval.scores import SuiteRun, share

MANIFEST: dict[str, Any] = {
    "started_at": "now", "commit": "abc", "suites": ["s", "t"], "hashes": {"code": "1"}, "datasets": {}, "external": {},
    "settings": {}, "seeds": {}, "packages": {}, "machine": {},
}  # fmt: skip
VERSIONS = {"s": 1, "t": 1}


def suite(name: str, version: int = 1, error: str = "") -> SuiteRun:
    return SuiteRun(
        name=name, version=version, seconds=1, cpu_seconds=1, figures=[share(f"{name}.a", 1, 2)], error=error
    )


def stopped(out: Path, *suites: SuiteRun) -> None:
    first = Unfinished(MANIFEST, out)
    for one in suites:
        first.keep(one)


def test_finished_suites_are_taken_over_and_the_rest_run(tmp_path: Path) -> None:
    out = tmp_path / "run.json"
    stopped(out, suite("s"))
    later = Unfinished(MANIFEST | {"started_at": "later", "commit": "def"}, out)

    assert later.take_up(VERSIONS) == (["s"], "")
    later.keep(suite("t"))
    assert [one.name for one in later.finished(["s", "t"])] == ["s", "t"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("part", ["hashes", "settings", "packages", "machine", "external", "datasets", "seeds"])
def test_whatever_changed_is_named_and_all_runs_again(tmp_path: Path, part: str) -> None:
    stopped(tmp_path / "run.json", suite("s"))
    changed = Unfinished(MANIFEST | {part: {"other": "2"}}, tmp_path / "run.json")

    assert changed.take_up(VERSIONS) == ([], f"the stopped run differs in {part}")


@pytest.mark.parametrize(
    "finished", [suite("s", version=2), suite("s", error="gone: x"), suite("other")], ids=["version", "error", "other"]
)
def test_a_suite_of_another_version_or_with_an_error_runs_again(tmp_path: Path, finished: SuiteRun) -> None:
    stopped(tmp_path / "run.json", finished)
    names, why = Unfinished(MANIFEST, tmp_path / "run.json").take_up(VERSIONS)

    assert names == []
    assert "finished none" in why


def test_without_a_stopped_run_it_says_so(tmp_path: Path) -> None:
    assert Unfinished(MANIFEST, tmp_path / "run.json").take_up(VERSIONS) == ([], "there is no stopped run")


def test_a_broken_remainder_is_told_and_not_used(tmp_path: Path) -> None:
    (tmp_path / "run.unfinished.json").write_text("{", "utf-8")
    names, why = Unfinished(MANIFEST, tmp_path / "run.json").take_up(VERSIONS)

    assert names == []
    assert "no run file" in why
