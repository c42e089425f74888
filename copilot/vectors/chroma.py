"""The vector index on Chroma: embedded in a folder that one process owns, or a server by URL.

One collection per community, aspect and embedder. Queries carry no filter: filtered search is Chroma's slow path.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from copilot.errors import IndexUnavailable
from copilot.vectors.chroma_client import connect, disconnect, not_found, open_embedded, translated
from copilot.vectors.chroma_purge import Gate, copy, drop_unfinished, take_place, tidy
from copilot.vectors.index import (
    ASPECTS,
    CALL_ROWS,
    VectorHit,
    VectorItem,
    check_aspect,
    check_hits,
    ranked,
    unit_matrix,
)
from copilot.vectors.lock import FolderLock

T = TypeVar("T")
# Every key is written with every row: Chroma's upsert merges metadata, so a key left out would survive.
_OWNER, _HASH = "owner", "hash"
_COMMUNITY, _ASPECT, _EMBEDDER = "community", "aspect", "embedder"
_HANDLES = 256
_PAGE = 100
_QUERY_ROWS = 100
# Measured against exact search on e5 vectors: see tests/contracts/test_vector_index.py.
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}
_CONFIGURATION = {"hnsw": _HNSW}


class ChromaIndex:
    """A Chroma client for one embedder. Safe to share between threads; made by `embedded` or `server`."""

    def __init__(self, client: Any, embedder: str, lock: FolderLock | None = None, folder: Path | None = None) -> None:
        self._folder = folder
        self._gate = Gate()
        self._writing = threading.RLock()  # a collection that is being written anew must not miss a change
        self._client = client
        self._embedder = embedder
        self._lock = lock
        self._closed = False
        self._handles: OrderedDict[str, Any] = OrderedDict()
        self._handle_limit = _HANDLES
        self._handles_lock = threading.Lock()

    @classmethod
    def embedded(cls, folder: Path, embedder: str) -> ChromaIndex:
        """Open the store in `folder`, making it if need be, for vectors of `embedder`.

        Raises:
            IndexLocked: another process has it open; the message names the process.
            IndexUnavailable: the folder cannot be used or holds something else.
        """
        lock = FolderLock(folder)
        try:
            client = open_embedded(folder)
        except BaseException:
            lock.release()
            raise
        return cls(client, embedder, lock, folder)

    @classmethod
    def server(cls, url: str, embedder: str) -> ChromaIndex:
        """Connect to a Chroma server such as `http://127.0.0.1:8000`.

        Raises:
            InvalidInput: not an HTTP address.
            IndexUnavailable: no Chroma server answers there within 10 seconds.
        """
        return cls(connect(url), embedder)

    def upsert(self, community_id: str, aspect: str, items: Sequence[VectorItem]) -> None:
        """Write vectors; see `VectorIndex.upsert`."""
        check_aspect(aspect)
        latest = list({item.record_id: item for item in items}.values())  # Chroma refuses an id given twice
        if not latest:
            return
        matrix = unit_matrix([item.vector for item in latest])

        def write(collection: Any) -> None:
            for start in range(0, len(latest), CALL_ROWS):
                rows = latest[start : start + CALL_ROWS]
                collection.upsert(
                    ids=[item.record_id for item in rows],
                    embeddings=matrix[start : start + CALL_ROWS],
                    metadatas=[{_OWNER: item.owner_id, _HASH: item.text_hash} for item in rows],
                )

        with self._writing:
            self._on(community_id, aspect, write, None, create=True)

    def delete(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> None:
        """Remove records; see `VectorIndex.delete`."""

        def remove(collection: Any) -> None:
            for chunk in _chunks(record_ids):
                collection.delete(ids=chunk)

        with self._writing:
            self._on(community_id, aspect, remove, None)

    def query(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return the nearest records; see `VectorIndex.query`."""
        return self._nearest(community_id, aspect, vectors, n, ["metadatas", "distances"])

    def nearest(self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int) -> list[list[VectorHit]]:
        """Return what `query` does without owners: Chroma reads them for longer than it searches."""
        return self._nearest(community_id, aspect, vectors, n, ["distances"])

    def _nearest(
        self, community_id: str, aspect: str, vectors: NDArray[np.float32], n: int, include: list[str]
    ) -> list[list[VectorHit]]:
        check_hits(n)
        queries = unit_matrix(vectors)

        def search(collection: Any) -> list[list[VectorHit]]:
            found: list[list[VectorHit]] = []
            for start in range(0, len(queries), _QUERY_ROWS):
                answer = collection.query(
                    query_embeddings=queries[start : start + _QUERY_ROWS], n_results=n, include=include
                )
                owners = answer["metadatas"] or [[None] * len(ids) for ids in answer["ids"]]
                found.extend(_hits(*row) for row in zip(answer["ids"], owners, answer["distances"], strict=True))
            return found

        return self._on(community_id, aspect, search, [[] for _ in queries])

    def fetch(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return vectors by id; see `VectorIndex.fetch`."""

        def read(collection: Any) -> dict[str, NDArray[np.float32]]:
            found: dict[str, NDArray[np.float32]] = {}
            for chunk in _chunks(record_ids):
                answer = collection.get(ids=chunk, include=["embeddings"])
                rows = zip(answer["ids"], answer["embeddings"], strict=True)
                found.update((record_id, np.asarray(vector, dtype=np.float32)) for record_id, vector in rows)
            return found

        return self._on(community_id, aspect, read, {})

    def items(self, community_id: str, aspect: str, record_ids: Sequence[str]) -> list[VectorItem]:
        """Return whole records, in any order; ids the index does not hold are absent."""

        def read(collection: Any) -> list[VectorItem]:
            found: list[VectorItem] = []
            for chunk in _chunks(record_ids):
                answer = collection.get(ids=chunk, include=["embeddings", "metadatas"])
                rows = zip(answer["ids"], answer["metadatas"], answer["embeddings"], strict=True)
                found.extend(
                    VectorItem(record_id, str(of.get(_OWNER, "")), str(of.get(_HASH, "")), vector)
                    for record_id, of, vector in rows
                )
            return found

        return self._on(community_id, aspect, read, [])

    def of_owners(self, community_id: str, aspect: str, owner_ids: Sequence[str]) -> None:
        """Nothing: a search by owner is a filter, Chroma's slow path."""

    def count(self, community_id: str, aspect: str) -> int:
        """Return how many records there are."""
        return self._on(community_id, aspect, lambda collection: int(collection.count()), 0)

    def scan(self, community_id: str, aspect: str) -> dict[str, str]:
        """Return all ids and hashes; see `VectorIndex.scan`."""

        def read(collection: Any) -> dict[str, str]:
            found: dict[str, str] = {}
            while True:
                answer = collection.get(limit=CALL_ROWS, offset=len(found), include=["metadatas"])
                for record_id, metadata in zip(answer["ids"], answer["metadatas"], strict=True):
                    found[record_id] = str((metadata or {}).get(_HASH, ""))
                if len(answer["ids"]) < CALL_ROWS:
                    return found

        return self._on(community_id, aspect, read, {})

    def drop(self, community_id: str, aspect: str | None = None) -> None:
        """Remove an aspect or a community; see `VectorIndex.drop`."""
        if aspect is not None:
            check_aspect(aspect)
        self._drop(lambda of: of.get(_COMMUNITY) == community_id and aspect in {None, of.get(_ASPECT)})

    def drop_other_embedders(self, community_id: str) -> int:
        """Remove what other embedders made; see `VectorIndex.drop_other_embedders`."""
        return self._drop(lambda of: of.get(_COMMUNITY) == community_id and of.get(_EMBEDDER) != self._embedder)

    def purge(self, community_id: str) -> None:
        """Leave nothing readable of deleted records; see `VectorIndex.purge`. Takes about 2 ms per record that stays."""
        with self._writing:
            for aspect in ASPECTS:
                self._write_anew(community_id, aspect)
            if self._folder is not None:
                with self._gate.alone():
                    tidy(self._folder)

    def close(self) -> None:
        """Release files, lock and connections; a second call does nothing."""
        with self._handles_lock:
            if self._closed:
                return
            self._closed = True
            self._handles.clear()
        disconnect(self._client)
        if self._lock is not None:
            self._lock.release()

    def _write_anew(self, community_id: str, aspect: str) -> None:
        with self._open_client("purge") as client:
            drop_unfinished(client, _collection_name(community_id, aspect, self._embedder))
            old = self._collection(community_id, aspect, create=False)
            if old is None:
                return
            try:
                new = copy(client, old, _CONFIGURATION)
            except not_found():  # another process dropped or swapped it meanwhile, and with it what was deleted
                self._forget_handle(old.name)
                return
        with self._gate.alone(), translated("purge"), suppress(not_found()):
            self._forget_handle(old.name)
            take_place(client, old.name, new)

    def _drop(self, is_meant: Callable[[dict[str, Any]], bool]) -> int:
        with self._writing, self._open_client("drop") as client:
            meant: list[str] = []
            offset = 0
            while page := client.list_collections(limit=_PAGE, offset=offset):
                meant.extend(collection.name for collection in page if is_meant(collection.metadata or {}))
                offset += len(page)
            for name in meant:
                self._forget_handle(name)
                with suppress(not_found()):  # another process dropped it first
                    client.delete_collection(name)
        return len(meant)

    def _on(self, community_id: str, aspect: str, action: Callable[[Any], T], empty: T, *, create: bool = False) -> T:
        """Run `action` on the collection; `empty` if there is none. A collection dropped elsewhere is looked up again."""
        check_aspect(aspect)
        with self._open_client(aspect):
            for _ in range(2):
                collection = self._collection(community_id, aspect, create=create)
                if collection is None:
                    return empty
                try:
                    return action(collection)
                except not_found():
                    self._forget_handle(collection.name)
        raise IndexUnavailable("the collection vanished while it was used", community_id=community_id, aspect=aspect)

    def _collection(self, community_id: str, aspect: str, *, create: bool) -> Any | None:
        name = _collection_name(community_id, aspect, self._embedder)
        with self._handles_lock:
            if name in self._handles:
                self._handles.move_to_end(name)
                return self._handles[name]
        owner = {_COMMUNITY: community_id, _ASPECT: aspect, _EMBEDDER: self._embedder}
        # Without a function of its own: Chroma's default would download a model.
        if create:
            found = self._client.get_or_create_collection(
                name, embedding_function=None, metadata=owner, configuration=_CONFIGURATION
            )
        else:
            try:
                found = self._client.get_collection(name, embedding_function=None)
            except not_found():
                return None
        if {key: (found.metadata or {}).get(key) for key in owner} != owner:
            raise IndexUnavailable(f"the collection {name} belongs to something else", found=dict(found.metadata or {}))
        with self._handles_lock:
            self._handles[name] = found
            while len(self._handles) > self._handle_limit:
                self._handles.popitem(last=False)
        return found

    def _forget_handle(self, name: str) -> None:
        with self._handles_lock:
            self._handles.pop(name, None)

    @contextmanager
    def _open_client(self, action: str) -> Iterator[Any]:
        if self._closed:
            raise IndexUnavailable("the vector index is closed")
        with self._gate.shared(), translated(action):
            yield self._client


def _collection_name(community_id: str, aspect: str, embedder: str) -> str:
    """Return an ASCII name (Chroma takes no other); community ids and model names may be anything."""
    identity = f"{community_id}\x1f{aspect}\x1f{embedder}".encode("utf-8", "surrogatepass")
    return f"{aspect}-{hashlib.blake2b(identity, digest_size=16).hexdigest()}"


def _hits(ids: list[str], metadatas: Sequence[Mapping[str, Any] | None], distances: list[float]) -> list[VectorHit]:
    rows = zip(ids, metadatas, distances, strict=True)
    return ranked(
        [
            VectorHit(record_id, str((metadata or {}).get(_OWNER, "")), min(1.0, max(-1.0, 1.0 - distance)))
            for record_id, metadata, distance in rows
        ]
    )


def _chunks(record_ids: Sequence[str]) -> Iterator[list[str]]:
    unique = list(dict.fromkeys(record_ids))
    for start in range(0, len(unique), CALL_ROWS):
        yield unique[start : start + CALL_ROWS]
