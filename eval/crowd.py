"""A made-up community of any size for timings: members put together from the texts of the sample and of matching v1.

Half a sentence of one member is joined to half of another's, and its vector lies between the two vectors with a little
noise, so that 100,000 members cost the embedding of some two thousand texts. The numbers of texts, their lengths and the
spread of the vectors are those of the real texts; what the sentences say is nonsense, so quality cannot be measured here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.assets import sample_dir
from copilot.community.embeddable import profile_text
from copilot.community.ids import derived_id
from copilot.embeddings.base import Embedder
from copilot.matching.scores.background import text_language

SEED = 20261121
NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
COMMUNITY = "com_crowd"
SIDES = ("is", "has", "wants")
Vectors = NDArray[np.float32]
_V1 = Path(__file__).resolve().parent / "datasets" / "matching" / "v1" / "members.jsonl"
# Two texts of a side for most members, one or three for some: about six in all.
_TEXTS, _TEXTS_SHARES = (1, 2, 3), (0.15, 0.7, 0.15)
_MIXED_SHARE = 0.75
_NOISE = 0.15
_CHARS = 300
_ASKED, _UNASKED = 0.95, 0.05


@dataclass(frozen=True)
class Said:
    """One text of one side and its vector (d,)."""

    record_id: str
    side: str
    text: str
    vector: Vectors


@dataclass(frozen=True)
class Person:
    """A member as rows and texts; `fields` are columns of the member table."""

    member_id: str
    fields: dict[str, Any]
    said: list[Said]
    messages: int

    @property
    def whole(self) -> Said:
        """All that is known of the member as one text, under the member's own id; its vector lies amid its texts'."""
        facts = [self.fields["headline"], self.fields["city"], self.fields["industry"], *self.fields["skills"]]
        total = np.sum([item.vector for item in self.said], axis=0)
        vector = (total / np.linalg.norm(total)).astype(np.float32)
        sentences = [item.text for item in sorted(self.said, key=lambda item: item.side)]
        return Said(self.member_id, "profile", profile_text(facts[0], facts[1:], sentences), vector)

    def texts(self, side: str) -> list[Said]:
        """Return the texts of one side."""
        return [item for item in self.said if item.side == side]


class Crowd:
    """Draws `size` members; the same ones every time for one size, seed, embedder and number of texts."""

    def __init__(self, size: int, embedder: Embedder, texts: int | None = None) -> None:
        """Prepare to draw.

        Args:
            size: how many members.
            embedder: makes the vectors of the real texts.
            texts: how many real texts of each side and language are drawn from at most; all without it. Few spare
                time where the variety of what is said does not matter.
        """
        self.size = size
        self._embedder = embedder
        self._texts = texts

    def people(self, first: int = 0, last: int | None = None) -> Iterator[Person]:
        """Yield the members `first` to `last`, each drawn by itself, so that any slice can be had alone."""
        for number in range(first, self.size if last is None else min(last, self.size)):
            yield self._person(number)

    @cached_property
    def _rows(self) -> list[dict[str, Any]]:
        with (sample_dir() / "members.csv").open(encoding="utf-8", newline="") as file:
            sample = [_split(row) for row in csv.DictReader(file)]
        return sample + [json.loads(line) for line in _V1.read_text(encoding="utf-8").splitlines()]

    @cached_property
    def pool(self) -> dict[tuple[str, str], list[tuple[str, Vectors]]]:
        """The real texts and their vectors by (side, language)."""
        found: dict[tuple[str, str], list[tuple[str, Vectors]]] = {}
        for side in SIDES:
            texts = list(
                dict.fromkeys(text.strip()[:_CHARS] for row in self._rows for text in row[side] if text.strip())
            )
            by_language: dict[str, list[str]] = {}
            for text in texts:
                by_language.setdefault(text_language(text), []).append(text)
            for language, spoken in by_language.items():
                chosen = spoken[: self._texts]
                vectors = np.asarray(self._embedder.embed_documents(chosen), dtype=np.float32)
                found[side, language] = list(zip(chosen, vectors, strict=True))
        return found

    def _person(self, number: int) -> Person:
        draw = np.random.default_rng([SEED, number])
        row = self._rows[int(draw.integers(len(self._rows)))]
        member_id = derived_id("mem", COMMUNITY, str(number))
        said: list[Said] = []
        for side in SIDES:
            for _ in range(int(draw.choice(_TEXTS, p=_TEXTS_SHARES))):
                text, vector = self._text((side, text_language(row["headline"])), draw)
                said.append(Said(derived_id("txt", member_id, str(len(said))), side, text, vector))
        fields = {
            "name": f"{row['name']}{number}",
            "headline": row["headline"],
            "city": row["city"],
            "industry": row["industry"],
            "role": row["role"],
            "stage": row["stage"],
            "language": row["language"],
            "skills": row["skills"],
            "consent_match": bool(draw.random() < _ASKED),
            "created_at": NOW - timedelta(minutes=int(draw.integers(1, 600_000))),
        }
        return Person(member_id, fields, said, int(draw.poisson(1.0)))

    def _text(self, kind: tuple[str, str], draw: np.random.Generator) -> tuple[str, Vectors]:
        pool = self.pool[kind]
        text, vector = pool[int(draw.integers(len(pool)))]
        if draw.random() < _MIXED_SHARE:
            other, other_vector = pool[int(draw.integers(len(pool)))]
            text = text[: (len(text) + 1) // 2] + other[len(other) // 2 :]
            vector = vector + other_vector
            vector = vector / np.linalg.norm(vector)
        noisy = vector + draw.normal(scale=_NOISE / np.sqrt(len(vector)), size=len(vector))
        return text, (noisy / np.linalg.norm(noisy)).astype(np.float32)


def _split(row: dict[str, str]) -> dict[str, Any]:
    lists = {name: [part.strip() for part in row[name].split("|")] for name in (*SIDES, "skills")}
    return {**row, **lists}
