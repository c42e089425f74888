"""Telegram Desktop's machine-readable export (result.json): one chat, or an account with many.

Private chats of a whole account are left out unless the reader is asked for one by id or name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from copilot.community.importers.base import ImportedChannel, ImportedMessage, ReadContext, Record, RowError, RowProblem
from copilot.community.importers.chat import (
    CONTACT,
    FILE,
    FORWARD,
    IMAGE,
    LOCATION,
    REPLY,
    STICKER,
    SYSTEM,
    TEXT,
    VIDEO,
    VOICE,
    guarded,
    message_text,
    parts,
    unique_mentions,
)
from copilot.community.importers.json_stream import walk
from copilot.community.importers.source import Source
from copilot.community.importers.values import epoch_time, identity, line, moment, required
from copilot.errors import ImportFailed

_PLATFORM = "telegram"
_PRIVATE = frozenset({"personal_chat", "bot_chat", "saved_messages", "verification_codes", "replies"})
_CHATS = ("chats.list.[].", "left_chats.list.[].")
_FIELDS = ("name", "type", "id", "messages.[]")
_MEDIA = {
    "sticker": STICKER,
    "voice_message": VOICE,
    "audio_file": VOICE,
    "video_file": VIDEO,
    "video_message": VIDEO,
    "animation": IMAGE,
}


def read(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield each group with its messages."""
    paths = {f"{prefix}{name}": (prefix, name) for prefix in ("", *_CHATS) for name in _FIELDS}
    chat = _Chat(context, many=False)
    number = 0
    with source.utf8() as stream:
        for path, value in walk(stream, paths):
            prefix, field = paths[path]
            if field != "messages.[]":
                # A chat's own fields come before its messages; the next chat begins when they come again.
                if chat.begun or field in chat.fields:
                    chat = _Chat(context, many=bool(prefix))
                chat.many = bool(prefix)
                chat.fields[field] = value
                continue
            number += 1
            if not chat.begun:
                yield from chat.begin(number)
            if chat.wanted:
                yield from guarded(number, value, chat.message)


class _Chat:
    """One chat of the export."""

    def __init__(self, context: ReadContext, *, many: bool) -> None:
        self._context = context
        self.many = many
        self.fields: dict[str, Any] = {}
        self.begun = False
        self.wanted = False
        self._channel = ""

    def begin(self, number: int) -> Iterator[Record]:
        """Yield the channel, or say why the chat is left out."""
        self.begun = True
        try:
            chat_id = identity(self.fields.get("id"), "id")
            name = line(self.fields.get("name"), "name", 200)
            if not chat_id and not name:
                raise RowProblem("missing", "the chat has neither id nor name", "id")
        except RowProblem as problem:
            raise ImportFailed(f"the export's chat is wrong: {problem}", format=_PLATFORM) from problem
        asked = self._context.channel
        if self.many and asked:
            self.wanted = asked in {chat_id, name}
        else:
            self.wanted = not (self.many and self.fields.get("type") in _PRIVATE)
        self._channel = (asked if asked and not self.many else chat_id) or name
        if self.wanted:
            yield ImportedChannel(number, _PLATFORM, self._channel, name)
        elif not asked:
            yield RowError(
                line=number, code="private_chat", message="a private chat was left out; name it as channel to import it"
            )

    def message(self, number: int, item: dict[str, Any]) -> Iterator[Record]:
        """Yield the message."""
        service = item.get("type") == "service"
        who = ("actor_id", "actor") if service else ("from_id", "from")
        sender = identity(item.get(who[0]), who[0])
        name = line(item.get(who[1]), who[1], 200)
        text, mentions = _text(item.get("text"))
        if service:
            text = identity(item.get("action"), "action")
        if not (sender or service):
            raise RowProblem("missing", "a message needs from_id", "from_id")
        yield ImportedMessage(
            line=number,
            platform=_PLATFORM,
            channel=self._channel,
            external_id=identity(item.get("id"), "id"),
            sender=sender,
            sender_name=name,
            sent_at=self._sent_at(item),
            type=SYSTEM if service else _type(item),
            text=message_text(text, self._context),
            reply_to="" if service else identity(item.get("reply_to_message_id"), "reply_to_message_id"),
            mentions=mentions,
        )

    def _sent_at(self, item: dict[str, Any]) -> datetime:
        if item.get("date_unixtime") is not None:
            return epoch_time(item["date_unixtime"], "date_unixtime")
        return required(moment(item.get("date"), "date", self._context.timezone), "date")


def _text(value: Any) -> tuple[str, tuple[str, ...]]:
    """Return the plain text of a string or a list of strings and entities, and the ids of people named in it."""
    if isinstance(value, str) or value is None:
        return value or "", ()
    if not isinstance(value, list):
        raise RowProblem("wrong_type", "text must be a string or a list", "text")
    entities = parts({"text": value}, "text")
    pieces = [
        piece if isinstance(piece, str) else piece.get("text") for piece in value if isinstance(piece, str | dict)
    ]
    people = [f"user{who['user_id']}" for who in entities if isinstance(who.get("user_id"), int)]
    return "".join(piece for piece in pieces if isinstance(piece, str)), unique_mentions(people)


def _type(item: dict[str, Any]) -> int:
    if item.get("reply_to_message_id") is not None:
        return REPLY
    if item.get("forwarded_from") is not None:
        return FORWARD
    media = item.get("media_type")
    if isinstance(media, str) and media in _MEDIA:
        return _MEDIA[media]
    for field, kind in (
        ("photo", IMAGE),
        ("file", FILE),
        ("location_information", LOCATION),
        ("contact_information", CONTACT),
    ):
        if item.get(field) is not None:
            return kind
    return TEXT
