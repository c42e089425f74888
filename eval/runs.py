"""Run files: where they are kept, writing them whole, reading them back."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from copilot.errors import InvalidInput
from eval.scores import RunFile

FOLDER = Path("var") / "eval"
LATEST = FOLDER / "latest.json"


def write_run(run: RunFile, path: Path) -> None:
    """Write a run file; whoever reads `path` meanwhile sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(run.model_dump_json(indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def read_run(path: Path) -> RunFile:
    """Read a run file.

    Raises:
        InvalidInput: there is none, or it is no run file.
    """
    try:
        return RunFile.model_validate_json(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise InvalidInput(f"there is no run {path.name}; `python -m eval run` makes one", file=path.name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}", file=path.name) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{path.name} is no run file: {where}: {first['msg']}", file=path.name) from error
