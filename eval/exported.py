"""A folder that `community-copilot export eval-cases` wrote, read strictly: whole, unchanged, and of a version we know."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.errors import InvalidInput
from copilot.eval_cases.models import FORMAT_VERSION, KINDS, MANIFEST, MAX_ROWS, What

_MOST_BYTES = 200_000_000


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: int = Field(ge=0, le=2 * MAX_ROWS)
    left_out: dict[str, int] = {}
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What an export says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format_version: int = Field(ge=FORMAT_VERSION, le=FORMAT_VERSION)
    export_id: str = Field(max_length=64)
    exported_on: date
    locale: str
    placeholders: dict[str, int] = {}
    files: dict[str, _File]


@dataclass(frozen=True)
class Exported:
    """The rows of an export by kind; a kind that was not exported is absent."""

    manifest: Manifest
    rows: dict[What, list[dict[str, Any]]]


def read_exported(folder: Path) -> Exported:
    """Return an export.

    Raises:
        InvalidInput: there is none, it is of another version, or a file is missing, changed or no JSON lines.
    """
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise InvalidInput(f"{folder} holds no export: {MANIFEST} cannot be read", field="cases_from") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{MANIFEST}: {where}: {first['msg']}", field="cases_from") from error
    known = {f"{kind}.jsonl": kind for kind in KINDS}
    if unknown := sorted(set(manifest.files) - set(known)):
        raise InvalidInput(f"{MANIFEST} names files we do not know: {', '.join(unknown)}", field="cases_from")
    return Exported(manifest, {known[name]: _rows(folder / name, part) for name, part in manifest.files.items()})


def _rows(path: Path, part: _File) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput(f"{path.name} is larger than any export", field="cases_from")
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read", field="cases_from") from error
    if hashlib.sha256(content).hexdigest() != part.sha256:
        raise InvalidInput(f"{path.name} was changed since it was exported", field="cases_from")
    try:
        rows = [json.loads(line) for line in content.decode("utf-8").split("\n") if line]
    except ValueError as error:
        raise InvalidInput(f"{path.name} holds no JSON lines: {error}", field="cases_from") from error
    if len(rows) != part.rows or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput(f"{path.name} has not the {part.rows} rows its manifest names", field="cases_from")
    return rows
