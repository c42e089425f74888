"""Where the text and data that ship with the package lie: in a checkout at its top, in a wheel inside the package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _asset(name: str) -> Path:
    packed = _PACKAGE / "_assets" / name
    return packed if packed.is_dir() else _PACKAGE.parent / name


def prompts_dir() -> Path:
    """Return the folder of prompt files."""
    return _asset("prompts")


def knowledge_dir() -> Path:
    """Return the folder of playbooks and articles."""
    return _asset("knowledge")


def sample_dir() -> Path:
    """Return the folder of the sample community."""
    return _PACKAGE / "sample"
