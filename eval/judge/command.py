"""`python -m eval judge`: ask a model which drafts it likes, and print how far it can be believed."""

from __future__ import annotations

import argparse
import sys

from copilot.errors import InvalidInput
from eval import endpoint_options
from eval.gates import GATES_FILE, read_gates
from eval.judge.options import NAME
from eval.judge.pairs import PAIRS_FILE, read_pairs, spread
from eval.judge.runs import JudgeOptions, add_to, ask_endpoint, manifest_part
from eval.manifest import make_manifest
from eval.progress import say
from eval.report import render_run
from eval.runs import read_run, write_run
from eval.scores import RunFile

_MOST_TEMPERATURE = 2.0
_SAID_EVERY = 10


def run(options: argparse.Namespace) -> int:
    """Judge, write a run file and print it; 1 when the judge was broken off."""
    settings = endpoint_options.read(options)
    if settings is None:
        raise InvalidInput("a judge needs --endpoint and --model", field="endpoint")
    if not 0.0 <= options.temperature <= _MOST_TEMPERATURE:
        raise InvalidInput(f"--temperature is between 0 and {_MOST_TEMPERATURE:g}", field="temperature")
    if any(gate.startswith(f"{NAME}.") for gate in read_gates(GATES_FILE)):
        raise InvalidInput("a judge informs and never gates: gates.toml must not name its figures", field="gates")
    settings = settings.model_copy(update={"temperature": options.temperature})
    chosen = JudgeOptions(options.repeats, options.ways, tuple(options.prices))
    pairs = spread(read_pairs(options.pairs or PAIRS_FILE), options.cases)
    before = read_run(options.into) if options.into else None
    suite = ask_endpoint(settings, pairs, chosen, _tell)
    part = manifest_part(settings, chosen, pairs)
    alone = RunFile(manifest={**make_manifest({}, [NAME]), NAME: part}, suites=[suite])
    write_run(alone, options.out)
    if before is not None:
        write_run(add_to(before, suite, part), options.into)
    sys.stdout.write(render_run(alone) + "\n")
    return 1 if suite.error else 0


def _tell(done: int, total: int) -> None:
    if done % _SAID_EVERY == 0 or done == total:
        say(f"{done} of {total} answers")
