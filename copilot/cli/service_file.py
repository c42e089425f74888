"""How a command finds the service that runs on the same data folder: a file with its address and a local token.

The file is readable by its owner only. Whoever can read it can read the database beside it, so the token lets its
holder act as the owner of the machine.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import httpx

FILE_NAME = "service.json"
_PROBE_SECONDS = 2.0


@dataclass(frozen=True)
class RunningService:
    """Where the service listens and how to be let in."""

    url: str
    token: str
    pid: int


def announce(data_dir: Path, service: RunningService) -> Path:
    """Write the file; return its path."""
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / FILE_NAME
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump({"url": service.url, "token": service.token, "pid": service.pid}, out)
    draft.replace(path)
    return path


def withdraw(data_dir: Path, pid: int) -> None:
    """Remove the file if this process wrote it."""
    found = _read(data_dir)
    if found is not None and found.pid == pid:
        (data_dir / FILE_NAME).unlink(missing_ok=True)


def find(data_dir: Path) -> RunningService | None:
    """Return the running service, or None when there is none or it does not answer."""
    found = _read(data_dir)
    if found is None:
        return None
    try:
        answer = httpx.get(f"{found.url}/healthz", timeout=_PROBE_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return None
    return found if answer.status_code == 200 else None


def _read(data_dir: Path) -> RunningService | None:
    try:
        content = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return RunningService(str(content["url"]), str(content["token"]), int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
