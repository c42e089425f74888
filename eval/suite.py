"""What a suite is, and running several with time, progress and named failures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copilot.errors import CopilotError
from eval.scores import Figure, SuiteRun, gathered

if TYPE_CHECKING:  # to tell what suites there are takes none of the services they measure
    from eval.world import Worlds

WORST = 20
Progress = Callable[[str, int, int], None]
Done = Callable[[SuiteRun], None]


@dataclass
class Findings:
    """What a suite hands back."""

    figures: list[Figure] = field(default_factory=list)
    worst: list[dict[str, object]] = field(default_factory=list)


@dataclass(frozen=True)
class Suite:
    """A named set of measurements. `version` is raised when older figures stop being comparable.

    Suites that name the same thing in `shares` are run in one process: it is dear to make, and made once in each.
    """

    name: str
    version: int
    about: str
    measure: Callable[[Worlds], Findings]
    shares: str = ""


def run_suites(
    suites: Sequence[Suite], worlds: Worlds, on_progress: Progress | None = None, on_done: Done | None = None
) -> list[SuiteRun]:
    """Run suites one after the other; one that fails with a named error is reported as such, the others go on.

    `on_done` is told each suite as soon as it is over, so that a run that is stopped keeps what it has.
    """
    runs = []
    for at, suite in enumerate(suites):
        if on_progress is not None:
            on_progress(suite.name, at, len(suites))
        runs.append(run_suite(suite, worlds))
        if on_done is not None:
            on_done(runs[-1])
    return runs


def run_suite(suite: Suite, worlds: Worlds) -> SuiteRun:
    """Run one suite; a named error is what it found."""
    wall, cpu = time.perf_counter(), time.process_time()
    findings, error = Findings(), ""
    try:
        findings = suite.measure(worlds)
    except CopilotError as problem:
        error = f"{problem.code}: {problem.message}"
    figures, cases = gathered(findings.figures)
    return SuiteRun(
        name=suite.name,
        version=suite.version,
        seconds=round(time.perf_counter() - wall, 2),
        cpu_seconds=round(time.process_time() - cpu, 2),
        figures=figures,
        worst=findings.worst[:WORST],
        cases=cases,
        error=error,
        about=suite.about,
    )
