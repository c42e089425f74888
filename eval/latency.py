"""How long a match takes as a community grows, beside what it must not be slower than, call by call in one process.

For each of some askers, each asked for the first time, in turns:

- `ours`: `MatchingService.match`, kind member, five matches, the proposals stored.
- `naive`: LangChain's Chroma store over whole profiles, `similarity_search` with the asker's whole profile, ten documents.
- `raw`: what the request asks of the vector index and nothing else, in three calls to Chroma for ids and distances: the 100
  nearest *has* of each of the asker's *wants*, the 100 nearest *wants* of each *has*, the 100 nearest whole profiles.
- `exact`: the same answers by a matrix product over all vectors in memory, the 100 best of each row picked out.

Times depend on the machine and on who else uses it, ratios hardly do: all four meet the same moments.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings
from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.embeddings.base import Embedder
from copilot.matching.service import MatchingService
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.chroma_client import disconnect
from copilot.vectors.remembered import RememberedIndex
from eval.crowd import COMMUNITY, NOW, SEED, Crowd, Person
from eval.crowd_folder import PROFILES, CrowdFolder
from eval.metrics.timing import Spent, percentile_ms, ratio_interval, spend
from eval.scores import Better, Figure, count, unscored
from eval.suite import Findings, Suite
from eval.world import Worlds

SIZES = (1_000, 10_000, 100_000)
USUAL = (1_000, 10_000)
LEAST, MOST = 300, 1_000_000
ASKED = 120
_MATCHES, _DOCUMENTS, _HITS = 5, 10, 100
_OPPOSITE = {"wants": "has", "has": "wants", "profile": "profile"}
_WARM = 5
_MEMORY_MB = 2_000
_NAP_SECONDS = 0.05
_PAGE = 5_000
_WAYS = ("ours", "naive", "raw", "exact")
Vectors = NDArray[np.float32]


class _Forgetful(Embeddings):
    """An embedder that remembers no query: the next asker brings another profile."""

    def __init__(self, inner: Embedder) -> None:
        self._inner = inner

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """As the inner one."""
        return self._inner.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        """As the inner one, past its memory."""
        return self._inner.embed_queries([text])[0]


@dataclass
class _Spent:
    """What each way took, asker by asker."""

    of: dict[str, list[Spent]] = field(default_factory=lambda: {way: [] for way in _WAYS})

    def wall(self, way: str) -> list[float]:
        return [spent.wall_seconds for spent in self.of[way]]

    def cpu(self, way: str) -> list[float]:
        return [spent.cpu_seconds for spent in self.of[way]]


class _Contest:
    """The four ways over one crowd, opened once."""

    def __init__(self, files: CrowdFolder, crowd: Crowd, embedder: Embedder, rows: Path) -> None:
        self.crowd = crowd
        self.clock = FixedClock(NOW)
        self.store = Store.open(f"sqlite:///{rows}", clock=self.clock)
        self.index = RememberedIndex(ChromaIndex.embedded(files.vectors, embedder.name), _MEMORY_MB)
        for side in _OPPOSITE:
            # Large collections are read into memory beside the first requests; what is timed comes after.
            while self.index.of_owners(COMMUNITY, side, []) is None:
                time.sleep(_NAP_SECONDS)
        self.service = MatchingService(self.store, self.index, embedder)
        self._raw = _collections(files.vectors)
        self._profiles = chromadb.PersistentClient(path=str(files.profiles))
        self._naive = Chroma(collection_name=PROFILES, embedding_function=_Forgetful(embedder), client=self._profiles)
        self._exact = {side: _matrix(collection) for side, collection in self._raw.items()}

    def ways(self, person: Person) -> dict[str, Callable[[], object]]:
        """Return the four pieces of work for one asker."""
        asked = {side: np.stack([said.vector for said in person.texts(side)]) for side in ("wants", "has")}
        asked["profile"] = person.whole.vector[None, :]
        return {
            "ours": lambda: self.service.match(COMMUNITY, person.member_id, n=_MATCHES),
            "naive": lambda: self._naive.similarity_search(person.whole.text, k=_DOCUMENTS),
            "raw": lambda: [self._nearest(_OPPOSITE[side], vectors) for side, vectors in asked.items()],
            "exact": lambda: [_best(vectors @ self._exact[_OPPOSITE[side]].T) for side, vectors in asked.items()],
        }

    def _nearest(self, side: str, vectors: Vectors) -> object:
        return self._raw[side].query(query_embeddings=vectors, n_results=_HITS, include=["distances"])

    def close(self) -> None:
        """Close what is open."""
        self.store.close()
        self.index.close()
        disconnect(self._profiles)


@dataclass(frozen=True)
class Options:
    """What is measured: how many members, where their files are kept, how many askers are timed, texts as in `Crowd`."""

    sizes: Sequence[int] = USUAL
    folder: Path | None = None
    askers: int = ASKED
    texts: int | None = None


def suite(options: Options) -> Suite:
    """Return the suite for these options."""
    about = "a match at several sizes beside a naive pipeline, the bare vector queries and exact search"
    return Suite("latency", 1, about, lambda worlds: measure(worlds, options))


def measure(worlds: Worlds, options: Options) -> Findings:
    """Time every size that is asked for; the others stand as unscored, with what to say to have them."""
    folder = options.folder or worlds.new_folder()
    figures: list[Figure] = []
    medians: dict[int, float] = {}
    for size in sorted({*SIZES, *options.sizes}):
        if size not in options.sizes:
            figures.extend(_absent(size))
            continue
        crowd = Crowd(size, worlds.embedder, options.texts)
        with _contest(folder, worlds.new_folder(), crowd, worlds.embedder) as contest:
            first, spent, renewed = _run(contest, options.askers)
        figures.extend(_figures(size, first, spent, renewed))
        medians[size] = percentile_ms(spent.cpu("ours"), 50)
    figures.extend(_growth(medians, options.askers))
    return Findings(figures)


@contextmanager
def _contest(folder: Path, scratch: Path, crowd: Crowd, embedder: Embedder) -> Iterator[_Contest]:
    files = CrowdFolder(folder, crowd, embedder, _silent)
    files.build()
    # The proposals of one run must not be the history of the next.
    rows = Path(shutil.copy(files.rows, scratch / files.rows.name))
    contest = _Contest(files, crowd, embedder, rows)
    try:
        yield contest
    finally:
        contest.close()


def _silent(_line: str) -> None:
    """Builds are not news in a run file."""


def _run(contest: _Contest, askers: int) -> tuple[Spent, _Spent, list[Spent]]:
    """Return what the very first request took, what each way took, and requests while samples are drawn anew."""
    people = _askers(contest.crowd, askers + 2 * _WARM)
    first = spend(contest.ways(people[0])["ours"])
    for person in people[1:_WARM]:
        for work in contest.ways(person).values():
            work()
    spent = _Spent()
    for number, person in enumerate(people[_WARM:-_WARM]):
        works = contest.ways(person)
        for way in (*_WAYS[number % len(_WAYS) :], *_WAYS[: number % len(_WAYS)]):  # nobody always comes first
            spent.of[way].append(spend(works[way]))
    contest.clock.advance(timedelta(hours=1))
    return first, spent, [spend(contest.ways(person)["ours"]) for person in people[-_WARM:]]


def _askers(crowd: Crowd, n: int) -> list[Person]:
    """Return members who agreed to be matched, drawn by chance."""
    numbers = np.random.default_rng(SEED).permutation(crowd.size)[: 2 * n]
    people = (next(crowd.people(int(number), int(number) + 1)) for number in numbers)
    return [person for person in people if person.fields["consent_match"]][:n]


def _figures(size: int, first: Spent, spent: _Spent, renewed: Sequence[Spent]) -> list[Figure]:
    n = len(spent.of["ours"])
    found = []
    for way in _WAYS:
        found += [
            count(_name(size, f"{way}_p50_ms"), percentile_ms(spent.wall(way), 50), n, "lower"),
            count(_name(size, f"{way}_p95_ms"), percentile_ms(spent.wall(way), 95), n, "lower"),
            count(_name(size, f"{way}_cpu_ms"), percentile_ms(spent.cpu(way), 50), n, "lower"),
        ]
    for other in ("naive", "raw", "exact"):
        found.append(_ratio(_name(size, f"to_{other}"), spent.wall("ours"), spent.wall(other)))
        found.append(_ratio(_name(size, f"to_{other}_cpu"), spent.cpu("ours"), spent.cpu(other)))
    found.append(count(_name(size, "first_request_ms"), first.wall_seconds * 1000, 1, "lower"))
    slowest = max(item.wall_seconds for item in renewed) * 1000
    found.append(count(_name(size, "slowest_while_samples_are_renewed_ms"), slowest, len(renewed), "lower"))
    return found


def _ratio(name: str, ours: Sequence[float], other: Sequence[float]) -> Figure:
    value, interval = ratio_interval(ours, other, 50)
    return Figure(
        name=name, value=value, n=len(ours), low=interval.low, high=interval.high, interval=interval.method,
        better="lower",
    )  # fmt: skip


def _absent(size: int) -> list[Figure]:
    reason = f"python -m eval bench --sizes {' '.join(map(str, SIZES))} measures it"
    return [unscored(_name(size, name), reason, "lower") for name in ("to_naive_cpu", "to_raw_cpu")]


def _growth(medians: dict[int, float], n: int) -> list[Figure]:
    """Return how many times the CPU time of a request the next size takes."""
    better: Better = "lower"
    known = sorted(medians)
    return [
        count(f"latency.growth.{small}_to_{large}", medians[large] / medians[small], n, better)
        for small, large in pairwise(known)
    ]


def _name(size: int, what: str) -> str:
    return f"latency.{size}.{what}"


def _collections(folder: Path) -> dict[str, Any]:
    """Return the collections by side, as a user of Chroma alone would open them; the client is shared with the index."""
    client = chromadb.PersistentClient(path=str(folder), settings=ChromaSettings(anonymized_telemetry=False))
    found = {(collection.metadata or {}).get("aspect"): collection for collection in client.list_collections()}
    return {side: found[side] for side in _OPPOSITE}


def _matrix(collection: Any) -> Vectors:
    pages = []
    offset = 0
    while len(page := collection.get(limit=_PAGE, offset=offset, include=["embeddings"])["embeddings"]):
        pages.append(np.asarray(page, dtype=np.float32))
        offset += len(page)
    return np.concatenate(pages)


def _best(similarities: Vectors) -> NDArray[np.intp]:
    """Return the places of the hits of each row, best first."""
    near = np.argpartition(-similarities, _HITS, axis=1)[:, :_HITS]
    order = np.argsort([-row[places] for row, places in zip(similarities, near, strict=True)], axis=1)
    return np.asarray([places[row] for places, row in zip(near, order, strict=True)])
