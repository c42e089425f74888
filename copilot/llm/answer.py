"""From a model's text to an object: thinking and wrapping removed, JSON found, nothing guessed. Pure functions."""

from __future__ import annotations

import json
import re
from typing import Any, Final

MAX_CANDIDATES: Final = 100
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_THOUGHT_END = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_THOUGHT_START = re.compile(r"<think(?:ing)?>", re.IGNORECASE)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def find_object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that `text` is or holds (the longest one), or None.

    Thinking between `<think>` tags, code fences and sentences around the object are skipped. NaN and infinities are
    not JSON. Raw line breaks inside strings are accepted, since small models write them.
    """
    whole = _decode_at(text.strip(), 0)
    if whole is not None and whole[1] == len(text.strip()):
        return whole[0]
    answer = _without_thought(text)
    best: tuple[dict[str, Any], int] | None = None
    position, tried = answer.find("{"), 0
    while position >= 0 and tried < MAX_CANDIDATES:
        found = _decode_at(answer, position)
        if found is not None and (best is None or found[1] - position > best[1]):
            best = (found[0], found[1] - position)
        position = answer.find("{", found[1] if found else position + 1)
        tried += 1
    return best[0] if best else None


def _without_thought(text: str) -> str:
    text = _THOUGHT.sub("", text)
    if end := _THOUGHT_END.search(text):  # some chat templates write the opening tag themselves
        text = text[end.end() :]
    if start := _THOUGHT_START.search(text):  # cut off while thinking
        text = text[: start.start()]
    return text


def _decode_at(text: str, position: int) -> tuple[dict[str, Any], int] | None:
    if not text.startswith("{", position):
        return None
    try:
        value, end = _DECODER.raw_decode(text, position)
    except (ValueError, RecursionError):
        return None
    return (_storable(value), end) if isinstance(value, dict) else None


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER: Final = json.JSONDecoder(strict=False, parse_constant=_refuse_constant)


class VisibleText:
    """Passes on streamed text without the thinking some models put first."""

    _OPENINGS = ("<think>", "<thinking>")

    def __init__(self) -> None:
        self._held = ""
        self._state = "start"

    def feed(self, delta: str) -> str:
        """Return what of the text so far may be shown and was not yet."""
        if self._state == "answer":
            return delta
        self._held += delta
        if self._state == "start":
            begun = self._held.lstrip().lower()
            if any(opening.startswith(begun[: len(opening)]) for opening in self._OPENINGS):
                if not begun.startswith(self._OPENINGS):
                    return ""  # could still become a tag
                self._state = "thought"
            else:
                return self._release(self._held)
        end = _THOUGHT_END.search(self._held)
        return self._release(self._held[end.end() :]) if end else ""

    def _release(self, text: str) -> str:
        self._state, self._held = "answer", ""
        return text
