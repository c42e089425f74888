"""Suites in several processes at a time. Each has worlds of its own, the runs come back in the order of the suites.

What a suite finds does not depend on which process runs it, nor on what ran there before. A process that dies fails the
suite it was at; another one takes its place.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path

from copilot.settings import LlmSettings
from eval.scores import SuiteRun
from eval.suite import Done, Progress, Suite, run_suite
from eval.world import Worlds

# A new interpreter: a copy of this one would share what libraries keep in threads.
_CONTEXT = get_context("spawn")
_ENDING_SECONDS = 10


@dataclass(frozen=True)
class Bench:
    """What every process makes its worlds from: see `Worlds`."""

    folder: Path
    llm: LlmSettings | None = None
    llm_cases: int | None = None


class _Worker:
    """One process, the suite it is at, and those of the same group that it takes next."""

    def __init__(self, bench: Bench, folder: Path, waiting: Sequence[Suite] = ()) -> None:
        self._bench, self._folder = bench, folder
        self.connection, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_work, args=(theirs, bench, folder), daemon=True)
        # Whoever stops the run by hand stops its first process, which ends the others: they take it as nothing, from their
        # first import on.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
        self.waiting = list(waiting)
        self.at: Suite | None = None
        self.is_lost = False

    def begin(self) -> Suite:
        """Give the process the next suite that waits for it."""
        self.at = self.waiting.pop(0)
        with suppress(OSError):  # a process that is no more is found out when it is asked
            self.connection.send(self.at)
        return self.at

    def result(self, suite: Suite) -> SuiteRun:
        """Return what the suite found, or that the process died over it."""
        self.at = None
        try:
            found: SuiteRun = self.connection.recv()
        except (EOFError, OSError):
            self.is_lost = True
            self._process.join(_ENDING_SECONDS)
            error = f"process_lost: it ended with exit code {self._process.exitcode}"
            return SuiteRun(
                name=suite.name, version=suite.version, seconds=0, cpu_seconds=0, figures=[], error=error, about=suite.about
            )  # fmt: skip
        return found

    def successor(self) -> _Worker:
        """Return a new process that takes what still waits for this one."""
        self.end()
        return _Worker(self._bench, self._folder.with_name(f"{self._folder.name}-again"), self.waiting)

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._process.terminate()
        self._process.join(_ENDING_SECONDS)
        self.connection.close()


def run_side_by_side(
    suites: Sequence[Suite],
    bench: Bench,
    jobs: int,
    on_progress: Progress | None = None,
    on_done: Done | None = None,
) -> list[SuiteRun]:
    """Run suites in `jobs` processes; one that fails, or whose process dies, does not take the others along.

    `on_done` is told each suite as soon as it is over.
    """
    groups = together(suites)
    workers = [_Worker(bench, bench.folder / f"process-{number}") for number in range(min(jobs, len(groups)))]
    runs: dict[str, SuiteRun] = {}
    begun = 0
    try:
        while len(runs) < len(suites):
            for worker in workers:
                if worker.at is None and not worker.waiting and groups:
                    worker.waiting = groups.pop(0)
                if worker.at is None and worker.waiting:
                    suite = worker.begin()
                    if on_progress is not None:
                        on_progress(suite.name, begun, len(suites))
                    begun += 1
            for run in _results(workers):
                runs[run.name] = run
                if on_done is not None:
                    on_done(run)
    finally:
        for worker in workers:
            worker.end()
    return [runs[suite.name] for suite in suites]


def _results(workers: list[_Worker]) -> list[SuiteRun]:
    """Wait until a process is done with a suite; whoever was lost over it is replaced in `workers`."""
    ready = wait([worker.connection for worker in workers if worker.at is not None])
    found = []
    for number, worker in enumerate(workers):
        if worker.at is not None and worker.connection in ready:
            found.append(worker.result(worker.at))
            if worker.is_lost:
                workers[number] = worker.successor()
    return found


def together(suites: Sequence[Suite]) -> list[list[Suite]]:
    """Return the suites in groups that share something dear, in the order of each group's first suite."""
    groups: dict[str, list[Suite]] = {}
    for suite in suites:
        groups.setdefault(suite.shares or f"={suite.name}", []).append(suite)
    return list(groups.values())


def _work(connection: Connection, bench: Bench, folder: Path) -> None:
    folder.mkdir()
    worlds = Worlds(folder, bench.llm, bench.llm_cases, copies=bench.folder)
    while True:
        try:
            suite: Suite = connection.recv()
        except EOFError:
            return
        connection.send(run_suite(suite, worlds))
