"""The manifest of a run as rows of a table."""

from __future__ import annotations

import json
from collections.abc import Mapping

_CHARS = 1_500


def manifest_rows(manifest: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return (name, value) of everything a manifest says; nested values as `name: value` pairs, bounded."""
    rows = []
    for name, value in manifest.items():
        text = _flat(value)
        rows.append((name.replace("_", " "), text if len(text) <= _CHARS else text[: _CHARS - 1] + "…"))
    return rows


def _flat(value: object) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_flat(one)}" for key, one in value.items()) or "none"
    if isinstance(value, list):
        return ", ".join(map(_flat, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
