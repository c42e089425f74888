"""ChatLab JSON and JSONL, the open exchange format (0.0.1 and 0.0.2) that WeChat, QQ and other exporters write.

Deviations, because real exports have them: times in milliseconds are accepted, members may be missing, a header
without `groupId` is identified by its name, and comment lines are allowed anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from copilot.community.importers.base import (
    ImportedChannel,
    ImportedMember,
    ImportedMessage,
    ReadContext,
    Record,
    RowError,
    RowProblem,
)
from copilot.community.importers.chat import (
    OTHER,
    RECALLED,
    SYSTEM,
    chat_member,
    guarded,
    message_text,
    part,
    parts,
    unique_mentions,
)
from copilot.community.importers.json_lines import json_lines, parsed
from copilot.community.importers.json_stream import walk
from copilot.community.importers.source import Source
from copilot.community.importers.values import epoch_time, identity, line, whole_number
from copilot.community.importers.wording import refused
from copilot.errors import ImportFailed

_SYSTEM_SENDERS = frozenset({"", "system", "系统消息"})
_TYPE_FIRST = re.compile(r'\s*\{\s*"_type"\s*:')
_AT = re.compile(r"[@＠]([^@＠\u2005\n]{1,40})")
_IRC_ADDRESS = re.compile(r"([^\s:,]{1,40})[:,]\s")
# Names of one group that are remembered to resolve `@name`; groups are far smaller.
_MAX_NAMES = 100_000


def read(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield the channel, then members and messages as the file has them."""
    chat = _Chat(context)
    rows = _lines(source) if is_lines(source) else _document(source)
    for number, kind, item in rows:
        if isinstance(item, RowError):
            yield item
        elif kind == "header":
            yield from chat.header(number, item)
        elif kind == "member":
            yield from guarded(number, item, chat.member)
        elif kind == "message":
            yield from guarded(number, item, chat.message)
        else:
            yield RowError(line=number, field="_type", code="unknown_type", message=f"unknown row type {kind[:40]!r}")


def is_lines(source: Source) -> bool:
    """Return whether the file is the JSONL variant."""
    for row in source.head().splitlines():
        if row.strip() and not row.startswith("#"):
            return is_header_line(row)
    return False


def is_header_line(row: str) -> bool:
    """Return whether a line is one record of the JSONL variant; one that is cut off is judged by its beginning."""
    if _TYPE_FIRST.match(row):
        return True
    item = parsed(row)
    return isinstance(item, dict) and "_type" in item


def _lines(source: Source) -> Iterator[tuple[int, str, Any]]:
    for number, item in json_lines(source):
        yield number, "" if isinstance(item, RowError) else str(item.get("_type")), item


def _document(source: Source) -> Iterator[tuple[int, str, Any]]:
    kinds = {"meta": "header", "members.[]": "member", "messages.[]": "message"}
    numbers = dict.fromkeys(kinds, 0)
    with source.utf8() as stream:
        for path, value in walk(stream, kinds):
            numbers[path] += 1
            yield numbers[path], kinds[path], {"meta": value} if path == "meta" else value


class _Chat:
    """The one chat of a file, and the names by which its people are called."""

    def __init__(self, context: ReadContext) -> None:
        self._context = context
        self._platform = ""
        self._channel = ""
        self._names: dict[str, str] = {}

    def header(self, number: int, item: Any) -> Iterator[Record]:
        """Yield the channel.

        Raises:
            ImportFailed: the header does not say which chat this is.
        """
        meta = part(item, "meta") if isinstance(item, dict) else {}
        try:
            name = line(meta.get("name"), "name", 200)
            platform = identity(meta.get("platform"), "platform").lower() or self._context.platform or "unknown"
            channel = self._context.channel or identity(meta.get("groupId"), "groupId") or name
            if not channel:
                raise RowProblem("missing", "meta needs a groupId or a name", "meta")
        except RowProblem as problem:
            raise ImportFailed(
                line=number, format="chatlab", **refused("bad_header", format="ChatLab", problem=problem)
            ) from problem
        self._platform, self._channel = platform, channel
        yield ImportedChannel(number, platform, channel, name)

    def member(self, number: int, item: dict[str, Any]) -> Iterator[Record]:
        """Yield one member and remember their names."""
        self._need_header()
        name = item.get("groupNickname") or item.get("accountName")
        roles = [line(role.get("id"), "roles", 50) for role in parts(item, "roles")][:10]
        attributes = {"group_roles": " | ".join(filter(None, roles))} if any(roles) else {}
        member = chat_member(number, self._platform, item.get("platformId"), name, attributes)
        for called in (item.get("groupNickname"), item.get("accountName")):
            self._remember(called, member)
        yield member

    def _remember(self, called: Any, member: ImportedMember) -> None:
        if isinstance(called, str) and called.strip() and len(self._names) < _MAX_NAMES:
            self._names.setdefault(called.strip(), member.external_id)

    def message(self, number: int, item: dict[str, Any]) -> Iterator[Record]:
        """Yield one message, or the note that another one was taken back."""
        self._need_header()
        kind = whole_number(item.get("type"), "type", least=0, most=10_000)
        kind = OTHER if kind is None else kind
        sender = identity(item.get("sender"), "sender")
        if kind >= SYSTEM and sender.lower() in _SYSTEM_SENDERS:
            sender = ""
        elif not sender:
            raise RowProblem("missing", "a message needs a sender", "sender")
        text = message_text(item.get("content"), self._context)
        reply_to = identity(item.get("replyToMessageId"), "replyToMessageId")
        recalled = kind == RECALLED
        yield ImportedMessage(
            line=number,
            platform=self._platform,
            channel=self._channel,
            external_id=identity(item.get("platformMessageId"), "platformMessageId"),
            sender=sender,
            sender_name=line(item.get("groupNickname") or item.get("accountName"), "accountName", 200),
            sent_at=epoch_time(item.get("timestamp"), "timestamp"),
            type=kind,
            text="" if recalled else text,
            reply_to="" if recalled else reply_to,
            mentions=() if recalled else self._mentions(text),
            recalled=recalled,
            recalls=reply_to if recalled else "",
        )

    def _need_header(self) -> None:
        if not self._channel:
            raise ImportFailed(format="chatlab", **refused("no_chatlab_header"))

    def _mentions(self, text: str) -> tuple[str, ...]:
        found = [self._called(after) for after in _AT.findall(text)]
        if self._platform == "irc" and (addressed := _IRC_ADDRESS.match(text)):
            found.append(self._names.get(addressed[1], ""))
        return unique_mentions(found)

    def _called(self, after: str) -> str:
        # Names may hold spaces and nothing marks their end: the longest known name wins.
        for end in range(len(after), 0, -1):
            if member_id := self._names.get(after[:end]):
                return member_id
        return ""
