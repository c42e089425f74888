"""Rankers that a day's work gives, to stand beside the product on the graded dataset; each gets what helps it most.

They read the rows of the dataset and obey the same rule as the product on who may be a target.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from langchain_chroma import Chroma
from langchain_core.documents import Document
from rank_bm25 import BM25Okapi

from copilot.embeddings.base import Embedder
from copilot.matching.scores.lexicon import tokens
from eval.graded import Query, Records, Target
from eval.metrics.intervals import SEED

# Deeper than any measure looks; who is left out of the targets is dropped afterwards.
DEPTH = 50
_TARGETS: tuple[Target, ...] = ("member", "resource", "event")


class QueryRanker(Protocol):
    """Orders the targets of a query."""

    def rank(self, query: Query) -> list[str]:
        """Return external ids, best first."""
        ...


class Shuffled:
    """The targets in an order that has nothing to do with them; another one for every `draw`."""

    def __init__(self, records: Records, draw: int) -> None:
        self._records, self._draw = records, draw

    def rank(self, query: Query) -> list[str]:
        """Return a shuffle that depends on the draw and the query alone."""
        targets = self._records.targets(query)
        random.Random(f"{SEED}/{self._draw}/{query.id}").shuffle(targets)  # noqa: S311  # a baseline, no secret
        return targets


class MostActive:
    """The same popular names for everybody.

    Members: who asked in chat, then who wrote most sentences about themselves, then who joined first. Resources and
    events: the most places. Nothing in the dataset says more about activity.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._asked = [row["asker"] for row in records.threads.values()]

    def rank(self, query: Query) -> list[str]:
        """Return the targets by activity."""
        rows = {"member": self._records.members, "resource": self._records.resources, "event": self._records.events}
        found = rows[query.target]
        return sorted(self._records.targets(query), key=lambda name: (self._worth(query.target, found[name]), name))

    def _worth(self, target: Target, row: Mapping[str, Any]) -> tuple[Any, ...]:
        if target != "member":
            return (-int(row["capacity"] or 0),)
        sentences = sum(len(row[side]) for side in ("is", "has", "wants"))
        return (-self._asked.count(row["external_id"]), -sentences, row["joined_on"])


class OneVector:
    """Everything a side says as one text, ranked by the cosine of the two vectors."""

    def __init__(self, records: Records, embedder: Embedder) -> None:
        self._records, self._embedder = records, embedder
        self._vectors: dict[tuple[Target, str], np.ndarray] = {}
        for target, names in _names(records).items():
            rows = embedder.embed_documents([records.whole(target, name) for name in names])
            self._vectors |= {(target, name): np.asarray(row) for name, row in zip(names, rows, strict=True)}

    def rank(self, query: Query) -> list[str]:
        """Return the targets by cosine with the whole of the side that asks."""
        names = self._records.targets(query)
        asked = np.asarray(self._embedder.embed_documents([self._records.everything_of(query)])[0])
        cosines = np.stack([self._vectors[query.target, name] for name in names]) @ asked
        return [names[at] for at in np.argsort(-cosines, kind="stable")]


class LangChainSearch:
    """LangChain's Chroma store over whole profiles, asked with `similarity_search` and what the query wants."""

    def __init__(self, records: Records, embedder: Embedder, folder: Path) -> None:
        self._records = records
        self._stores: dict[Target, Chroma] = {}
        for target, names in _names(records).items():
            store = Chroma(
                collection_name=f"whole-{target}", embedding_function=embedder, persist_directory=str(folder),
                collection_metadata={"hnsw:space": "cosine"},
            )  # fmt: skip
            store.add_documents([Document(records.whole(target, name), id=name) for name in names])
            self._stores[target] = store

    def rank(self, query: Query) -> list[str]:
        """Return the targets among the nearest documents."""
        allowed = set(self._records.targets(query))
        found = self._stores[query.target].similarity_search(self._records.asked(query), k=DEPTH)
        return [str(document.id) for document in found if document.id in allowed]


class Bm25:
    """Okapi BM25 over whole profiles: pairs of Han characters and Latin words, asked with what the query wants."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._names = _names(records)
        self._indexes = {
            target: BM25Okapi([tokens(records.whole(target, name)) for name in names])
            for target, names in self._names.items()
        }

    def rank(self, query: Query) -> list[str]:
        """Return the targets by score, ties by id."""
        scores = self._indexes[query.target].get_scores(tokens(self._records.asked(query)))
        by_name = dict(zip(self._names[query.target], scores, strict=True))
        return sorted(self._records.targets(query), key=lambda name: (-by_name[name], name))


def _names(records: Records) -> dict[Target, Sequence[str]]:
    rows = {"member": records.members, "resource": records.resources, "event": records.events}
    return {target: list(rows[target]) for target in _TARGETS}
