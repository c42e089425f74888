"""Crowds on disk: rows in SQLite, vectors in embedded Chroma, whole profiles in a LangChain store; built once, then reused.

A hundred thousand members take some twenty minutes, so a folder keeps them from run to run.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import chromadb
import numpy as np
from sqlalchemy import insert
from sqlalchemy.schema import CreateIndex, CreateTable

from copilot.clock import FixedClock
from copilot.community.ids import derived_id, text_hash
from copilot.community.store import Store
from copilot.community.tables import Base, Channel, Community, Member, Message, ProfileText, VectorRow
from copilot.embeddings.base import Embedder
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.chroma_client import disconnect
from copilot.vectors.index import CALL_ROWS, VectorItem
from eval.crowd import COMMUNITY, NOW, Crowd, Person

Progress = Callable[[str], None]
PROFILES = "profiles"
_BATCH = 2_500
_CHANNEL = "chn_crowd"
# No request that is timed looks at what members are, and a quarter less is written.
SEARCHED = ("has", "wants", "profile")
_DONE = "done"


class CrowdFolder:
    """The files of one crowd. A part that was not finished, or was made for other tables or texts, is made anew."""

    def __init__(self, folder: Path, crowd: Crowd, embedder: Embedder, on_progress: Progress = print) -> None:
        self._crowd = crowd
        self._embedder = embedder
        self._say = on_progress
        made_of = _digest(embedder.name, *sorted(text for texts in crowd.pool.values() for text, _ in texts))
        self._folder = folder / f"crowd-{crowd.size}-{made_of}"
        tables = [str(CreateTable(table)) for table in Base.metadata.sorted_tables]
        tables += sorted(str(CreateIndex(index)) for table in Base.metadata.sorted_tables for index in table.indexes)
        self.rows = self._folder / f"rows-{_digest(*tables)}" / "copilot.sqlite"
        self.vectors = self._folder / "chroma"
        self.profiles = self._folder / "profiles"

    def build(self) -> None:
        """Make what is missing."""
        if not (self.rows.parent / _DONE).exists():
            shutil.rmtree(self.rows.parent, ignore_errors=True)
            self.rows.parent.mkdir(parents=True)
            self._write_rows()
            (self.rows.parent / _DONE).touch()
        self.vectors.mkdir(parents=True, exist_ok=True)
        for side in SEARCHED:
            if not (self.vectors / f"{_DONE}-{side}").exists():
                self._write_vectors(side)
                (self.vectors / f"{_DONE}-{side}").touch()
        if not (self.profiles / _DONE).exists():
            shutil.rmtree(self.profiles, ignore_errors=True)
            self.profiles.mkdir(parents=True)
            self._write_profiles()
            (self.profiles / _DONE).touch()

    def _batches(self, what: str) -> Iterator[list[Person]]:
        people = self._crowd.people()
        done = 0
        while batch := list(islice(people, _BATCH)):
            yield batch
            done += len(batch)
            self._say(f"{self._crowd.size} members: {done} {what}")

    def _write_rows(self) -> None:
        store = Store.open(f"sqlite:///{self.rows}", clock=FixedClock(NOW))
        with store.system(write=True) as session:
            session.add(Community(id=COMMUNITY, slug="crowd", name="Crowd", locale="zh-CN", created_at=NOW))
            session.flush()
            session.add(
                Channel(
                    id=_CHANNEL, community_id=COMMUNITY, platform="made", external_id="1", name="chat", created_at=NOW
                )
            )
        for batch in self._batches("stored"):
            rows = [rows_of(person, self._embedder.name) for person in batch]
            with store.system(write=True) as session:
                for table in (Member, ProfileText, VectorRow, Message):
                    session.execute(insert(table), [row for found in rows for row in found.get(table, [])])
        store.close()

    def _write_vectors(self, side: str) -> None:
        index = ChromaIndex.embedded(self.vectors, self._embedder.name)
        index.drop(COMMUNITY, side)
        for batch in self._batches(f"with vectors of {side}"):
            items = [
                VectorItem(said.record_id, person.member_id, text_hash(said.text), said.vector)
                for person in batch
                for said in (person.texts(side) if side != "profile" else [person.whole])
            ]
            for start in range(0, len(items), CALL_ROWS):
                index.upsert(COMMUNITY, side, items[start : start + CALL_ROWS])
        index.close()

    def _write_profiles(self) -> None:
        client = chromadb.PersistentClient(path=str(self.profiles))
        store = client.create_collection(PROFILES, embedding_function=None, metadata={"hnsw:space": "cosine"})
        for batch in self._batches("with whole profiles"):
            store.upsert(
                ids=[person.member_id for person in batch],
                embeddings=np.stack([person.whole.vector for person in batch]),
                documents=[person.whole.text for person in batch],
                metadatas=[{"name": person.fields["name"]} for person in batch],
            )
        disconnect(client)


def rows_of(person: Person, embedder: str) -> dict[type[Base], list[dict[str, Any]]]:
    """Return the rows of a member by table; those of its vectors are on record for `embedder`."""
    whose = {"community_id": COMMUNITY, "member_id": person.member_id}
    identity = {"id": person.member_id, "community_id": COMMUNITY, "platform": "made", "external_id": person.member_id}
    texts = [
        whose | {"id": said.record_id, "aspect": said.side, "position": position, "text": said.text}
        for position, said in enumerate(person.said)
    ]
    vectors = [
        whose | {"aspect": said.side, "record_id": said.record_id, "owner_kind": "member", "owner_id": person.member_id,
                 "text_hash": text_hash(said.text), "embedder": embedder, "embedded_at": NOW}
        for said in (*person.said, person.whole)
    ]  # fmt: skip
    messages = [
        {"id": (message_id := derived_id("msg", person.member_id, str(number))), "community_id": COMMUNITY,
         "channel_id": _CHANNEL, "external_id": message_id, "sender_id": person.member_id,
         "sent_at": NOW - timedelta(days=7 * number, hours=1), "text": "ok"}
        for number in range(person.messages)
    ]  # fmt: skip
    return {Member: [identity | person.fields], ProfileText: texts, VectorRow: vectors, Message: messages}


def _digest(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()
