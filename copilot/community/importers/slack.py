"""Slack's export zip: users.json, channels.json and one JSON file per channel and day.

Direct messages (dms.json, mpims.json) are never read. Names of channel folders are matched with channels.json.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from copilot.community.importers.archive import open_archive
from copilot.community.importers.base import (
    ImportedChannel,
    ImportedMessage,
    ReadContext,
    Record,
    RowError,
    RowProblem,
    Truncated,
)
from copilot.community.importers.chat import (
    CALL,
    FILE,
    IMAGE,
    REPLY,
    SYSTEM,
    TEXT,
    chat_member,
    guarded,
    message_text,
    part,
    parts,
    unique_mentions,
)
from copilot.community.importers.json_stream import walk
from copilot.community.importers.source import Source
from copilot.community.importers.values import epoch_time, identity, line
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed

_PLATFORM = "slack"
_SPOKEN = frozenset({"", "thread_broadcast", "me_message", "file_share", "bot_message", "reply_broadcast"})
_MARK = re.compile(r"<([@#!]?)([^<>|]{1,2000})(?:\|([^<>]{0,500}))?>")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\.json")


def read(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield all users, then each channel with its messages in order of days."""
    with open_archive(source) as archive:
        workspace = _Workspace(source, archive, context)
        yield from workspace.users()
        for name, days in workspace.channel_days():
            channel = workspace.channels.get(name)
            if channel is None or (context.channel and context.channel not in {name, channel.external_id}):
                continue
            yield channel
            for entry in days:
                yield from workspace.messages(channel.external_id, entry)


class _Workspace:
    """The opened archive with the names that messages refer to."""

    def __init__(self, source: Source, archive: zipfile.ZipFile, context: ReadContext) -> None:
        self._source = source
        self._archive = archive
        self._context = context
        self._names: dict[str, str] = {}
        self._number = 0
        found = [name for name in archive.namelist() if name.rsplit("/", 1)[-1] == "channels.json"]
        if not found:
            raise ImportFailed(format=_PLATFORM, **refused("no_slack"))
        self._root = min(found, key=len).removesuffix("channels.json")
        self.channels: dict[str, ImportedChannel] = {}
        for listing in ("channels.json", "groups.json"):
            self._read_channels(self._root + listing)

    def _items(self, name: str) -> Iterator[Any]:
        try:
            entry = self._archive.getinfo(name)
            with self._archive.open(entry) as raw:
                for _, value in walk(raw, ("[]",)):
                    yield value
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise Truncated(f"{name!r} in the archive is damaged: {error}", entry=name, format=_PLATFORM) from error
        self._source.bytes_read += entry.compress_size

    def _read_channels(self, listing: str) -> None:
        if listing not in self._archive.namelist():
            return
        for item in self._items(listing):
            try:
                name = line(item.get("name"), "name", 200) if isinstance(item, dict) else ""
                channel_id = identity(item.get("id"), "id") if name else ""
                purpose = line(part(item, "purpose").get("value"), "purpose", 2_000) if name else ""
            except RowProblem as problem:
                raise ImportFailed(f"{listing} is wrong: {problem}", format=_PLATFORM) from problem
            if name and channel_id:
                self.channels[name] = ImportedChannel(0, _PLATFORM, channel_id, name, purpose)

    def users(self) -> Iterator[Record]:
        """Yield the members of users.json and remember what they are called."""
        listing = self._root + "users.json"
        if listing not in self._archive.namelist():
            return
        for number, item in enumerate(self._items(listing), 1):
            yield from guarded(number, item, self._user)

    def _user(self, number: int, item: dict[str, Any]) -> Iterator[Record]:
        profile = part(item, "profile")
        name = profile.get("display_name") or profile.get("real_name") or item.get("real_name") or item.get("name")
        member = chat_member(
            number, _PLATFORM, item.get("id"), name, {"is_bot": "yes"} if item.get("is_bot") is True else {}
        )
        self._names[member.external_id] = member.values["name"]
        yield member

    def channel_days(self) -> list[tuple[str, list[str]]]:
        """Return (folder, its day files in order) for every folder of messages."""
        folders: dict[str, list[str]] = {}
        for name in self._archive.namelist():
            folder, _, file = name.removeprefix(self._root).rpartition("/")
            if name.startswith(self._root) and folder and _DAY.fullmatch(file):
                folders.setdefault(folder, []).append(name)
        return [(folder, sorted(folders[folder])) for folder in sorted(folders)]

    def messages(self, channel: str, entry: str) -> Iterator[Record]:
        """Yield the messages of one day."""

        def one(number: int, item: dict[str, Any]) -> Iterator[Record]:
            yield from self._message(number, channel, item)

        for item in self._items(entry):
            self._number += 1
            for record in guarded(self._number, item, one):
                if isinstance(record, RowError):
                    yield record.model_copy(update={"message": f"{entry}: {record.message}"})
                else:
                    yield record

    def _message(self, number: int, channel: str, item: dict[str, Any]) -> Iterator[Record]:
        subtype = line(item.get("subtype"), "subtype", 100)
        if subtype == "message_changed":
            item = part(item, "message")
            subtype = line(item.get("subtype"), "subtype", 100)
        deletes = subtype == "message_deleted"
        external_id = identity(item.get("ts"), "ts")
        thread = identity(item.get("thread_ts"), "thread_ts")
        sender = identity(item.get("user") or item.get("bot_id"), "user")
        is_reply = bool(thread) and thread != external_id
        gone = deletes or subtype == "tombstone"
        text, mentions = ("", ()) if gone else self._plain(message_text(item.get("text"), self._context))
        name = self._names.get(sender) or line(part(item, "user_profile").get("display_name"), "name", 200)
        is_bot = bool(item.get("bot_id")) and not item.get("user")
        if is_bot:
            name = line(item.get("username"), "username", 200)
        # A tombstone speaks with Slack's own voice, not with its author's.
        yield ImportedMessage(
            line=number,
            platform=_PLATFORM,
            channel=channel,
            external_id=external_id,
            sender="" if gone else sender,
            sender_name=name,
            sent_at=epoch_time(item.get("ts"), "ts"),
            type=_type(item, subtype, is_reply=is_reply),
            text=text,
            reply_to=thread if is_reply and not gone else "",
            mentions=mentions,
            sender_is_bot=is_bot,
            recalled=gone,
            recalls=identity(item.get("deleted_ts"), "deleted_ts") if deletes else "",
        )

    def _plain(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return text without Slack's marks, and the ids of the people it names."""
        people: list[str] = []

        def replace(found: re.Match[str]) -> str:
            sign, target, label = found.groups()
            if sign == "@":
                people.append(target)
                return f"@{label or self._names.get(target, target)}"
            if sign == "#":
                return f"#{label or target}"
            if sign == "!":
                return label or f"@{target.split('^')[0]}"
            return f"{label} ({target})" if label and label != target else target

        return html.unescape(_MARK.sub(replace, text)), unique_mentions(people)


def _type(item: dict[str, Any], subtype: str, *, is_reply: bool) -> int:
    if subtype == "huddle_thread":
        return CALL
    if subtype not in _SPOKEN:
        return SYSTEM
    if is_reply:
        return REPLY
    files = parts(item, "files")
    if files and not item.get("text"):
        return IMAGE if str(files[0].get("mimetype", "")).startswith("image/") else FILE
    return TEXT
