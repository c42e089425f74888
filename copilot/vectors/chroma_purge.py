"""Making Chroma forget for good what was deleted.

Chroma only notes a deletion: its log of changes keeps ids, metadata and vectors until it is compacted, which a small
collection may never be; the search graph keeps the vectors of deleted records; a dropped collection leaves its folder and
its database pages behind. So a collection is written anew without them and takes the old one's place, and of a store of
our own the left-over files and pages go too. A new graph is written with room for records to come, filled with whatever
the process had in memory, which may be the vectors that went: that room is zeroed. A server's files are its operators':
`chroma vacuum` does it there.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from copilot.errors import IndexUnavailable
from copilot.vectors.chroma_client import not_found
from copilot.vectors.index import CALL_ROWS

_NEXT = "-next"
# Another process may write while a collection is copied; each round copies what changed in the last one.
_ROUNDS = 5
_TIDY_SECONDS = 120.0
# In a process of its own: closing a SQLite file that Chroma has open in ours would drop Chroma's locks on it.
_TIDY = """
import shutil, sqlite3, struct, sys, uuid
from pathlib import Path

def zero_from(path, start):
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        if start < size:
            file.seek(start)
            file.write(bytes(size - start))

folder = Path(sys.argv[1])
database = sqlite3.connect(folder / "chroma.sqlite3", timeout=60, isolation_level=None)
kept = {row[0] for row in database.execute("SELECT id FROM segments")}
database.execute("VACUUM")
database.close()
for path in folder.iterdir():
    try:
        known = path.name in kept or str(uuid.UUID(path.name)) != path.name
    except ValueError:
        continue
    if path.is_dir() and not known:
        shutil.rmtree(path)
    elif (path / "header.bin").is_file():
        # hnswlib: version, then offset of level 0, room, records, bytes a record; lengths are 4 bytes a record.
        version, _, room, records, width = struct.unpack("<i4q", (path / "header.bin").read_bytes()[:36])
        if version == 1 and 0 <= records <= room:
            zero_from(path / "data_level0.bin", records * width)
            zero_from(path / "length.bin", records * 4)
"""


class Gate:
    """Lets many in together, or one alone: a collection is swapped while nobody uses it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._is_closed = False

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Enter beside others; waits while somebody is alone inside. Not to be entered twice by one thread."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Enter when all others have left; nobody enters meanwhile."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._is_closed = True
            self._changed.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()


def copy(client: Any, old: Any, configuration: dict[str, Any]) -> Any:
    """Return a new collection with the records of `old` and nothing else; what an earlier attempt left is dropped."""
    name = old.name + _NEXT
    with suppress(not_found()):
        client.delete_collection(name)
    new = client.create_collection(name, embedding_function=None, metadata=old.metadata, configuration=configuration)
    copied: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        held = dict(_records(old))
        changed = [record_id for record_id, metadata in held.items() if copied.get(record_id) != metadata]
        gone = [record_id for record_id in copied if record_id not in held]
        if not changed and not gone:
            break
        for start in range(0, len(gone), CALL_ROWS):
            new.delete(ids=gone[start : start + CALL_ROWS])
        for start in range(0, len(changed), CALL_ROWS):
            rows = old.get(ids=changed[start : start + CALL_ROWS], include=["embeddings", "metadatas"])
            if rows["ids"]:
                new.upsert(ids=rows["ids"], embeddings=rows["embeddings"], metadatas=rows["metadatas"])
        copied = held
    return new


def take_place(client: Any, name: str, new: Any) -> None:
    """Drop the collection `name` and give its name to `new`. Died in between, a check finds it missing and fills it."""
    client.delete_collection(name)
    new.modify(name=name)


def drop_unfinished(client: Any, name: str) -> None:
    """Drop what a copy that died left of the collection `name`."""
    with suppress(not_found()):
        client.delete_collection(name + _NEXT)


def tidy(folder: Path) -> None:
    """Remove dropped collections' folders and the database's free pages from a store that nobody uses meanwhile.

    Raises:
        IndexUnavailable: it took too long or failed; the index works as before, but old pages may still be readable.
    """
    command = [sys.executable, "-I", "-c", _TIDY, str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_TIDY_SECONDS)  # noqa: S603  # our own text
    except subprocess.SubprocessError as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip().splitlines()
        raise IndexUnavailable(f"deleted vectors could not be overwritten: {(said or [error])[-1]}") from error


def _records(collection: Any) -> Iterator[tuple[str, Any]]:
    offset = 0
    while True:
        page = collection.get(limit=CALL_ROWS, offset=offset, include=["metadatas"])
        yield from zip(page["ids"], page["metadatas"], strict=True)
        offset += len(page["ids"])
        if len(page["ids"]) < CALL_ROWS:
            return
