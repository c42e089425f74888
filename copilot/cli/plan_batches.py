"""Many briefs from a file: one answer a line, an error for its own line alone, ids that are done left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TextIO

from copilot.cli.backend import Backend, Json
from copilot.errors import CopilotError, InvalidInput, said_in

MAX_BRIEFS, MAX_LINE_CHARS, MAX_ID_CHARS = 1_000, 20_000, 100
MAX_OUT_BYTES = 500_000_000


def drafted(asked: Backend, lines: Iterable[str], done: set[str]) -> Iterator[Json]:
    """Yield {"line", "id", "plan"}, or "error" in its place, for each line that is not blank or done.

    Raises:
        InvalidInput: more than 1,000 lines.
    """
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        if number > MAX_BRIEFS:
            raise InvalidInput(f"at most {MAX_BRIEFS:,} briefs are drafted at once", limit=MAX_BRIEFS)
        if not line.strip():
            continue
        brief_id: str | None = None
        try:
            brief_id, brief = read_line(line)
            if brief_id in seen:
                raise InvalidInput(f"the id {brief_id!r} stands twice in the file", field="id")
            seen.add(brief_id)
            if brief_id in done:
                continue
            found = asked.plans.draft(brief)
        except CopilotError as error:
            wrong = {
                "code": error.data.get("code", error.code),
                "message": said_in(error, asked.locale),
                "field": error.data.get("field"),
            }
            yield {"line": number, "id": brief_id, "error": wrong}
        else:
            yield {"line": number, "id": brief_id, "plan": found}


def read_line(line: str) -> tuple[str, str | Json]:
    """Return id and brief of one line.

    Raises:
        InvalidInput: it is not what a line is, or too long.
    """
    if len(line) > MAX_LINE_CHARS:
        raise InvalidInput(f"a line has at most {MAX_LINE_CHARS:,} characters", limit=MAX_LINE_CHARS)
    wrong = InvalidInput('a line is {"id": "1 to 100 characters", "brief": "a sentence" or fields}')
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise wrong from error
    if not isinstance(row, dict) or row.keys() != {"id", "brief"}:
        raise wrong
    brief_id, brief = row["id"], row["brief"]
    if not isinstance(brief_id, str) or not 1 <= len(brief_id) <= MAX_ID_CHARS or not isinstance(brief, str | dict):
        raise wrong
    return brief_id, brief


def ids_done(out: Path | None, made: str = "plan") -> set[str]:
    """Return the ids that have what is `made` from an earlier run; a line that was cut off by a crash counts for nothing."""
    if out is None or not out.exists():
        return set()
    if out.stat().st_size > MAX_OUT_BYTES:
        raise InvalidInput(f"{out} is too large to go on with", field="out", limit=MAX_OUT_BYTES)
    done: set[str] = set()
    with opened(out) as lines:
        for line in lines:
            try:
                row: Any = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and made in row and isinstance(row.get("id"), str):
                done.add(row["id"])
    return done


def append(out: Path, text: str) -> None:
    """Add a line to a file; after one that a crash cut off, on a line of its own."""
    with out.open("a+b") as file:
        if file.tell() > 0:
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                text = "\n" + text
        file.write(text.encode())


def opened(path: Path) -> TextIO:
    """Open a file of lines.

    Raises:
        InvalidInput: it cannot be read.
    """
    try:
        return path.open(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}", field="briefs") from error
