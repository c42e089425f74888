"""A community to evaluate in: the services of production on a temporary folder, filled the way production fills them.

Import, reading of messages and sync run as in a job. Time stands still the morning after the sample's last message, so
that two runs see the same "last seven days".
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from copilot.community.creation import create_community, read_config
from copilot.community.import_options import ImportOptions
from copilot.community.import_report import ImportReport
from copilot.community.importers.base import ImportKind
from copilot.community.sample import load_sample
from copilot.community.store import Store
from copilot.community.tables import Channel, Community, Member, Message
from copilot.embeddings.base import Embedder, TextKind
from copilot.embeddings.factory import make_embedder
from copilot.services import Services
from copilot.settings import EmbeddingSettings, LlmSettings, MatchingSettings, Settings
from eval.sample_copies import SampleCopies, State

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_READ_BATCH = 500
_DESCRIPTION = """
slug: evaluated
name: 评测社区
name_en: Evaluated community
locale: zh-CN
timezone: Asia/Shanghai
channels:
  - {id: questions, name: 问答, purpose: 提问与回答}
"""
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

    def __init__(
        self, folder: Path, llm: LlmSettings | None = None, llm_cases: int | None = None, copies: Path | None = None
    ) -> None:
        """Prepare to make worlds.

        Args:
            folder: where their files go.
            llm: the endpoint for the parts that use a model; without it those are unscored.
            llm_cases: how many cases such a part takes, all without it.
            copies: where the sample is kept to be copied; processes of one run share it. `folder` without it.
        """
        self._folder = folder
        self.llm = llm
        self.llm_cases = llm_cases
        self._count = 0
        self._kept: dict[str, World] = {}
        self._copies = SampleCopies(copies or folder, self._import, self._fill)

    @cached_property
    def embedder(self) -> Embedder:
        """The bundled embedder, with a memory."""
        # Named: figures of the engine that may take its place would not be those of the gates.
        return RememberingEmbedder(make_embedder(EmbeddingSettings(engine="onnx")))

    def shared(self) -> World:
        """Return the sample community; whoever changes rows that others measure takes a fresh one instead."""
        return self.kept("sample", lambda: self.copy(State.FILLED))

    def kept(self, name: str, make: Callable[[], World]) -> World:
        """Return the world of this name, made by whoever asks first and shared by all who ask later."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @contextmanager
    def fresh(self, alter: Alter | None = None, llm: LlmSettings | None = None) -> Iterator[World]:
        """Yield a sample community of one's own: changed by `alter` and brought up to date, with `llm` as its endpoint."""
        world = self.altered(alter, llm=llm) if alter is not None else self.copy(State.FILLED, llm)
        try:
            yield world
        finally:
            world.services.close()

    def altered(self, alter: Alter, state: State = State.FILLED, llm: LlmSettings | None = None) -> World:
        """Return a sample community that was changed by `alter`, then read and embedded; whoever takes it closes it.

        Messages that were read before are not read again because others around them changed: whoever changes those
        alters what is only imported (`state`).
        """
        world = self.copy(state, llm)
        alter(world.services.store, world.community_id)
        fill(world)
        return world

    def copy(self, state: State, llm: LlmSettings | None = None) -> World:
        """Return a sample community of one's own as it is; whoever takes it closes it."""
        folder = self.new_folder()
        self._copies.copy(state, folder)
        return _opened(folder, self.embedder, llm)

    def copy_of(self, world: World) -> World:
        """Return a copy of a world as it is now, without an endpoint; whoever takes it closes it."""
        folder = self.new_folder()
        shutil.copytree(world.services.settings.data_dir, folder, dirs_exist_ok=True)
        return _opened(folder, self.embedder)

    def _import(self, folder: Path) -> None:
        open_world(folder, self.embedder).services.close()

    def _fill(self, folder: Path) -> None:
        world = _opened(folder, self.embedder)
        fill(world)
        world.services.close()

    def new_folder(self) -> Path:
        """Return an empty folder, removed with all others at the end of the run."""
        self._count += 1
        folder = self._folder / f"world-{self._count}"
        folder.mkdir(parents=True)
        return folder

    def close(self) -> None:
        """Close what is open."""
        for world in self._kept.values():
            world.services.close()
        self._kept.clear()


def open_world(folder: Path, embedder: Embedder | None = None, llm: LlmSettings | None = None) -> World:
    """Return the sample community in `folder`: imported, and not yet read or embedded."""
    services = Services(settings_in(folder, llm), FixedClock(NOW))
    if embedder is not None:
        services.embedder = embedder
    return World(services, load_sample(services.store, services.importing, sample_dir()).community_id)


def _opened(folder: Path, embedder: Embedder, llm: LlmSettings | None = None) -> World:
    services = Services(settings_in(folder, llm), FixedClock(NOW))
    services.embedder = embedder
    with services.store.system() as session:
        community_id = session.scalars(select(Community.id)).one()
    return World(services, community_id)


@dataclass(frozen=True)
class Rows:
    """One file of rows, to be imported as it stands."""

    name: str
    kind: ImportKind
    rows: Sequence[Mapping[str, Any]]


def open_rows(
    folder: Path, embedder: Embedder, files: Sequence[Rows], *, matching: MatchingSettings | None = None, now: datetime = NOW
) -> tuple[World, list[ImportReport]]:  # fmt: skip
    """Return a community of these rows, imported as files of a platform are and not yet read or embedded, and the reports.

    Args:
        folder: empty; files of the community go there.
        embedder: made once for all worlds of a run.
        files: members before what names them.
        matching: other settings than those of `settings_in`.
        now: the moment at which time stands still.
    """
    services = Services(settings_in(folder / "data", matching=matching), FixedClock(now))
    services.embedder = embedder
    (folder / "community.yaml").write_text(_DESCRIPTION, "utf-8")
    community_id = create_community(services.store, read_config(folder / "community.yaml"))
    reports = []
    for file in files:
        path = folder / file.name
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in file.rows), "utf-8")
        reports.append(services.importing.run(community_id, path, ImportOptions(kind=file.kind)))
    return World(services, community_id), reports


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
