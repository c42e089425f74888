"""How far a run is: a bar on a terminal, plain lines elsewhere, where a bar would fill the log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from eval.scores import SuiteRun
from eval.suite import Progress as Starting


@contextmanager
def shown(total: int) -> Iterator[tuple[Starting, Callable[[SuiteRun], None]]]:
    """Yield what to call when a suite starts (name, number, of how many) and when it is over."""
    if not sys.stderr.isatty():
        yield _line, lambda _suite: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=total)

        def starting(name: str, _at: int, _total: int) -> None:
            progress.update(task, description=name)

        def over(suite: SuiteRun) -> None:
            progress.console.print(f"{suite.name:<12} {suite.seconds:7.1f} s  {suite.error or 'done'}", highlight=False)
            progress.advance(task)

        yield starting, over


def say(line: str) -> None:
    """Tell whoever sits before it, beside what is printed for others to read on."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _line(name: str, at: int, total: int) -> None:
    say(f"[{at + 1}/{total}] {name} ...")
