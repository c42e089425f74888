"""`community-copilot read`: any texts in, what the cascade says of them out. Needs no community and stores nothing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from pydantic import ValidationError

from copilot.cli.asking import AsJson, settings
from copilot.cli.output import err, fail, print_json
from copilot.errors import InvalidInput

_BATCH = 256
_MAX_LINE_BYTES = 400_000
_MAX_SHOWN = 50
_MARK = b"\xef\xbb\xbf"


class _Refused(ValueError):
    """A line that cannot be read, and why."""


def read(
    file: Annotated[str, typer.Argument(help="JSONL: one {id, text, context?} a line; - is standard input")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="write the readings there; standard output when left out")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="say what each stage cost and which one settled it")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="n-grams only: several times as fast, less exact")] = False,
    as_json: AsJson = False,
) -> None:
    """Read texts without storing them: one JSON line out for each line in, in the same order.

    Out come id, language, the probabilities offensive, categories, sentiment, distress, solicitation and question,
    labels (yes or no), spans (exact quotes), disguises undone and the stage that settled it; fields are described at
    POST /readings of the API (/docs). A bad line is named on standard error and left out; the exit code is then 1. With -o a summary is
    printed, as JSON with --json.
    """
    # Late: the models take a second to import and load, and no other command needs them.
    from copilot.cli.reading_engine import Engine

    with ExitStack() as stack:
        source = stack.enter_context(_source(file))
        if out is not None and out.exists() and file != "-" and out.samefile(file):
            raise InvalidInput("readings cannot be written over the texts they are of", field="out")
        try:
            sink = stack.enter_context(out.open("wb")) if out is not None else sys.stdout.buffer
        except OSError as error:
            raise InvalidInput(f"{out} cannot be written: {error.strerror}", field="out") from error
        engine = Engine(settings(), fast=fast)
        count, bad = _run(source, sink, engine, explain=explain)
        sink.flush()
    if out is not None:
        summary: dict[str, Any] = {"read": count, "refused": bad, "out": str(out), **engine.summary()}
        if as_json:
            print_json(summary)
        else:
            err.print(f"read {count}, refused {bad}, {summary['cpu_seconds']} s of CPU", highlight=False)
    if bad:
        fail(f"{bad} of {count + bad} lines were not read")
        raise typer.Exit(1)


def _run(source: BinaryIO, sink: BinaryIO, engine: Any, *, explain: bool) -> tuple[int, int]:
    """Return how many lines were read and how many refused; never holds more than one batch."""
    count = bad = 0
    batch: list[tuple[int, Any]] = []

    def write() -> None:
        sink.writelines(_encoded(found) for found in engine.read(batch, explain=explain))
        batch.clear()

    for number, line in _lines(source):
        try:
            batch.append((number, _parsed(line, engine)))
        except _Refused as problem:
            bad += 1
            if bad <= _MAX_SHOWN:
                fail(f"line {number}: {problem}")
            elif bad == _MAX_SHOWN + 1:
                fail("further bad lines are counted only")
            continue
        count += 1
        if len(batch) >= _BATCH:
            write()
    write()
    return count, bad


def _source(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")  # the caller's stack closes it
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}", field="file") from error


def _lines(source: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Yield numbered lines that are not blank; None stands for one that is too long to be held."""
    number = 0
    while line := source.readline(_MAX_LINE_BYTES + 1):
        number += 1
        if len(line) > _MAX_LINE_BYTES and not line.endswith(b"\n"):
            while (rest := source.readline(_MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        line = line.removeprefix(_MARK) if number == 1 else line
        if line.strip():
            yield number, line


def _parsed(line: bytes | None, engine: Any) -> Any:
    if line is None:
        raise _Refused(f"longer than {_MAX_LINE_BYTES:,} bytes")
    try:
        given = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _Refused("not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _Refused("not JSON") from error
    if not isinstance(given, dict):
        raise _Refused("not a JSON object")
    # A test set may bring labels and whatever else: what we do not know of is left alone.
    known = {name: value for name, value in given.items() if name in engine.fields}
    try:
        return engine.text(known)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _Refused(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error


def _encoded(found: dict[str, Any]) -> bytes:
    return (json.dumps(found, ensure_ascii=False) + "\n").encode()
