"""What an import says it did, also part way, so that a resumed one reports the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError, computed_field

from copilot.community.importers.base import ImportFormat, ImportKind, RowError
from copilot.community.store import UpsertResult
from copilot.errors import InvalidInput

_MAX_CHANNELS = 1_000
# Errors that a checkpoint carries: it is written with every batch.
_CHECKPOINT_ERRORS = 50


class Counts(BaseModel):
    """What happened to the rows of one table."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0

    def add(self, result: UpsertResult) -> None:
        """Count an upsert."""
        self.inserted += len(result.inserted)
        self.updated += len(result.updated)
        self.unchanged += len(result.unchanged)


class ImportReport(BaseModel):
    """The outcome of one import, or of what it would do.

    Attributes:
        rows_read: records of the file, wrong ones included.
        resumed_at: rows that an earlier attempt had written; they count here too.
        counts: per table; members seen only in chat and channels count too, so sums may exceed `rows_read`.
        skipped: reason -> rows left out on purpose (`duplicate` within the file, `erased`).
        recalled: messages that lost their text because they were taken back.
        errors: the first row errors; `error_count` has all.
        truncated: the file became unreadable part way; rows before that place were imported.
        channels: channel id -> name.
    """

    format: ImportFormat
    kind: ImportKind
    dry_run: bool = False
    encoding: str = ""
    resumed_at: int = 0
    rows_read: int = 0
    counts: dict[str, Counts] = {}
    skipped: dict[str, int] = {}
    recalled: int = 0
    errors: list[RowError] = []
    error_count: int = 0
    truncated: bool = False
    channels: dict[str, str] = {}
    bytes: int = 0
    seconds: float = 0.0

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order of decorators
    @property
    def inserted(self) -> int:
        """Rows that are new."""
        return sum(count.inserted for count in self.counts.values())

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order of decorators
    @property
    def updated(self) -> int:
        """Rows that were there and changed."""
        return sum(count.updated for count in self.counts.values())

    @computed_field  # type: ignore[prop-decorator]  # pydantic's documented order of decorators
    @property
    def unchanged(self) -> int:
        """Rows that were there as they are."""
        return sum(count.unchanged for count in self.counts.values())

    def count(self, table: str, result: UpsertResult) -> None:
        """Count an upsert under the name of its table."""
        self.counts.setdefault(table, Counts()).add(result)

    def skip(self, reason: str, rows: int = 1) -> None:
        """Count rows that were left out on purpose."""
        if rows:
            self.skipped[reason] = self.skipped.get(reason, 0) + rows

    def fail(self, error: RowError, most: int) -> None:
        """Count a row error and keep it if there are fewer than `most`."""
        self.error_count += 1
        if len(self.errors) < most:
            self.errors.append(error)

    def checkpoint(self) -> dict[str, Any]:
        """Return what `resume` needs, as JSON data of a few kilobytes."""
        kept = self.model_dump(mode="json", include={*_CUMULATIVE, "errors"})
        kept["errors"] = kept["errors"][:_CHECKPOINT_ERRORS]
        return kept

    def resume(self, rows: int, checkpoint: Mapping[str, Any]) -> ImportReport:
        """Return this report going on from where an earlier attempt stopped.

        Raises:
            InvalidInput: the checkpoint is not one of ours.
        """
        earlier = {name: checkpoint[name] for name in (*_CUMULATIVE, "errors") if name in checkpoint}
        try:
            return ImportReport.model_validate({**self.model_dump(), **earlier, "resumed_at": rows})
        except ValidationError as error:
            raise InvalidInput("the checkpoint of this import is damaged", field="resume_from") from error

    def saw_channel(self, channel_id: str, name: str) -> None:
        """Name a channel that the file is about."""
        if len(self.channels) < _MAX_CHANNELS:
            self.channels[channel_id] = name


_CUMULATIVE = ("rows_read", "counts", "skipped", "recalled", "error_count", "channels")


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is. The number of rows is unknown until the end, so shares are of bytes."""

    rows: int
    bytes_read: int
    bytes_total: int
