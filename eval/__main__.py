"""`python -m eval run | gate | compare | update-baseline | report | judge | list | bench`: the evaluation from the command line.

Exit code 0: done, or every gate held. 1: a gate failed, a suite could not run, or a figure is worse (if asked to say so). 2: the command itself was wrong.
130: stopped by hand.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

# One thread per engine, before any is loaded: the suites are timed, and two threads on two shared cores are slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from copilot.errors import CopilotError, InvalidInput
from eval import endpoint_options
from eval.baseline import CURRENT, HISTORY, read_baseline, update_baseline
from eval.catalogue import COMMUNITY, COMMUNITY_ABOUT, NAMES, SUITES, choose, choose_names
from eval.compare import compare
from eval.comparison_table import render_comparison
from eval.gates import BARS_FILE, GATES_FILE, judge, read_gates
from eval.judge import options as judge_options
from eval.manifest import git
from eval.marked import write_block
from eval.page import Past, read_history, render_page
from eval.progress import say
from eval.readme_table import BLOCK as RESULTS_BLOCK
from eval.readme_table import README, drift, read_rows, render_results
from eval.report import render_run, render_verdicts
from eval.runs import LATEST, read_run, write_whole
from eval.scores import RunFile
from eval.suite import Suite

# More would mostly make the sample's vectors again, each by itself.
_MOST_JOBS = 8
_USUAL_JOBS = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except CopilotError as error:
        say(f"error: {error.message}")
        return 2
    except KeyboardInterrupt:
        say("stopped; `python -m eval run --resume` goes on with what is missing")
        return 130


def _run(options: argparse.Namespace) -> int:
    jobs = options.jobs if options.jobs is not None else min(_USUAL_JOBS, os.cpu_count() or 1)
    if not 1 <= jobs <= _MOST_JOBS:
        raise InvalidInput(f"--jobs is between 1 and {_MOST_JOBS}", field="jobs")
    if options.cases_from is None:
        if COMMUNITY in options.suite:
            raise InvalidInput(
                f"the suite {COMMUNITY} measures cases of your own; name their folder with --cases-from "
                "(`community-copilot export eval-cases FOLDER` writes one)",
                field="suite",
            )
        return _evaluate(choose(options.suite), options, options.out or LATEST, GATES_FILE, jobs)
    from eval.suites import community  # reads messages with the installed models

    suites = choose(options.suite, {**SUITES, COMMUNITY: community.suite(options.cases_from)})
    return _evaluate(suites, options, options.out or LATEST.with_name("community.json"), GATES_FILE, jobs)


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
    return _evaluate(choose(options.suite, known), options, options.out or LATEST.with_name("bench.json"), BARS_FILE, 1)


def _evaluate(suites: list[Suite], options: argparse.Namespace, out: Path, gates: Path, jobs: int) -> int:
    from eval.running import Way, run_all  # loads the services that are measured

    exported = getattr(options, "cases_from", None)
    way = Way(out, gates, jobs, endpoint_options.read(options), options.cases, options.resume, exported)
    return 1 if any(suite.error for suite in run_all(suites, way).suites) else 0


def _gate(options: argparse.Namespace) -> int:
    run = read_run(options.run)
    commit = git("rev-parse", "HEAD")
    if run.manifest.get("commit") != commit:
        say(f"note: this run is of commit {str(run.manifest.get('commit'))[:12]}, the checkout is at {commit[:12]}")
    suites = choose_names(options.suite) if options.suite else None
    verdicts = judge(run, read_gates(options.gates), suites, _named_baseline(options))
    sys.stdout.write(render_verdicts(verdicts) + "\n")
    return 1 if any(verdict.outcome == "failed" for verdict in verdicts) else 0


def _named_baseline(options: argparse.Namespace) -> RunFile | None:
    """Return the baseline that was named, which must be there, or the committed one, which need not."""
    return read_baseline() if options.baseline is None else read_run(options.baseline)


def _compare(options: argparse.Namespace) -> int:
    first, second = read_run(options.first), read_run(options.second)
    found = compare(first, second, read_gates())
    if options.json:
        sys.stdout.write(found.model_dump_json(indent=1) + "\n")
    else:
        sys.stdout.write(render_comparison(found, everything=options.all) + "\n")
    return 1 if options.fail_on_worse and found.named("worse") else 0


def _update_baseline(options: argparse.Namespace) -> int:
    verdicts = update_baseline(
        read_run(options.run), read_gates(), options.baseline or CURRENT,
        allow_dirty=options.allow_dirty, accept_drop=options.accept_drop,
    )  # fmt: skip
    skipped = [verdict.name for verdict in verdicts if verdict.outcome == "skipped"]
    say(f"{(options.baseline or CURRENT).name} is this run now: {len(verdicts) - len(skipped)} gated figures")
    if skipped:
        say(f"unscored, and so without a baseline: {', '.join(skipped)}")
    return 0


def _report(options: argparse.Namespace) -> int:
    run = read_run(options.run)
    if options.html is None:
        sys.stdout.write(render_run(run) + "\n")
        return 0
    path = options.baseline or CURRENT
    past = Past(_named_baseline(options), read_history(path.with_name(HISTORY.name)))
    # Older runs do not say what their suites are; to ask those takes every library they measure with.
    abouts = {one.name: SUITES[one.name].about for one in run.suites if not one.about and one.name in NAMES}
    write_whole(options.html, render_page(run, read_gates(options.gates), past, abouts))
    say(f"wrote {options.html}")
    return 0


def _planted(options: argparse.Namespace) -> int:
    from eval.planted.catalogue import judge_all, planted_of  # loads every suite and the models they score with
    from eval.planted.plot import Ground
    from eval.planted.table import BLOCK, TABLE_FILE, render_outcomes, render_table
    from eval.world import Worlds

    if options.write and options.suite:
        raise InvalidInput("--write is of all suites: leave --suite out", field="write")
    chosen = planted_of(options.suite)
    with tempfile.TemporaryDirectory(prefix="copilot-eval-") as folder:
        worlds = Worlds(Path(folder))
        ground = Ground(worlds)
        try:
            outcomes = judge_all(chosen, ground, lambda name, at, total: say(f"[{at + 1}/{total}] {name} ..."))
        finally:
            ground.close()
            worlds.close()
    sys.stdout.write(render_outcomes(outcomes) + "\n")
    if options.write:
        write_block(TABLE_FILE, BLOCK, render_table(outcomes))
    return 0 if all(one.is_caught for one in outcomes) else 1


def _readme(options: argparse.Namespace) -> int:
    baseline, rows = _named_baseline(options), read_rows()
    if options.write:
        changed = write_block(options.readme, RESULTS_BLOCK, render_results(baseline, rows))
        say(f"{options.readme.name} {'renewed' if changed else 'says it already'}")
        return 0
    problem = drift(baseline, options.readme.read_text("utf-8"), rows)
    if problem:
        say(problem)
    return 1 if problem else 0


def _judge(options: argparse.Namespace) -> int:
    from eval.judge import command  # the other commands ask no model

    return command.run(options)


def _list(options: argparse.Namespace) -> int:
    if options.sets:
        from eval import external  # the other commands that read no case take none of it

        sys.stdout.write("\n".join([f"public sets are looked for in {external.folder()}", *external.told()]) + "\n")
        return 0
    gates = read_gates()
    for name, suite in SUITES.items():
        gated = sum(gate.partition(".")[0] == name for gate in gates)
        sys.stdout.write(f"{name:<12} version {suite.version}, {gated} gates: {suite.about}\n")
    sys.stdout.write(f"{COMMUNITY:<12} no gates, only with --cases-from FOLDER: {COMMUNITY_ABOUT}\n")
    return 0


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
        command.add_argument("--resume", action="store_true", help="go on after the suites a stopped run had finished")
        command.add_argument("--out", type=Path, help="where the run file goes")
        endpoint_options.add_to(command, "how many cases the parts that use a model take; all without it")
    run.add_argument(
        "--cases-from", type=Path, help="folder of `community-copilot export eval-cases`: adds the suite community"
    )
    run.add_argument("--jobs", type=int, help="suites that run at a time; two where there are as many processors")
    gate = commands.add_parser("gate", help="hold a run against gates.toml")
    gate.add_argument("--suite", action="append", default=[], help="only its gates; may be repeated")
    gate.add_argument("--gates", type=Path, default=GATES_FILE)
    differ = commands.add_parser("compare", help="hold two runs against each other, case by case")
    differ.add_argument("first", type=Path, help="run file to compare with")
    differ.add_argument(
        "second", type=Path, nargs="?", default=LATEST, help="run file to judge; the last one without it"
    )
    differ.add_argument("--fail-on-worse", action="store_true", help="exit 1 when a figure is worse beyond chance")
    differ.add_argument("--all", action="store_true", help="also what is inside the interval and what is not tested")
    differ.add_argument("--json", action="store_true", help="as JSON")
    renew = commands.add_parser("update-baseline", help="make a run the one that later ones are held against")
    renew.add_argument("--allow-dirty", action="store_true", help="although the tree had uncommitted changes")
    renew.add_argument("--accept-drop", action="store_true", help="although figures fell below the old baseline")
    report = commands.add_parser("report", help="print a run again, or make a page of it")
    report.add_argument("--html", type=Path, help="write one page that opens from a file instead")
    report.add_argument("--gates", type=Path, default=GATES_FILE)
    readme = commands.add_parser("readme", help="hold the table of results in README.md against the baseline")
    what = readme.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="exit 1 when it says something else; what is done anyway")
    what.add_argument("--write", action="store_true", help="renew it")
    readme.add_argument("--readme", type=Path, default=README)
    for command in (gate, renew, report, readme):
        command.add_argument("--baseline", type=Path, help="another one than the committed")
    for command in (gate, renew, report):
        command.add_argument("--run", type=Path, default=LATEST)
    _add_planted(commands)
    judge_options.add_parser(commands)
    named = commands.add_parser("list", help="name the suites")
    named.add_argument(
        "--sets", action="store_true", help="name the files of the public sets instead, with their checksums"
    )
    return parser


def _add_planted(commands: Any) -> None:
    planted = commands.add_parser("planted", help="worse systems on purpose: each must fail its gate")
    planted.add_argument("--suite", action="append", default=[], help="only what is planted there; may be repeated")
    planted.add_argument("--write", action="store_true", help="renew the table in eval/README.md")


_COMMANDS = {
    "run": _run,
    "bench": _bench,
    "gate": _gate,
    "compare": _compare,
    "update-baseline": _update_baseline,
    "report": _report,
    "planted": _planted,
    "readme": _readme,
    "judge": _judge,
    "list": _list,
}

if __name__ == "__main__":
    sys.exit(main())
