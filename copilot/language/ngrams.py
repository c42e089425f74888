"""Hashed character and word n-grams of a batch of texts, as flat arrays: the features of the bundled linear models.

Training and reading use this one function, so the two can never see different features. Pure numpy: a general
learning library would cost seconds at start-up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[a-z0-9']+")
_EDGE = " "
_MASK = np.uint32(0xFFFFFFFF)


@dataclass(frozen=True)
class NgramSpec:
    """Which n-grams are counted.

    Attributes:
        orders: lengths of character n-grams.
        word_orders: lengths of Latin word n-grams; empty for none.
        bits: the table has 2**bits buckets.
    """

    orders: tuple[int, ...]
    word_orders: tuple[int, ...]
    bits: int

    @property
    def buckets(self) -> int:
        """Number of buckets of the table."""
        return 1 << self.bits


@dataclass(frozen=True)
class Ngrams:
    """Occurrences of n-grams, three parallel arrays, and how often each (document, bucket) pair occurs.

    Attributes:
        documents: (m,) index of the text, ascending.
        buckets: (m,) bucket of the n-gram.
        counts: (m,) how often it occurs in that text.
        size: number of texts, those without any n-gram included.
    """

    documents: NDArray[np.int64]
    buckets: NDArray[np.int64]
    counts: NDArray[np.float64]
    size: int


def count_ngrams(texts: Sequence[str], spec: NgramSpec) -> Ngrams:
    """Count the n-grams of normalised `texts`; an empty text has none."""
    documents, buckets, _ = character_ngrams(texts, spec)
    if spec.word_orders:
        word_documents, word_buckets = _word_ngrams(texts, spec)
        documents = np.concatenate([documents, word_documents])
        buckets = np.concatenate([buckets, word_buckets])
    keys, counts = np.unique(documents * spec.buckets + buckets, return_counts=True)
    return Ngrams(keys // spec.buckets, keys % spec.buckets, counts.astype(np.float64), len(texts))


def character_ngrams(
    texts: Sequence[str], spec: NgramSpec
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return (document, bucket, start) of every character n-gram; `start` counts from 0 in the text with a leading edge.

    The arrays are grouped by order, in the order of `spec.orders`, and by text position within an order.
    """
    padded = [f"{_EDGE}{text}{_EDGE}" if text else "" for text in texts]
    lengths = np.array([len(text) for text in padded], dtype=np.int64)
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    position = np.arange(len(points), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]] = []
    for order in spec.orders:
        width = len(points) - order + 1
        if width <= 0:
            continue
        hashed = np.full(width, 0x811C9DC5 + order, dtype=np.uint32)
        for offset in range(order):
            hashed = (hashed ^ points[offset : offset + width]) * np.uint32(0x01000193)
            hashed ^= hashed >> np.uint32(13)
        whole = owner[:width] == owner[order - 1 : order - 1 + width]
        found.append((owner[:width][whole], _bucket(hashed[whole], spec.bits), position[:width][whole]))
    if not found:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    return (
        np.concatenate([part[0] for part in found]),
        np.concatenate([part[1] for part in found]),
        np.concatenate([part[2] for part in found]),
    )


def _word_ngrams(texts: Sequence[str], spec: NgramSpec) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    documents: list[int] = []
    hashes: list[int] = []
    for index, text in enumerate(texts):
        words = _WORD.findall(text)
        for order in spec.word_orders:
            grams = words if order == 1 else [" ".join(words[i : i + order]) for i in range(len(words) - order + 1)]
            hashes.extend(crc32(gram.encode("ascii"), order) for gram in grams)
            documents.extend([index] * len(grams))
    return np.array(documents, dtype=np.int64), _bucket(np.array(hashes, dtype=np.uint32), spec.bits)


def _bucket(hashed: NDArray[np.uint32], bits: int) -> NDArray[np.int64]:
    """Spread the bits (a multiply-xorshift finaliser) and keep the top ones."""
    mixed = hashed ^ (hashed >> np.uint32(16))
    mixed = mixed * np.uint32(0x45D9F3B)
    mixed ^= mixed >> np.uint32(16)
    mixed = (mixed * np.uint32(0x45D9F3B)) & _MASK
    return (mixed >> np.uint32(32 - bits)).astype(np.int64)
