"""What a model has written so far, as lines to read: models answer in JSON, people do not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from langchain_core.utils.json import parse_partial_json

_DECODER: Final = json.JSONDecoder()
# Names of things, not words for people: "closing", "V1", "2026-12-05".
_NAME: Final = re.compile(r"[A-Za-z0-9_.:\-]*")
_FENCE: Final = re.compile(r"```\w*")
_BROKEN_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{0,3})?$")


def lines_so_far(written: str, most: int = 8) -> list[str]:
    """Return the last lines of the last document in `written`, which may break off anywhere; plain text as it stands.

    An earlier document is an answer that a later one corrects.
    """
    text = _FENCE.sub("", written).strip()
    start = text.find("{")
    if start < 0:
        found = [line.strip() for line in text.splitlines() if line.strip()]
    else:
        found = [line for line in _strings(_last_document(text[start:])) if not _NAME.fullmatch(line)]
    return found[-most:]


def _last_document(text: str) -> Any:
    document: Any = None
    while text.startswith("{"):
        try:
            document, end = _DECODER.raw_decode(text)
        except ValueError:
            # Nothing to see yet of the one that has just begun: what was there stays.
            return _beginning(text) or _beginning(_BROKEN_ESCAPE.sub("", text)) or document
        text = text[end:]
        text = text[text.find("{") :] if "{" in text else ""
    return document


def _beginning(text: str) -> Any:
    try:
        return parse_partial_json(text)
    except ValueError:
        return None


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        # Half of a surrogate pair, which no page can carry, goes.
        yield " ".join(value.encode("utf-8", "ignore").decode().split())
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
