"""Walks a JSON document of any size and yields chosen values as they complete, within bounds of depth and size."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import IO, Any

import ijson

from copilot.community.importers.base import Truncated
from copilot.community.importers.wording import refused

MAX_DEPTH = 64
# Values inside one chosen value; a chat message has about a hundred.
MAX_NODES = 20_000
_BUFFER = 16_384
_OPENERS = frozenset({"start_map", "start_array"})
_CLOSERS = frozenset({"end_map", "end_array"})


class Oversized:
    """Stands in for a value with more than `MAX_NODES` parts or too many levels, which was not built."""


def walk(stream: IO[bytes], paths: Collection[str]) -> Iterator[tuple[str, Any]]:
    """Yield (path, value) for every value whose path is in `paths`, in document order.

    A path joins keys with dots and names array items `[]`: `chats.list.[].messages.[]`. Chosen values are not
    looked into for further paths.

    Raises:
        Truncated: the text stops being JSON; `data["byte"]` is at most 16 KiB behind the place.
    """
    names = {tuple(path.split(".")): path for path in paths}
    segments: list[str] = []  # of the open containers below the root
    arrays: list[bool] = []  # whether each open container is an array
    key = ""
    builder: _Builder | None = None
    name = ""
    for event, value in _events(stream):
        if builder is not None:
            builder.feed(event, value)
        elif event == "map_key":
            key = value
        elif event in _CLOSERS:
            arrays.pop()
            if segments:
                segments.pop()
        else:
            segment = "[]" if arrays and arrays[-1] else key
            found = names.get((*segments, segment)) if arrays else None
            if found is not None:
                name, builder = found, _Builder()
                builder.feed(event, value)
            elif event in _OPENERS:
                if arrays:
                    segments.append(segment)
                arrays.append(event == "start_array")
                if len(arrays) > MAX_DEPTH:
                    raise Truncated(reason="too_deep", **refused("deep_json", limit=MAX_DEPTH))
        if builder is not None and builder.depth == 0:
            yield name, builder.value
            builder = None


def _events(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    counted = _Counted(stream)
    try:
        # Not `ijson.parse`: its prefixes grow with depth, and a file of brackets takes quadratic memory.
        # Plain floats and 64-bit integers: with big ones the C parser leaves Python's error unreported until later.
        yield from ijson.basic_parse(counted, buf_size=_BUFFER, use_float=True)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        raise Truncated(
            byte=counted.bytes,
            line=counted.line,
            reason="malformed_json",
            **refused("bad_json", byte=counted.bytes, line=counted.line),
        ) from error


class _Counted:
    """Counts the bytes and lines handed to the parser, to say where it stopped."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.bytes = 0
        self.line = 1

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.bytes += len(block)
        self.line += block.count(b"\n")
        return block


class _Builder:
    """Builds one value from events; beyond its bounds it goes on counting levels and keeps nothing."""

    def __init__(self) -> None:
        self.depth = 0
        self.value: Any = None
        self._open: list[Any] = []
        self._keys: list[str] = []
        self._nodes = 0

    def feed(self, event: str, value: Any) -> None:
        if event in _CLOSERS:
            self.depth -= 1
            if self._open:
                self._open.pop()
                self._keys.pop()
            return
        if event == "map_key":
            if self._keys:
                self._keys[-1] = value
            return
        opens = event in _OPENERS
        if not isinstance(self.value, Oversized):
            item = ({} if event == "start_map" else []) if opens else value
            self._place(item, opens)
        self.depth += opens

    def _place(self, item: Any, opens: bool) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(self._open) > MAX_DEPTH:
            self.value = Oversized()
            self._open.clear()
            self._keys.clear()
            return
        if not self._open:
            self.value = item
        elif isinstance(self._open[-1], dict):
            self._open[-1][self._keys[-1]] = item
        else:
            self._open[-1].append(item)
        if opens:
            self._open.append(item)
            self._keys.append("")
