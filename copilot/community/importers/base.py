"""What every importer yields and is given: typed records, row errors and the reading context. No parsing, no storage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from copilot.errors import ImportFailed
from copilot.settings import LimitSettings

if TYPE_CHECKING:
    from copilot.community.importers.source import Source


class ImportFormat(StrEnum):
    """Shapes of files that can be read."""

    CHATLAB = "chatlab"
    SLACK = "slack"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"


class ImportKind(StrEnum):
    """What a file is about."""

    CHAT = "chat"
    MEMBERS = "members"
    RESOURCES = "resources"
    EVENTS = "events"


CHAT_FORMATS = frozenset({ImportFormat.CHATLAB, ImportFormat.SLACK, ImportFormat.DISCORD, ImportFormat.TELEGRAM})


class RowError(BaseModel):
    """One row that was not imported, or not wholly.

    `line` is the line in CSV and JSONL, the row in XLSX, and the number of the item in JSON documents, from 1.
    """

    model_config = ConfigDict(frozen=True)

    line: int
    field: str = ""
    code: str
    message: str


class RowProblem(ValueError):
    """Raised while one row is read; the reader turns it into a `RowError` and goes on with the next row."""

    def __init__(self, code: str, message: str, field_name: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.field_name = field_name

    def at(self, line: int) -> RowError:
        """Return this problem as the error of row `line`."""
        return RowError(line=line, field=self.field_name, code=self.code, message=str(self))


class Truncated(ImportFailed):
    """The file became unreadable part way; `data` holds `byte` or `line`. Rows before it are good."""


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A member as a file describes them. `values` and `texts` hold only what the file states."""

    line: int
    external_id: str
    platform: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    # Aspect -> sentences; an aspect that is present with no sentences was emptied on purpose.
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # Unknown columns; an empty value removes the attribute.
    attributes: Mapping[str, str] = field(default_factory=dict)
    # From chat: fills empty fields only, because a table or a person knows better.
    from_chat: bool = False


@dataclass(frozen=True, slots=True)
class ImportedResource:
    """A resource as a file describes it; `owner` is the external id of a member, or empty for the community."""

    line: int
    code: str
    values: Mapping[str, Any]
    owner: str | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ImportedChannel:
    """A channel; comes before its messages."""

    line: int
    platform: str
    external_id: str
    name: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class ImportedMessage:
    """One chat message. Ids are the platform's own; `external_id` is empty where the platform gives none."""

    line: int
    platform: str
    channel: str
    external_id: str
    sender: str
    sender_name: str
    sent_at: datetime
    type: int
    text: str
    reply_to: str = ""
    mentions: tuple[str, ...] = ()
    sender_is_bot: bool = False
    # The platform says that this message was taken back.
    recalled: bool = False
    # This row only says that another message, named here, was taken back.
    recalls: str = ""


@dataclass(frozen=True, slots=True)
class ImportedSignup:
    """One person's place at an event; status is going, attended, no_show, cancelled or waitlisted."""

    member: str
    status: str
    signed_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class ImportedFeedback:
    """What one person said afterwards; rating 1-5."""

    member: str
    rating: int
    comment: str


@dataclass(frozen=True, slots=True)
class ImportedEvent:
    """A past or coming event with its people and what was learnt."""

    line: int
    code: str
    values: Mapping[str, Any]
    venue: str = ""
    host: str = ""
    speakers: tuple[str, ...] = ()
    signups: tuple[ImportedSignup, ...] = ()
    feedback: tuple[ImportedFeedback, ...] = ()
    review_summary: str = ""
    review_lessons: tuple[str, ...] = ()

    def people(self) -> list[str]:
        """Return the external ids of everybody it names, once each."""
        named = [self.host, *self.speakers, *(s.member for s in self.signups), *(f.member for f in self.feedback)]
        return [who for who in dict.fromkeys(named) if who]


Record = ImportedMember | ImportedResource | ImportedChannel | ImportedMessage | ImportedEvent | RowError


@dataclass(frozen=True)
class ReadContext:
    """What a reader may know besides the file.

    Attributes:
        timezone: zone of times that carry none.
        platform: platform of members in tables, and of chat files that name none.
        channel: in a file with several channels, the one to read (id or name); otherwise the id to store it under.
        mapping: column of the file -> field, or `-` to leave the column out.
    """

    timezone: ZoneInfo
    limits: LimitSettings
    platform: str = ""
    channel: str = ""
    kind: ImportKind | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[["Source", ReadContext], Iterator[Record]]
