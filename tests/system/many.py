"""Runs many commands one after the other in one process: a list of arguments a line in, an outcome a line out, as JSON.

Starting costs time, and breadth needs dozens of commands. What a process is to others has tests that start one each.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys

from copilot.cli import main as commands


def run(arguments: list[str]) -> tuple[int, str, str]:
    """Return exit code, standard output and standard error of one command."""
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["community-copilot", *arguments]
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            commands.main()
        except SystemExit as ended:
            code = ended.code
    return int(str(code or 0)), out.getvalue(), err.getvalue()


def main() -> None:
    """Run what standard input asks for."""
    answers = sys.stdout
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)
