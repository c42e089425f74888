"""A community to evaluate in: a temporary store and vector index, filled the way production fills them.

Import, reading of messages and sync run as in a job. Time stands still the morning after the sample's last message, so
that two runs see the same "last seven days".
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.assets import knowledge_dir, prompts_dir, sample_dir
from copilot.atmosphere.sentiment import SentimentModel
from copilot.clock import FixedClock
from copilot.community.importing import ImportService
from copilot.community.ledger import SqlCallLedger
from copilot.community.sample import load_sample
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message
from copilot.embeddings.base import Embedder, TextKind
from copilot.embeddings.factory import make_embedder
from copilot.knowledge import KnowledgeBase
from copilot.llm.factory import make_structured
from copilot.llm.structured import StructuredModel
from copilot.moderation.cascade import Cascade
from copilot.moderation.service import ModerationService
from copilot.prompts import PromptLibrary
from copilot.settings import LlmSettings, Settings
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorIndex
from copilot.vectors.sync import VectorSync

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_READ_BATCH = 500
Alter = Callable[[Store, str], None]


class RememberingEmbedder(Embedder):
    """Another embedder that computes each text once: controls rebuild the community with the same sentences."""

    def __init__(self, inner: Embedder) -> None:
        super().__init__(inner.name)
        self._inner = inner
        self._known: dict[tuple[TextKind, str], NDArray[np.float32]] = {}

    @property
    def dimension(self) -> int:
        """The inner embedder's width."""
        return self._inner.dimension

    def _encode(self, texts: Sequence[str], kind: TextKind) -> NDArray[np.float32]:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if new:
            embed = self._inner.embed_queries if kind == "query" else self._inner.embed_documents
            for text, vector in zip(new, np.asarray(embed(new), dtype=np.float32), strict=True):
                self._known[kind, text] = vector
        return np.stack([self._known[kind, text] for text in texts])


@dataclass
class World:
    """One filled community and what services are made of."""

    settings: Settings
    clock: FixedClock
    store: Store
    index: VectorIndex
    embedder: Embedder
    cascade: Cascade
    community_id: str

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """Playbooks and articles that ship with the package."""
        return KnowledgeBase.load([knowledge_dir()])

    @cached_property
    def prompts(self) -> PromptLibrary:
        """Prompts that ship with the package."""
        return PromptLibrary.load(prompts_dir())

    @cached_property
    def model(self) -> StructuredModel | None:
        """The endpoint named on the command line, or None."""
        return make_structured(self.settings.llm, SqlCallLedger(self.store), self.clock)

    def members(self) -> dict[str, Member]:
        """Return the members by external id."""
        with self.store.read(self.community_id) as unit:
            return {row.external_id: row for row in unit.session.scalars(select(Member))}

    def channels(self) -> dict[str, str]:
        """Return channel ids by external id."""
        with self.store.read(self.community_id) as unit:
            return {row.external_id: row.id for row in unit.session.scalars(select(Channel))}

    def messages(self) -> dict[tuple[str, str], Message]:
        """Return the messages by (channel's external id, message's external id)."""
        names = {channel_id: name for name, channel_id in self.channels().items()}
        with self.store.read(self.community_id) as unit:
            return {(names[row.channel_id], row.external_id): row for row in unit.session.scalars(select(Message))}


class Worlds:
    """Makes worlds below one temporary folder; the first, unaltered one is shared by the suites."""

    def __init__(self, folder: Path, llm: LlmSettings | None = None) -> None:
        self._folder = folder
        # Not `Settings()`: an evaluation must not depend on the environment it runs in.
        self.settings = Settings.model_construct(data_dir=folder, llm=llm or LlmSettings())
        self._count = 0
        self._shared: World | None = None

    @cached_property
    def embedder(self) -> Embedder:
        """The bundled embedder, with a memory."""
        return RememberingEmbedder(make_embedder(self.settings.embeddings))

    @cached_property
    def cascade(self) -> Cascade:
        """The local readers of messages."""
        return Cascade.load(SentimentModel.load())

    def shared(self) -> World:
        """Return the sample community; whoever changes rows that others measure takes a fresh one instead."""
        if self._shared is None:
            self._shared = self._build(None)
        return self._shared

    @contextmanager
    def fresh(self, alter: Alter | None = None) -> Iterator[World]:
        """Yield a sample community of one's own, changed by `alter` after import, before reading and sync."""
        world = self._build(alter)
        try:
            yield world
        finally:
            _close(world)

    def close(self) -> None:
        """Close what is open."""
        if self._shared is not None:
            _close(self._shared)
            self._shared = None

    def new_folder(self) -> Path:
        """Return an empty folder, removed with all others at the end of the run."""
        self._count += 1
        folder = self._folder / f"world-{self._count}"
        folder.mkdir(parents=True)
        return folder

    def _build(self, alter: Alter | None) -> World:
        folder = self.new_folder()
        index = ChromaIndex.embedded(folder / "chroma", self.embedder.name)
        world = open_world(folder, self.settings, Parts(index, self.embedder, self.cascade), alter)
        read_all(world)
        VectorSync(StaleTexts(world.store), index, self.embedder, self.settings.vectors.batch_size).run(
            world.community_id
        )
        return world


@dataclass(frozen=True)
class Parts:
    """What a world is made with and does not make itself."""

    index: VectorIndex
    embedder: Embedder
    cascade: Cascade


def open_world(folder: Path, settings: Settings, parts: Parts, alter: Alter | None = None) -> World:
    """Return the sample community in a new store in `folder`: imported, and not yet read or embedded."""
    clock = FixedClock(NOW)
    store = Store.open(f"sqlite:///{folder / 'truth.sqlite'}", clock=clock)
    importing = ImportService(store, settings.limits, settings.jobs.batch_rows)
    community_id = load_sample(store, importing, sample_dir()).community_id
    if alter is not None:
        alter(store, community_id)
    return World(settings, clock, store, parts.index, parts.embedder, parts.cascade, community_id)


def read_all(world: World) -> int:
    """Read every message that waits, as the job does; return how many were read."""
    moderation = ModerationService(world.store, world.cascade)
    total = 0
    while (report := moderation.read_pending(world.community_id, limit=_READ_BATCH)).taken:
        total += report.read
    return total


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a case set."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _close(world: World) -> None:
    world.index.close()
    world.store.close()
