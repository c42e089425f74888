"""What commands print: tables and progress for people, one JSON document for programs (`--json`)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from copilot.cli.backend import Json

out = Console(highlight=False, emoji=False)
err = Console(stderr=True)
_RECORD = re.compile(r"[（(][a-z]{3,6}_[0-9a-z]{20}[）)]")


def print_json(value: Any) -> None:
    """Print one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def table(title: str, columns: list[str], rows: list[list[object]]) -> None:
    """Print a table; every cell is text, never markup."""
    shown = Table(title=escape(title), title_justify="left", header_style="bold")
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    out.print(shown)


def entry(heading: str, lines: Iterable[str]) -> None:
    """Print a heading with lines below it, wrapped to the width of the terminal: for what no column is wide enough."""
    out.print(Text(heading, style="bold"))
    for line in lines:
        text = Text(line)
        text.highlight_regex(_RECORD, "dim")
        out.print(Padding(text, (0, 0, 0, 3)))


def say(text: str) -> None:
    """Print a line for people."""
    out.print(escape(text), soft_wrap=True)


def fail(text: str) -> None:
    """Print an error as one line on standard error."""
    err.print(f"[red]error:[/red] {escape(' '.join(text.split()))}", soft_wrap=True)


@contextmanager
def job_progress() -> Iterator[Callable[[Json], None]]:
    """Yield a callback that shows a job's progress on standard error; silent when that is no terminal."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f} rows"),
        TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("queued", total=None)

        def show(job: Json) -> None:
            stage = {0: "importing", 1: "reading", 2: "indexing"}.get(len(job.get("result") or {}), "finishing")
            text = stage if job["kind"] == "import" else str(job["kind"])
            progress.update(task, description=text, completed=job["done"], total=job["total"])

        yield show


@contextmanager
def progress_line() -> Iterator[Callable[[str], None]]:
    """Yield a callback that shows the current stage on standard error; silent when that is no terminal."""
    with err.status("starting") if err.is_terminal else nullcontext() as status:
        yield lambda stage: status.update(escape(stage)) if status is not None else None
