"""`python -m eval run | gate | report | list | bench`: the evaluation from the command line.

Exit code 0: done, or every gate held. 1: a gate failed or a suite could not run. 2: the command itself was wrong.
130: stopped by hand.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

# One thread per engine, before any is loaded: the suites are timed, and two threads on two shared cores are slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from pydantic import SecretStr, ValidationError

from copilot.errors import CopilotError, InvalidInput
from copilot.settings import LlmSettings
from eval.catalogue import SUITES, choose
from eval.gates import GATES_FILE, judge, read_gates
from eval.manifest import git, make_manifest
from eval.report import render_run, render_verdicts
from eval.runs import LATEST, read_run, write_run
from eval.scores import RunFile, SuiteRun
from eval.side_by_side import Bench, run_side_by_side
from eval.suite import Suite, run_suites
from eval.world import Worlds, shown_settings

KEY_VARIABLE = "COPILOT_EVAL_KEY"
# More would mostly make the sample's vectors again, each by itself.
_MOST_JOBS = 8
_USUAL_JOBS = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except CopilotError as error:
        _say(f"error: {error.message}")
        return 2
    except KeyboardInterrupt:
        _say("stopped; no run file was written")
        return 130


def _run(options: argparse.Namespace) -> int:
    jobs = options.jobs if options.jobs is not None else min(_USUAL_JOBS, os.cpu_count() or 1)
    if not 1 <= jobs <= _MOST_JOBS:
        raise InvalidInput(f"--jobs is between 1 and {_MOST_JOBS}", field="jobs")
    return _evaluate(choose(options.suite), options, options.out or LATEST, jobs)


def _bench(options: argparse.Namespace) -> int:
    from eval import (  # the other commands need none of what they time
        bench,
        engines,
        latency,
        model_overhead,
        reading_rate,
        sync_rate,
    )

    if not all(latency.LEAST <= size <= latency.MOST for size in options.sizes):
        raise InvalidInput(f"--sizes are between {latency.LEAST} and {latency.MOST:,} members", field="sizes")
    timed = latency.suite(latency.Options(tuple(dict.fromkeys(options.sizes or latency.USUAL)), options.keep))
    suites = (bench.SUITE, engines.SUITE, sync_rate.SUITE, reading_rate.SUITE, model_overhead.SUITE, timed)
    known = {suite.name: suite for suite in suites}
    return _evaluate(choose(options.suite, known), options, options.out or LATEST.with_name("bench.json"), 1)


def _evaluate(suites: list[Suite], options: argparse.Namespace, out: Path, jobs: int) -> int:
    llm = _endpoint(options)
    shown = {"copilot": shown_settings(llm), "endpoint": llm is not None, "llm_cases": options.cases}
    manifest = make_manifest(shown, [suite.name for suite in suites])
    with tempfile.TemporaryDirectory(prefix="copilot-eval-") as folder:
        bench = Bench(Path(folder), llm, options.cases)
        if jobs > 1 and len(suites) > 1:
            runs = run_side_by_side(suites, bench, jobs, _tell)
        else:
            runs = _one_by_one(suites, bench)
    run = RunFile(manifest=manifest, suites=runs)
    write_run(run, out)
    sys.stdout.write(render_run(run) + "\n")
    return 1 if any(suite.error for suite in runs) else 0


def _one_by_one(suites: list[Suite], bench: Bench) -> list[SuiteRun]:
    worlds = Worlds(bench.folder, bench.llm, bench.llm_cases)
    try:
        return run_suites(suites, worlds, _tell)
    finally:
        worlds.close()


def _gate(options: argparse.Namespace) -> int:
    run = read_run(options.run)
    commit = git("rev-parse", "HEAD")
    if run.manifest.get("commit") != commit:
        _say(f"note: this run is of commit {str(run.manifest.get('commit'))[:12]}, the checkout is at {commit[:12]}")
    suites = [suite.name for suite in choose(options.suite)] if options.suite else None
    verdicts = judge(run, read_gates(options.gates), suites)
    sys.stdout.write(render_verdicts(verdicts) + "\n")
    return 1 if any(verdict.outcome == "failed" for verdict in verdicts) else 0


def _report(options: argparse.Namespace) -> int:
    sys.stdout.write(render_run(read_run(options.run)) + "\n")
    return 0


def _list(_options: argparse.Namespace) -> int:
    gates = read_gates()
    for name, suite in SUITES.items():
        gated = sum(gate.partition(".")[0] == name for gate in gates)
        sys.stdout.write(f"{name:<12} version {suite.version}, {gated} gates: {suite.about}\n")
    return 0


def _endpoint(options: argparse.Namespace) -> LlmSettings | None:
    if options.cases is not None and options.cases < 1:
        raise InvalidInput("--cases must be at least 1", field="cases")
    if bool(options.endpoint) != bool(options.model):
        raise InvalidInput("--endpoint and --model go together", field="endpoint")
    if not options.endpoint:
        return None
    try:
        return LlmSettings(
            base_url=options.endpoint, model=options.model, timeout_seconds=options.timeout,
            api_key=SecretStr(os.environ.get(KEY_VARIABLE, "")), daily_token_budget=10_000_000,
        )  # fmt: skip
    except ValidationError as error:
        raise InvalidInput(f"--timeout: {error.errors()[0]['msg']}", field="timeout") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Is the copilot good, and did a change help?")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="measure, write a run file and print it")
    bench = commands.add_parser("bench", help="time import, reading, embedding, matching and planning; compare engines")
    bench.add_argument("--sizes", type=int, nargs="+", default=[], help="how many members a match is timed among")
    bench.add_argument(
        "--keep", type=Path, default=LATEST.parent / "crowds", help="folder that keeps the made-up communities"
    )
    for command in (run, bench):
        command.add_argument("--suite", action="append", default=[], help="only this one; may be repeated")
        command.add_argument("--out", type=Path, help="where the run file goes")
        command.add_argument(
            "--endpoint", default="", help="OpenAI-compatible base URL, for the parts that use a model"
        )
        command.add_argument("--model", default="", help="model name at that endpoint")
        command.add_argument("--timeout", type=float, default=300.0, help="seconds per model call")
        command.add_argument("--cases", type=int, help="how many cases the parts that use a model take; all without it")
    run.add_argument("--jobs", type=int, help="suites that run at a time; two where there are as many processors")
    gate = commands.add_parser("gate", help="hold a run against gates.toml")
    gate.add_argument("--suite", action="append", default=[], help="only its gates; may be repeated")
    gate.add_argument("--gates", type=Path, default=GATES_FILE)
    report = commands.add_parser("report", help="print a run again")
    for command in (gate, report):
        command.add_argument("--run", type=Path, default=LATEST)
    commands.add_parser("list", help="name the suites")
    return parser


def _tell(name: str, at: int, total: int) -> None:
    _say(f"[{at + 1}/{total}] {name} ...")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


_COMMANDS = {"run": _run, "bench": _bench, "gate": _gate, "report": _report, "list": _list}

if __name__ == "__main__":
    sys.exit(main())
