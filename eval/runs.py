"""Run files: where they are kept, writing them whole, reading them back."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import from_json

from copilot.errors import InvalidInput
from eval.case_tables import table_of
from eval.scores import CASE_TABLE, SCHEMA_VERSION, RunFile

FOLDER = Path("var") / "eval"
LATEST = FOLDER / "latest.json"
# Stands for a row until the rest is indented; no text of a run holds it.
_ROW = "\ue000row "


def write_run(run: RunFile, path: Path) -> None:
    """Write a run file, whole or not at all."""
    write_whole(path, run_text(run))


def run_text(run: RunFile, *, by_column: bool = False) -> str:
    """Return a run as JSON: indented, but one line a figure and a case, of which there are thousands.

    With `by_column` the cases of a suite are one table, a line a column: much smaller, and nothing to look for a case in.
    """
    content = run.model_dump(mode="json", exclude_defaults=True) | {"schema_version": SCHEMA_VERSION}
    rows: list[str] = []

    def keep(item: object) -> str:
        rows.append(json.dumps(item, ensure_ascii=False, separators=(",", ":")))
        return f"{_ROW}{len(rows) - 1}"

    for written, suite in zip(content["suites"], run.suites, strict=True):
        cases = written.pop("cases", [])
        written |= {"figures": [keep(figure) for figure in written["figures"]]}
        if cases and by_column:
            table = table_of(suite.cases)
            columns = {
                name: {key: keep(one) for key, one in table.pop(name, {}).items()} for name in ("slices", "scores")
            }
            written[CASE_TABLE] = {name: keep(part) for name, part in table.items()} | columns
        elif cases:
            written["cases"] = [keep(case) for case in cases]
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return re.sub(rf'"{_ROW}(\d+)"', lambda found: rows[int(found[1])], text) + "\n"


def write_whole(path: Path, text: str) -> None:
    """Write a file whole: whoever reads it meanwhile sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def read_run(path: Path) -> RunFile:
    """Read a run file.

    Raises:
        InvalidInput: there is none, it is no run file, or one of a later version.
    """
    try:
        content = from_json(path.read_text("utf-8"), allow_inf_nan=False)
        version = content.get("schema_version") if isinstance(content, dict) else None
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise InvalidInput(
                f"{path.name} is of version {version}; this checkout reads run files up to version {SCHEMA_VERSION}",
                file=path.name,
            )
        return RunFile.model_validate(content)
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no run {path.name}; `python -m eval run` makes one", file=path.name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", file=path.name) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"{part}." for part in first["loc"]).removesuffix(".")
        why = f"{where}: {first['msg']}" if where else first["msg"]
        raise InvalidInput(f"{path.name} is no run file: {why}", file=path.name) from error
    except ValueError as error:
        raise InvalidInput(f"{path.name} is no run file: no JSON: {error}", file=path.name) from error
