"""Several processes find what one finds, in the same order; one that dies takes nobody along."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from eval.sample_copies import State
from eval.scores import SuiteRun, count
from eval.side_by_side import Bench, run_side_by_side, together
from eval.suite import Findings, Suite, run_suites
from eval.suites import profiles
from eval.world import Worlds


def counted(worlds: Worlds) -> Findings:
    world = worlds.copy(State.IMPORTED)
    members = len(world.members())
    world.services.close()
    return Findings([count("counted.members", members, members)], [{"members": members}])


def deadly(_worlds: Worlds) -> Findings:
    os._exit(7)


COUNTED = Suite("counted", 1, "", counted, "the same process")
DEADLY = Suite("deadly", 2, "", deadly, "the same process")


def found(runs: list[SuiteRun]) -> list[str]:
    return [run.model_dump_json(exclude={"seconds", "cpu_seconds"}) for run in runs]


def test_suites_that_share_something_dear_stay_together_in_the_order_of_the_first() -> None:
    suites = [Suite(name, 1, "", counted, shares) for name, shares in (("a", "x"), ("b", ""), ("c", "x"), ("d", ""))]

    assert [[suite.name for suite in group] for group in together(suites)] == [["a", "c"], ["b"], ["d"]]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_two_processes_find_byte_for_byte_what_one_finds_though_a_suite_kills_its_own(tmp_path: Path) -> None:
    for name in ("alone", "beside"):
        (tmp_path / name).mkdir()
    worlds = Worlds(tmp_path / "alone")
    alone = run_suites([profiles.SUITE, COUNTED], worlds)
    worlds.close()
    seen: list[str] = []
    suites = [DEADLY, profiles.SUITE, COUNTED]
    lost, *beside = run_side_by_side(suites, Bench(tmp_path / "beside"), 2, lambda name, _at, _of: seen.append(name))

    assert found(beside) == found(alone)
    assert beside[0].figures
    assert (lost.name, lost.version, lost.error) == ("deadly", 2, "process_lost: it ended with exit code 7")
    assert sorted(seen) == ["counted", "deadly", "profiles"]
