"""A folder with the converted model: made once, whole or not at all, and checked every time before it is used."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from copilot.errors import EmbeddingFailed

_log = logging.getLogger(__name__)
_MANIFEST = "manifest.json"
# A conversion takes about 2 CPU-seconds; a process that waits longer than this waits for one that hangs.
_WAIT_SECONDS = 120.0
Build = Callable[[Path], None]


def open_cache(root: Path, key: str, build: Build) -> Path:
    """Return the folder `root/key` with the files that `build` writes; it runs when they are missing or damaged.

    Of several processes that start at once, one builds and the others wait. A process that dies while it builds leaves
    nothing that is taken for a model.

    Raises:
        OSError: the folder cannot be made, written or locked.
        EmbeddingFailed: `build` failed.
    """
    target = root / key
    if is_sound(target):
        return target
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{key}.lock", timeout=_WAIT_SECONDS):
        if is_sound(target):
            return target
        if target.exists():
            _log.warning("the converted embedding model in %s is damaged and is made again", target)
            shutil.rmtree(target)
        for leftover in root.glob(f"{key}.building-*"):  # of processes that died; the lock says that none is at work
            shutil.rmtree(leftover, ignore_errors=True)
        _log.info("converting the bundled embedding model into %s; this happens once", target)
        _build(root, key, build)
    return target


def build_aside(build: Build) -> Path:
    """Build in a new folder that only this process uses; the caller removes it.

    Raises:
        OSError, EmbeddingFailed: as `open_cache`.
    """
    folder = Path(tempfile.mkdtemp(prefix="copilot-e5-"))
    try:
        build(folder)
    except (OSError, EmbeddingFailed):
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def is_sound(folder: Path) -> bool:
    """Whether every file of the manifest is there with its size and checksum."""
    try:
        files: Any = json.loads((folder / _MANIFEST).read_text("utf-8"))
        return bool(files) and all(_facts(folder / name) == stated for name, stated in files.items())
    except (OSError, ValueError, AttributeError):
        return False


def _build(root: Path, key: str, build: Build) -> None:
    folder = Path(tempfile.mkdtemp(prefix=f"{key}.building-", dir=root))
    try:
        build(folder)
        manifest = {path.name: _facts(path) for path in sorted(folder.iterdir())}
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        folder.chmod(0o755)  # temporary folders are private, a cache may be shared by the users of a machine
        folder.replace(root / key)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _facts(path: Path) -> dict[str, object]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
