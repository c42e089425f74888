"""The JSON of DiscordChatExporter: one channel a file. Its exports hold no deleted messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.community.importers.base import ImportedChannel, ImportedMessage, ReadContext, Record, RowProblem
from copilot.community.importers.chat import (
    FILE,
    IMAGE,
    REPLY,
    STICKER,
    SYSTEM,
    TEXT,
    as_object,
    guarded,
    message_text,
    part,
    parts,
    unique_mentions,
)
from copilot.community.importers.json_stream import walk
from copilot.community.importers.source import Source
from copilot.community.importers.values import identity, line, moment, required
from copilot.errors import ImportFailed

_PLATFORM = "discord"
# Words and, in older exports, the numbers of Discord's own API.
_SPOKEN = frozenset(
    {"Default", "Reply", "ChatInputCommand", "ApplicationCommand", "ContextMenuCommand", "0", "19", "20"}
)
_REPLIES = frozenset({"Reply", "19"})


def read(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield the channel, then its messages."""
    channel = ""
    guild = ""
    number = 0
    with source.utf8() as stream:
        for path, value in walk(stream, ("guild.name", "channel", "messages.[]")):
            if path == "guild.name":
                guild = value if isinstance(value, str) else ""
            elif path == "channel":
                found = _channel(value, guild, context)
                channel = found.external_id
                yield found
            else:
                if not channel:
                    raise ImportFailed("the export names no channel before its messages", format=_PLATFORM)
                number += 1
                yield from guarded(number, value, _Reader(channel, context).message)


def _channel(value: Any, guild: str, context: ReadContext) -> ImportedChannel:
    try:
        item = as_object(value)
        channel_id = context.channel or identity(item.get("id"), "channel.id")
        if not channel_id:
            raise RowProblem("missing", "the channel has no id", "channel.id")
        name = line(item.get("name"), "channel.name", 200)
        topic = line(item.get("topic"), "channel.topic", 2_000)
    except RowProblem as problem:
        raise ImportFailed(f"the export's channel is wrong: {problem}", format=_PLATFORM) from problem
    return ImportedChannel(0, _PLATFORM, channel_id, name, topic or guild[:200])


class _Reader:
    """Reads the messages of one channel."""

    def __init__(self, channel: str, context: ReadContext) -> None:
        self._channel = channel
        self._context = context

    def message(self, number: int, item: dict[str, Any]) -> Iterator[Record]:
        """Yield the message."""
        author = part(item, "author")
        name = author.get("nickname") or author.get("name")
        word = identity(item.get("type"), "type")
        spoken = word in _SPOKEN
        sender = identity(author.get("id"), "author.id")
        if not sender:
            raise RowProblem("missing", "a message needs an author", "author.id")
        yield ImportedMessage(
            line=number,
            platform=_PLATFORM,
            channel=self._channel,
            external_id=identity(item.get("id"), "id"),
            sender=sender,
            sender_name=line(name, "author.name", 200),
            sent_at=required(moment(item.get("timestamp"), "timestamp", self._context.timezone), "timestamp"),
            type=_type(item, word) if spoken else SYSTEM,
            text=message_text(item.get("content"), self._context),
            reply_to=identity(part(item, "reference").get("messageId"), "reference.messageId") if spoken else "",
            mentions=unique_mentions([identity(who.get("id"), "mentions") for who in parts(item, "mentions")]),
            sender_is_bot=author.get("isBot") is True,
        )


def _type(item: dict[str, Any], word: str) -> int:
    if word in _REPLIES:
        return REPLY
    if item.get("content"):
        return TEXT
    if parts(item, "stickers"):
        return STICKER
    names = [str(file.get("fileName", "")).lower() for file in parts(item, "attachments")]
    if any(name.endswith((".png", ".jpg", ".jpeg", ".gif", ".webp")) for name in names):
        return IMAGE
    return FILE if names else TEXT
