"""A community to evaluate in: the services of production on a temporary folder, filled the way production fills them.

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

from copilot.assets import sample_dir
from copilot.clock import FixedClock
from copilot.community.sample import load_sample
from copilot.community.store import Store
from copilot.community.tables import Channel, Member, Message
from copilot.embeddings.base import Embedder, TextKind
from copilot.embeddings.factory import make_embedder
from copilot.services import Services
from copilot.settings import EmbeddingSettings, LlmSettings, MatchingSettings, Settings

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


@dataclass(frozen=True)
class World:
    """One community and the services that work on it."""

    services: Services
    community_id: str

    def members(self) -> dict[str, Member]:
        """Return the members by external id."""
        with self.services.store.read(self.community_id) as unit:
            return {row.external_id: row for row in unit.session.scalars(select(Member))}

    def channels(self) -> dict[str, str]:
        """Return channel ids by external id."""
        with self.services.store.read(self.community_id) as unit:
            return {row.external_id: row.id for row in unit.session.scalars(select(Channel))}

    def messages(self) -> dict[tuple[str, str], Message]:
        """Return the messages by (channel's external id, message's external id)."""
        names = {channel_id: name for name, channel_id in self.channels().items()}
        with self.services.store.read(self.community_id) as unit:
            return {(names[row.channel_id], row.external_id): row for row in unit.session.scalars(select(Message))}


class Worlds:
    """Makes worlds below one temporary folder; the first, unaltered one is shared by the suites."""

    def __init__(self, folder: Path, llm: LlmSettings | None = None, llm_cases: int | None = None) -> None:
        """Prepare to make worlds.

        Args:
            folder: where their files go.
            llm: the endpoint for the parts that use a model; without it those are unscored.
            llm_cases: how many cases such a part takes, all without it.
        """
        self._folder = folder
        self.llm = llm
        self.llm_cases = llm_cases
        self._count = 0
        self._shared: World | None = None

    @cached_property
    def embedder(self) -> Embedder:
        """The bundled embedder, with a memory."""
        # Named: figures of the engine that may take its place would not be those of the gates.
        return RememberingEmbedder(make_embedder(EmbeddingSettings(engine="onnx")))

    def shared(self) -> World:
        """Return the sample community; whoever changes rows that others measure takes a fresh one instead."""
        if self._shared is None:
            self._shared = open_world(self.new_folder(), self.embedder)
            fill(self._shared)
        return self._shared

    @contextmanager
    def fresh(self, alter: Alter | None = None, llm: LlmSettings | None = None) -> Iterator[World]:
        """Yield a sample community of one's own: changed by `alter` after import, with `llm` as its model endpoint."""
        world = open_world(self.new_folder(), self.embedder, llm)
        try:
            if alter is not None:
                alter(world.services.store, world.community_id)
            fill(world)
            yield world
        finally:
            world.services.close()

    def new_folder(self) -> Path:
        """Return an empty folder, removed with all others at the end of the run."""
        self._count += 1
        folder = self._folder / f"world-{self._count}"
        folder.mkdir(parents=True)
        return folder

    def close(self) -> None:
        """Close what is open."""
        if self._shared is not None:
            self._shared.services.close()
            self._shared = None


def open_world(folder: Path, embedder: Embedder | None = None, llm: LlmSettings | None = None) -> World:
    """Return the sample community in `folder`: imported, and not yet read or embedded."""
    services = Services(settings_in(folder, llm), FixedClock(NOW))
    if embedder is not None:
        services.embedder = embedder
    return World(services, load_sample(services.store, services.importing, sample_dir()).community_id)


def settings_in(folder: Path, llm: LlmSettings | None = None, matching: MatchingSettings | None = None) -> Settings:
    """Return the settings an evaluation runs with: defaults, whatever the environment and `.env` say.

    But for one: nobody is proposed too often. Else the lists of those who ask last would depend on who asked before.
    """
    matching = matching or MatchingSettings(exposure_cap=0)
    return Settings.model_construct(data_dir=folder, llm=llm or LlmSettings(), matching=matching)


def shown_settings(llm: LlmSettings | None) -> dict[str, Any]:
    """Return those settings for the manifest, without keys, addresses and folders, which may name a machine."""
    hidden: dict[str, bool | set[str]] = {
        "data_dir": True,
        "llm": {"base_url", "api_key"},
        "embeddings": {"base_url", "api_key"},
    }
    return settings_in(Path(), llm).model_dump(mode="json", exclude=hidden)


def fill(world: World) -> None:
    """Read every message that waits and embed every text, as the jobs do."""
    read_all(world)
    world.services.sync.run(world.community_id)


def read_all(world: World) -> int:
    """Read every message that waits; return how many were read."""
    total = 0
    while (report := world.services.moderation.read_pending(world.community_id, limit=_READ_BATCH)).taken:
        total += report.read
    return total


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a case set."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
