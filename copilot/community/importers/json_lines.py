"""Reads JSONL: one object a line, each line on its own, so that a bad one costs only itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from copilot.community.importers.base import RowError
from copilot.community.importers.source import Source


def json_lines(source: Source) -> Iterator[tuple[int, dict[str, Any] | RowError]]:
    """Yield (line, object or the line's error); blank lines and comments (`#`) are left out."""
    for number, text in source.lines():
        if text is None:
            yield number, RowError(line=number, code="line_too_long", message="the line is longer than 4 MB")
        elif text.strip() and not text.startswith("#"):
            item = parsed(text)
            if isinstance(item, dict):
                yield number, item
            else:
                yield number, RowError(line=number, code="malformed_json", message="the line is no JSON object")


def parsed(text: str) -> Any:
    """Return the JSON value of a text, or None when it is none (too deep or too long a number counts as none)."""
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
