from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.community.importers.base import ImportedChannel, ImportedMessage, RowError
from copilot.errors import ImportFailed
from tests.community.importers.conftest import ReadFile


def said(**fields: Any) -> dict[str, Any]:
    return {
        "id": "900",
        "type": "Default",
        "timestamp": "2026-11-16T10:00:00.123+08:00",
        "content": "hello",
        "author": {"id": "7", "name": "ada", "nickname": "Ada L.", "isBot": False},
        "attachments": [],
        "stickers": [],
        "mentions": [],
    } | fields


def export(*messages: Any, **fields: Any) -> str:
    document = {
        "guild": {"id": "1", "name": "Makers"},
        "channel": {"id": "5", "type": "GuildTextChat", "name": "general", "topic": "All things"},
        "dateRange": {"after": None, "before": None},
        "messages": list(messages),
        "messageCount": len(messages),
    } | fields
    return json.dumps(document, indent=1)


def messages_of(records: list[Any]) -> list[ImportedMessage]:
    return [record for record in records if isinstance(record, ImportedMessage)]


def test_a_channel_and_its_messages_are_read(read_file: ReadFile) -> None:
    channel, message = read_file(export(said(mentions=[{"id": "8", "name": "bob"}])))
    assert isinstance(channel, ImportedChannel)
    assert (channel.platform, channel.external_id, channel.name, channel.purpose) == (
        "discord",
        "5",
        "general",
        "All things",
    )
    assert isinstance(message, ImportedMessage)
    assert message.sent_at == datetime(2026, 11, 16, 2, 0, 0, 123000, tzinfo=UTC)
    assert (message.sender, message.sender_name, message.mentions) == ("7", "Ada L.", ("8",))


def test_replies_point_at_their_message(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(export(said(type="Reply", reference={"messageId": "899", "channelId": "5"}))))
    assert (message.type, message.reply_to) == (25, "899")


@pytest.mark.parametrize("word", ["GuildMemberJoin", "ChannelPinnedMessage", "RecipientAdd", "18"])
def test_other_types_are_system_lines(read_file: ReadFile, word: str) -> None:
    assert messages_of(read_file(export(said(type=word))))[0].type == 80


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"content": "", "attachments": [{"fileName": "Plan.PNG"}]}, 1),
        ({"content": "", "attachments": [{"fileName": "plan.pdf"}]}, 4),
        ({"content": "", "stickers": [{"id": "1"}]}, 5),
    ],
)
def test_messages_without_words_say_what_they_are(read_file: ReadFile, fields: dict[str, Any], kind: int) -> None:
    assert messages_of(read_file(export(said(**fields))))[0].type == kind


def test_bots_are_marked(read_file: ReadFile) -> None:
    author = {"id": "99", "name": "MEE6", "isBot": True}
    assert messages_of(read_file(export(said(author=author))))[0].sender_is_bot


@pytest.mark.parametrize("wrong", [{"author": None}, {"timestamp": "soon"}, {"timestamp": None}, {"id": {}}])
def test_a_bad_message_is_a_row_error(read_file: ReadFile, wrong: dict[str, Any]) -> None:
    records = read_file(export(said(**wrong), said(id="901")))
    assert [type(record) for record in records] == [ImportedChannel, RowError, ImportedMessage]


@pytest.mark.parametrize("channel", [None, {}, {"id": []}, "general"])
def test_an_export_without_a_channel_fails(read_file: ReadFile, channel: Any) -> None:
    with pytest.raises(ImportFailed):
        read_file(export(said(), channel=channel))
