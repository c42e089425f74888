"""A whole run: its suites in one process or several, kept as each is over, then the run file, JUnit and the table."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from copilot.eval_cases.models import MANIFEST
from copilot.settings import LlmSettings
from eval.baseline import read_baseline
from eval.catalogue import COMMUNITY
from eval.external import checksum
from eval.gates import judge, read_gates
from eval.junit import write_junit
from eval.manifest import make_manifest
from eval.progress import say
from eval.progress import shown as shown_progress
from eval.report import render_run
from eval.resume import Unfinished
from eval.runs import write_run
from eval.scores import RunFile, SuiteRun
from eval.side_by_side import Bench, run_side_by_side
from eval.suite import Done, Progress, Suite, run_suites
from eval.world import Worlds, shown_settings


@dataclass(frozen=True)
class Way:
    """How a run is made.

    Attributes:
        out: where the run file goes; what is finished is kept beside it until all is.
        gates: they are judged in the JUnit file beside it.
        jobs: processes.
        llm: endpoint for the parts that use a model.
        llm_cases: how many cases such a part takes, all without it.
        cases_from: an exported folder whose cases one of the suites measures.
        resume: go on after what a stopped run of the same things had finished.
    """

    out: Path
    gates: Path
    jobs: int = 1
    llm: LlmSettings | None = None
    llm_cases: int | None = None
    resume: bool = False
    cases_from: Path | None = None


def run_all(suites: Sequence[Suite], way: Way) -> RunFile:
    """Run suites, write what was found and print it."""
    shown = {"copilot": shown_settings(way.llm), "endpoint": way.llm is not None, "llm_cases": way.llm_cases}
    names = [suite.name for suite in suites]
    if way.cases_from is not None:
        shown["cases_from"] = checksum(way.cases_from / MANIFEST)
    manifest = make_manifest(shown, names, {COMMUNITY: str(shown["cases_from"])} if way.cases_from is not None else {})
    unfinished = Unfinished(manifest, way.out)
    left = _left(suites, unfinished) if way.resume else list(suites)
    with tempfile.TemporaryDirectory(prefix="copilot-eval-") as folder:
        bench = Bench(Path(folder), way.llm, way.llm_cases)
        with shown_progress(len(left)) as (starting, over):

            def done(suite: SuiteRun) -> None:
                unfinished.keep(suite)
                over(suite)

            if way.jobs > 1 and len(left) > 1:
                run_side_by_side(left, bench, way.jobs, starting, done)
            else:
                _one_by_one(left, bench, starting, done)
    run = RunFile(manifest=manifest, suites=unfinished.finished(names))
    write_run(run, way.out)
    write_junit(run, judge(run, read_gates(way.gates), names, read_baseline()), way.out.with_suffix(".junit.xml"))
    sys.stdout.write(render_run(run) + "\n")
    return run


def _left(suites: Sequence[Suite], unfinished: Unfinished) -> list[Suite]:
    """Return the suites that a stopped run had not finished, and say so, or why it starts again."""
    over, why = unfinished.take_up({suite.name: suite.version for suite in suites})
    say(f"starting from the beginning: {why}" if why else f"going on after {', '.join(over)}")
    return [suite for suite in suites if suite.name not in over]


def _one_by_one(suites: Sequence[Suite], bench: Bench, starting: Progress, done: Done) -> None:
    worlds = Worlds(bench.folder, bench.llm, bench.llm_cases)
    try:
        run_suites(suites, worlds, starting, done)
    finally:
        worlds.close()
