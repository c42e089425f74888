"""A file to import: bounds, encoding, and reading it in pieces while counting bytes for progress."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from copilot.community.importers.encoding import detect_encoding
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed, TooLarge
from copilot.settings import LimitSettings

# Member rows may carry a picture as a data URL; nothing that is wanted is longer than this.
MAX_LINE_BYTES = 4_000_000
_BLOCK = 1 << 16
# Strict JSON parsers refuse raw control bytes inside strings, which some exporters write. They never occur inside
# multi-byte UTF-8 characters, so turning them into spaces is safe.
_TAMED = bytes(0x20 if byte < 0x20 and byte not in b"\t\n\r" else byte for byte in range(256))


class Source:
    """One regular file within the size limit. `bytes_read` grows as readers go."""

    def __init__(self, path: Path, limits: LimitSettings) -> None:
        try:
            if not path.is_file():
                raise ImportFailed(file=path.name, **refused("gone", name=path.name))
            self.size = path.stat().st_size
        except OSError as error:
            said = refused("unreadable", name=path.name, problem=error.strerror)
            raise ImportFailed(file=path.name, **said) from error
        if self.size == 0:
            raise ImportFailed(file=path.name, **refused("empty"))
        if self.size > limits.max_import_bytes:
            said = refused("too_large", size=self.size, limit=limits.max_import_bytes)
            raise TooLarge(limit=limits.max_import_bytes, bytes=self.size, **said)
        self.path = path
        self.limits = limits
        self.bytes_read = 0
        self._encoding: str | None = None

    @property
    def encoding(self) -> str:
        """The text encoding, detected at first use; see `detect_encoding`."""
        if self._encoding is None:
            self._encoding = detect_encoding(self.path)
        return self._encoding

    @property
    def known_encoding(self) -> str:
        """The encoding if it was needed, otherwise empty (archives and workbooks)."""
        return self._encoding or ""

    def head(self, size: int = _BLOCK) -> str:
        """Return the first `size` bytes as text; a character cut at the end is dropped."""
        with self.path.open("rb") as file:
            return codecs.getincrementaldecoder(self.encoding)("ignore").decode(file.read(size))

    def utf8(self) -> BinaryIO:
        """Open the file as a stream of UTF-8 without a byte order mark and without raw control bytes."""
        return io.BufferedReader(_Utf8Stream(self, self.encoding), _BLOCK)

    def lines(self) -> Iterator[tuple[int, str | None]]:
        """Yield (line number, text without its end); text is None for a line longer than `MAX_LINE_BYTES`."""
        with self.utf8() as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES):
                number += 1
                if line.endswith(b"\n") or len(line) < MAX_LINE_BYTES:
                    yield number, line.rstrip(b"\r\n").decode("utf-8", "replace")
                    continue
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE_BYTES)
                yield number, None

    def text(self) -> io.TextIOWrapper:
        """Open the file as text with its own newlines (for the csv module)."""
        return io.TextIOWrapper(self.utf8(), encoding="utf-8", errors="replace", newline="")


class _Utf8Stream(io.RawIOBase):
    """Re-encodes a file to UTF-8 block by block; memory does not depend on the file's size."""

    def __init__(self, source: Source, encoding: str) -> None:
        super().__init__()
        self._source = source
        self._file = source.path.open("rb")
        self._plain = encoding == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # typeshed says any buffer
        while not self._ready and not self._ended:
            block = self._file.read(_BLOCK)
            self._source.bytes_read += len(block)
            self._ended = not block
            if not self._plain:
                block = self._decoder.decode(block, final=self._ended).encode("utf-8", "replace")
            self._ready = block.translate(_TAMED)
        count = min(len(buffer), len(self._ready))
        buffer[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count
