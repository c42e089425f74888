"""The cascade as the command `read` uses it: no store, no community, and the embedder only where it is wanted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from copilot.atmosphere.sentiment import SentimentModel
from copilot.embeddings.factory import make_embedder
from copilot.language.meaning import Meanings
from copilot.moderation.bulk import BulkReader, TextIn
from copilot.moderation.cascade import Cascade
from copilot.settings import Settings


class Engine:
    """Reads texts and remembers what it cost."""

    fields = frozenset(TextIn.model_fields)

    def __init__(self, settings: Settings, *, fast: bool) -> None:
        """Load the models; `fast` leaves the embedder out."""
        meanings = None if fast else Meanings.of(make_embedder(settings.embeddings))
        self._cascade = Cascade.load(SentimentModel.load(meanings=meanings), meanings)
        self._reader = BulkReader(self._cascade)
        self._began = time.process_time()

    def text(self, given: Mapping[str, Any]) -> TextIn:
        """Return a text that came from outside.

        Raises:
            ValidationError: it is none.
        """
        return TextIn.model_validate(given)

    def read(self, batch: Sequence[tuple[int, TextIn]], *, explain: bool) -> Iterator[dict[str, Any]]:
        """Yield what was read in texts, whose line numbers stand in for missing ids."""
        found = self._reader.read([text for _, text in batch], explain=explain)
        for (number, given), reading in zip(batch, found, strict=True):
            said = reading.model_dump(mode="json", exclude=None if explain else {"explain"})
            yield said if given.id is not None else {**said, "id": number}

    def summary(self) -> dict[str, Any]:
        """Return what it cost so far, by stage."""
        stages = {
            stage: {
                "messages": cost.messages,
                "decided": cost.decided,
                "cpu_microseconds": round(cost.cpu_microseconds, 1),
            }
            for stage, cost in self._cascade.costs.sums().items()
            if cost.messages
        }
        spent = round(time.process_time() - self._began, 2)
        return {"model_version": self._cascade.version, "cpu_seconds": spent, "stages": stages}
