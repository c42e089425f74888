"""Turns records of a file into rows with ids, batch by batch, without looking at the database.

A file decides by itself what its rows are called and which of them repeat an earlier one; so a resumed import that
skips the rows it has written already plans exactly the same as the first attempt did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.community.ids import derived_id, text_hash
from copilot.community.import_seen import SeenIds
from copilot.community.importers.base import (
    ImportedChannel,
    ImportedEvent,
    ImportedMember,
    ImportedMessage,
    ImportedResource,
    Record,
    RowError,
)
from copilot.community.models import MessageType

MemberKey = tuple[str, str]
"""Platform and external id."""


@dataclass(frozen=True)
class PlannedMessage:
    """A row of `message` and the people it involves.

    Mentioned people need not be members yet: ids follow from who they are, so a later import makes them meet.
    """

    line: int
    row: dict[str, Any]
    sender: MemberKey | None
    mentions: tuple[MemberKey, ...] = ()


@dataclass(frozen=True)
class PlannedRecall:
    """A message that was taken back. `tombstone` is stored when the message itself is not there yet."""

    message_id: str
    tombstone: PlannedMessage
    earlier_in_file: bool


@dataclass
class Batch:
    """What one write transaction will hold, by id and in the file's order."""

    rows: int = 0
    errors: list[RowError] = field(default_factory=list)
    duplicates: int = 0
    members: dict[str, ImportedMember] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, PlannedMessage] = field(default_factory=dict)
    recalls: list[PlannedRecall] = field(default_factory=list)
    resources: dict[str, ImportedResource] = field(default_factory=dict)
    events: dict[str, ImportedEvent] = field(default_factory=dict)


class Planner:
    """Names the rows of one file."""

    def __init__(self, community_id: str, platform: str, seen: SeenIds) -> None:
        self._community_id = community_id
        self._platform = platform
        self._seen = seen
        # Messages without an id of their own: how often (sender, text) occurred at the present second of a channel.
        self._moment: tuple[str, str] = ("", "")
        self._equal: dict[str, int] = {}

    def member_id(self, key: MemberKey) -> str:
        """Return the row id of a member."""
        return derived_id("mem", self._community_id, *key)

    def member_key(self, external_id: str, platform: str = "") -> MemberKey:
        """Return the identity of a member, on the import's platform unless another is named."""
        return (platform or self._platform, external_id)

    def record_id(self, prefix: str, *parts: str) -> str:
        """Return the row id of anything else that is known by `parts`."""
        return derived_id(prefix, self._community_id, *parts)

    def add(self, record: Record, batch: Batch) -> None:
        """Plan one record into `batch`."""
        if isinstance(record, ImportedChannel):
            self._channel(record, batch)
            return
        batch.rows += 1
        if isinstance(record, RowError):
            batch.errors.append(record)
        elif isinstance(record, ImportedMessage):
            self._message(record, batch)
        elif isinstance(record, ImportedMember):
            member_id = self.member_id(self.member_key(record.external_id, record.platform))
            self._once(member_id, record, batch.members, batch)
        elif isinstance(record, ImportedResource):
            self._once(self.record_id("res", record.code), record, batch.resources, batch)
        else:
            self._once(self.record_id("evt", record.code), record, batch.events, batch)

    def _once(self, record_id: str, record: Any, planned: dict[str, Any], batch: Batch) -> None:
        """Plan a record under its id; the first of several in one file counts."""
        if self._seen.add(record_id):
            planned[record_id] = record
        else:
            batch.duplicates += 1

    def _channel(self, record: ImportedChannel, batch: Batch) -> None:
        channel_id = self.record_id("chn", record.platform, record.external_id)
        row = {
            "id": channel_id,
            "platform": record.platform,
            "external_id": record.external_id,
            "name": record.name or record.external_id,
            "purpose": record.purpose,
        }
        if self._seen.add(channel_id):
            batch.channels[channel_id] = row

    def _message(self, record: ImportedMessage, batch: Batch) -> None:
        sender = self.member_key(record.sender, record.platform) if record.sender else None
        if sender is not None:
            self._sender(record, sender, batch)
        planned = self._planned(record, sender)
        message_id: str = planned.row["id"]
        if record.recalled:
            target = self._target(record, planned)
            target_id: str = target.row["id"]
            if self._seen.add(f"recall {target_id}"):
                earlier = not self._seen.add(target_id)
                batch.recalls.append(PlannedRecall(target_id, target, earlier))
            else:
                batch.duplicates += 1
        elif self._seen.add(message_id):
            batch.messages[message_id] = planned
        else:
            batch.duplicates += 1

    def _sender(self, record: ImportedMessage, sender: MemberKey, batch: Batch) -> None:
        member_id = self.member_id(sender)
        if not self._seen.add(member_id):
            return
        values: dict[str, Any] = {"name": record.sender_name or record.sender}
        attributes: Mapping[str, str] = {}
        if record.sender_is_bot:
            values |= {"visibility": "hidden", "consent_ai": False}
            attributes = {"is_bot": "yes"}
        batch.members[member_id] = ImportedMember(
            record.line, record.sender, record.platform, values, attributes=attributes, from_chat=True
        )

    def _planned(self, record: ImportedMessage, sender: MemberKey | None) -> PlannedMessage:
        channel_id = self.record_id("chn", record.platform, record.channel)
        external_id = record.external_id or self._made_up_id(record, channel_id)
        mentions = tuple(self.member_key(who, record.platform) for who in record.mentions)
        row = {
            "id": self.record_id("msg", channel_id, external_id),
            "channel_id": channel_id,
            "external_id": external_id,
            "sender_id": self.member_id(sender) if sender else None,
            "sent_at": record.sent_at,
            "type": record.type,
            "text": record.text,
            "reply_to_id": self.record_id("msg", channel_id, record.reply_to) if record.reply_to else None,
        }
        return PlannedMessage(record.line, row, sender, mentions)

    def _target(self, record: ImportedMessage, notice: PlannedMessage) -> PlannedMessage:
        """Return what stands in for the message that was taken back: the row itself, or the one it names."""
        row = dict(notice.row, text="", type=MessageType.RECALLED, recalled_at=record.sent_at, mentions=[])
        if record.recalls:
            row |= {
                "id": self.record_id("msg", row["channel_id"], record.recalls),
                "external_id": record.recalls,
                "reply_to_id": None,
            }
        return PlannedMessage(record.line, row, notice.sender)

    def _made_up_id(self, record: ImportedMessage, channel_id: str) -> str:
        stamp = record.sent_at.isoformat()
        if self._moment != (channel_id, stamp):
            self._moment = (channel_id, stamp)
            self._equal.clear()
        said = f"{record.sender}\x1f{record.type}\x1f{text_hash(record.text)}"
        ordinal = self._equal.get(said, 0)
        self._equal[said] = ordinal + 1
        return f"~{text_hash(f'{said}|{stamp}|{ordinal}')}"
