"""What an import is asked to do and what it says it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, computed_field

from copilot.community.importers.base import ImportFormat, ImportKind, RowError
from copilot.community.store import UpsertResult

DEFAULT_PLATFORM = "wechat"
_MAX_CHANNELS = 1_000
_Name = Annotated[str, StringConstraints(max_length=200)]


class ImportOptions(BaseModel):
    """How to read a file; everything that is left out is found in the file itself.

    Attributes:
        mapping: column of the file -> field; `-` leaves the column out.
        channel: of a file with several channels the one to import (id or name); otherwise the id to store it under.
        platform: platform of members in tables and of chats that name none. Chat and tables must agree on it, so that
            one person stays one member.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: ImportFormat | None = None
    kind: ImportKind | None = None
    mapping: dict[_Name, _Name] = Field({}, max_length=200)
    dry_run: bool = False
    channel: _Name | None = None
    platform: str = Field(DEFAULT_PLATFORM, pattern=r"^[a-z0-9_-]{1,40}$")


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
        rows_read: records of the file, wrong ones included, from `start_row` on.
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
    start_row: int = 0
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

    def saw_channel(self, channel_id: str, name: str) -> None:
        """Name a channel that the file is about."""
        if len(self.channels) < _MAX_CHANNELS:
            self.channels[channel_id] = name


@dataclass(frozen=True)
class ImportProgress:
    """How far an import is. The number of rows is unknown until the end, so shares are of bytes."""

    rows: int
    bytes_read: int
    bytes_total: int
