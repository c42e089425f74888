"""A weight file of a few kilobytes with the layout of the real one, and the network it describes in plain arithmetic."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.embeddings.e5_int8.weights import WeightFile

HIDDEN, LAYERS, HEADS, INNER, WORDS, POSITIONS = 64, 2, 2, 96, 40, 16
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>")
PIECES = (*SPECIAL, "\u2581", "a", "b", "c", "ab", "\u2581a", "\u2581ab", "abc", "很", "好", "很好", ":", "<", ">", "s",
          "u", "n", "k", "<mask>")  # fmt: skip
# Longer pieces score better than their parts; special ones are 0 as in the real file.
SCORES = tuple(0.0 if piece.startswith("<") and len(piece) > 1 else -4.0 - 1.0 / len(piece) for piece in PIECES)
REPLACEMENTS = {0x09: " ", 0xA0: " ", 0xFF21: "a", 0x200B: "", 0xFB00: "ab"}


@dataclass
class TinyFile:
    """What the file says; tests spoil one part and write it."""

    magic: bytes = b"E5S1"
    version: int = 1
    sizes: tuple[int, ...] = (HIDDEN, LAYERS, HEADS, INNER, WORDS, POSITIONS, 2)
    block: int = 32
    pieces: tuple[bytes, ...] = tuple(piece.encode() for piece in PIECES)
    scores: tuple[float, ...] = SCORES
    special: tuple[int, ...] = (0, 2, 1, 3)
    replacements: dict[int, str] = field(default_factory=lambda: dict(REPLACEMENTS))
    omitted: str = ""
    shifted: int = 0

    def write(self, path: Path) -> Path:
        """Write the file and return its path."""
        head = self.magic + struct.pack("<I", self.version) + struct.pack("<7ifi", *self.sizes, 1e-12, self.block)
        blob = b"".join(self.pieces)
        ends = np.cumsum([0, *map(len, self.pieces)]).astype("<u4")
        head += struct.pack("<5iQ", len(self.pieces), *self.special, len(blob)) + ends.tobytes()
        head += np.array(self.scores, dtype="<f4").tobytes() + blob
        table = b"".join(
            struct.pack(f"<IB{len(text)}I", code, len(text), *map(ord, text))
            for code, text in sorted(self.replacements.items())
        )
        head += struct.pack("<iI", len(self.replacements), len(table)) + table
        tensors = {name: raw for name, raw in _tensors().items() if name != self.omitted}
        directory_bytes = 4 + sum(2 + len(name) + 21 for name in tensors)
        offset = len(head) + directory_bytes
        directory = struct.pack("<i", len(tensors))
        for name, (kind, elements, raw) in tensors.items():
            directory += struct.pack("<H", len(name)) + name.encode()
            directory += struct.pack("<BIQQ", kind, elements, offset + self.shifted, len(raw))
            offset += len(raw)
        path.write_bytes(head + directory + b"".join(raw for _, _, raw in tensors.values()))
        return path


def _tensors() -> dict[str, tuple[int, int, bytes]]:
    random = np.random.default_rng(7)

    def floats(*shape: int, around: float = 0.0) -> tuple[int, int, bytes]:
        numbers = (around + 0.1 * random.standard_normal(shape)).astype("<f4")
        return 0, numbers.size, numbers.tobytes()

    def blocks(rows: int, columns: int) -> tuple[int, int, bytes]:
        raw = b""
        for _ in range(rows * columns // 32):
            scale = np.array([random.uniform(0.01, 0.05)], dtype="<f2").tobytes()
            raw += scale + random.integers(0, 256, 16, dtype=np.uint8).tobytes()
        return 1, rows * columns, raw

    tensors = {
        "emb.word": blocks(WORDS, HIDDEN), "emb.pos": floats(POSITIONS, HIDDEN), "emb.type": floats(2, HIDDEN),
        "emb.ln.w": floats(HIDDEN, around=1.0), "emb.ln.b": floats(HIDDEN),
    }  # fmt: skip
    for layer in range(LAYERS):
        for part, outputs, inputs in (
            ("q", HIDDEN, HIDDEN), ("k", HIDDEN, HIDDEN), ("v", HIDDEN, HIDDEN), ("ao", HIDDEN, HIDDEN),
            ("fi", INNER, HIDDEN), ("fo", HIDDEN, INNER),
        ):  # fmt: skip
            tensors[f"l{layer}.{part}.w"] = blocks(outputs, inputs)
            tensors[f"l{layer}.{part}.b"] = floats(outputs)
        for part in ("aln", "oln"):
            tensors[f"l{layer}.{part}.w"] = floats(HIDDEN, around=1.0)
            tensors[f"l{layer}.{part}.b"] = floats(HIDDEN)
    return tensors


def last_layer(weights: WeightFile, ids: list[int]) -> NDArray[np.float64]:
    """Return the last layer (tokens, width) of one text: a post-norm encoder with exact GELU, in double precision."""

    def dense(value: NDArray[np.float64], name: str, outputs: int, inputs: int) -> NDArray[np.float64]:
        return value @ weights.matrix(f"{name}.w", outputs, inputs).T + weights.floats(f"{name}.b", outputs)

    def normalised(value: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        centred = value - value.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt(value.var(axis=1, keepdims=True) + 1e-12)
        return scaled * weights.floats(f"{name}.w", HIDDEN) + weights.floats(f"{name}.b", HIDDEN)

    def attended(value: NDArray[np.float64], name: str) -> NDArray[np.float64]:
        query, key, content = (dense(value, f"{name}.{part}", HIDDEN, HIDDEN) for part in "qkv")
        parts = []
        for head in np.split(np.arange(HIDDEN), HEADS):
            scores = query[:, head] @ key[:, head].T / math.sqrt(len(head))
            shares = np.exp(scores - scores.max(axis=1, keepdims=True))
            parts.append(shares / shares.sum(axis=1, keepdims=True) @ content[:, head])
        return np.concatenate(parts, axis=1)

    places = weights.floats("emb.pos", POSITIONS, HIDDEN)[: len(ids)] + weights.floats("emb.type", 2, HIDDEN)[0]
    value = normalised(weights.matrix("emb.word", WORDS, HIDDEN)[ids].astype(np.float64) + places, "emb.ln")
    for layer in range(LAYERS):
        name = f"l{layer}"
        value = normalised(value + dense(attended(value, name), f"{name}.ao", HIDDEN, HIDDEN), f"{name}.aln")
        grown = dense(value, f"{name}.fi", INNER, HIDDEN)
        grown = 0.5 * grown * (1.0 + np.vectorize(math.erf)(grown / math.sqrt(2.0)))
        value = normalised(value + dense(grown, f"{name}.fo", HIDDEN, INNER), f"{name}.oln")
    return value
