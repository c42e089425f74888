"""What all features stand on: the stores, the models, the texts that ship. `Services` adds the features themselves.

Parts are imported and made when first asked for, so that a command pays only for what it uses.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from copilot.assets import knowledge_dir, prompts_dir
from copilot.clock import Clock, SystemClock
from copilot.community.store import Store
from copilot.settings import Settings

if TYPE_CHECKING:
    from copilot.community.importing import ImportService
    from copilot.community.ingesting import MessageIngest
    from copilot.embeddings.base import Embedder
    from copilot.knowledge import KnowledgeBase
    from copilot.llm.structured import StructuredModel
    from copilot.moderation.cascade import Cascade
    from copilot.prompts import PromptLibrary
    from copilot.vectors.index import VectorIndex
    from copilot.vectors.sync import VectorSync


class Foundation:
    """The stores and models of one set of settings. Safe to share between threads."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or SystemClock()
        # Two first requests at once must not open the embedded store twice.
        self._making = threading.RLock()

    @cached_property
    def store(self) -> Store:
        """The truth."""
        with self._making:
            return self.__dict__.get("store") or Store.open(
                self.settings.database_url, self.settings.database, self.clock
            )

    @cached_property
    def embedder(self) -> Embedder:
        """Texts to vectors."""
        from copilot.embeddings.factory import make_embedder

        with self._making:
            return self.__dict__.get("embedder") or make_embedder(self.settings.embeddings)

    @cached_property
    def index(self) -> VectorIndex:
        """The vector index: embedded, or a server when its URL is set."""
        from copilot.vectors.chroma import ChromaIndex
        from copilot.vectors.remembered import RememberedIndex

        with self._making:
            if "index" in self.__dict__:
                return self.__dict__["index"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            if self.settings.vectors.url:
                return ChromaIndex.server(self.settings.vectors.url, self.embedder.name)
            index = ChromaIndex.embedded(self.settings.vectors_dir, self.embedder.name)
            return RememberedIndex(index, self.settings.vectors.memory_mb)

    @cached_property
    def sync(self) -> VectorSync:
        """Brings the index up to the store."""
        from copilot.community.staleness import StaleTexts
        from copilot.vectors.sync import VectorSync

        return VectorSync(StaleTexts(self.store), self.index, self.embedder, self.settings.vectors.batch_size)

    @cached_property
    def knowledge(self) -> KnowledgeBase:
        """Playbooks and articles, the operators' own folders last."""
        from copilot.knowledge import KnowledgeBase

        return KnowledgeBase.load([knowledge_dir(), *self.settings.knowledge_dirs])

    @cached_property
    def prompts(self) -> PromptLibrary:
        """The prompts that ship with the package."""
        from copilot.prompts import PromptLibrary

        return PromptLibrary.load(prompts_dir())

    @cached_property
    def model(self) -> StructuredModel | None:
        """The configured model endpoint, or None, which is a normal state."""
        from copilot.community.ledger import SqlCallLedger
        from copilot.llm.factory import make_structured

        with self._making:
            if "model" in self.__dict__:
                return self.__dict__["model"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            return make_structured(self.settings.llm, SqlCallLedger(self.store), self.clock)

    @cached_property
    def importing(self) -> ImportService:
        """Reads files into the store."""
        from copilot.community.importing import ImportService

        return ImportService(self.store, self.settings.limits, self.settings.jobs.batch_rows)

    @cached_property
    def ingest(self) -> MessageIngest:
        """Takes messages as they are said."""
        from copilot.community.ingesting import MessageIngest

        return MessageIngest(self.store, self.settings.limits)

    @cached_property
    def cascade(self) -> Cascade:
        """All stages of reading."""
        from copilot.atmosphere.sentiment import SentimentModel
        from copilot.language.meaning import Meanings
        from copilot.moderation.cascade import Cascade

        with self._making:
            if "cascade" in self.__dict__:
                return self.__dict__["cascade"]  # type: ignore[no-any-return]  # made by another thread meanwhile
            meanings = Meanings.of(self.embedder)
            return Cascade.load(SentimentModel.load(meanings=meanings), meanings)

    def ping_index(self) -> None:
        """Raise `IndexUnavailable` unless the vector index answers."""
        self.index.scan("readiness-probe", "is")

    def close(self) -> None:
        """Close what was opened."""
        for name in ("index", "model", "store"):
            part = self.__dict__.pop(name, None)
            if part is not None:
                part.close()
