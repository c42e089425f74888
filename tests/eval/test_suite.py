"""Suites run one after the other; one that fails with a named error does not take the others along."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import IndexUnavailable, InvalidInput
from eval.catalogue import SUITES, choose
from eval.scores import share
from eval.suite import WORST, Findings, Suite, run_suites
from eval.world import Worlds


def broken(_worlds: Worlds) -> Findings:
    raise IndexUnavailable("the index is away")


def fine(_worlds: Worlds) -> Findings:
    return Findings([share("fine.a", 1, 2)], [{"case": number} for number in range(WORST + 5)])


def test_a_named_failure_is_reported_and_the_rest_goes_on(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    suites = [Suite("broken", 1, "", broken), Suite("fine", 3, "what it is", fine)]
    runs = run_suites(suites, Worlds(tmp_path), lambda *told: seen.append(told))

    assert [run.error for run in runs] == ["index_unavailable: the index is away", ""]
    assert (runs[1].version, runs[1].about, runs[1].figures[0].value) == (3, "what it is", 0.5)
    assert len(runs[1].worst) == WORST
    assert seen == [("broken", 0, 2), ("fine", 1, 2)]


def test_suites_are_chosen_by_name_in_running_order() -> None:
    assert [suite.name for suite in choose(["moderation", "matching"])] == ["matching", "moderation"]
    assert [suite.name for suite in choose([])] == list(SUITES)


def test_an_unknown_suite_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="no suite nonsense; known are matching"):
        choose(["nonsense"])
