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
        "id": 12, "type": "message", "date": "2026-11-16T10:00:00", "date_unixtime": "1794794400",
        "from": "Ada", "from_id": "user7", "text": "hello", "text_entities": [],
    } | fields  # fmt: skip


def chat(*messages: Any, **fields: Any) -> dict[str, Any]:
    return {"name": "Makers", "type": "private_supergroup", "id": 5550} | fields | {"messages": list(messages)}


def messages_of(records: list[Any]) -> list[ImportedMessage]:
    return [record for record in records if isinstance(record, ImportedMessage)]


def test_the_export_of_one_chat_is_read(read_file: ReadFile) -> None:
    channel, message = read_file(json.dumps(chat(said())))
    assert isinstance(channel, ImportedChannel)
    assert (channel.platform, channel.external_id, channel.name) == ("telegram", "5550", "Makers")
    assert isinstance(message, ImportedMessage)
    assert (message.external_id, message.sender, message.sender_name) == ("12", "user7", "Ada")
    assert message.sent_at == datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def test_a_time_without_a_zone_is_the_communitys(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(json.dumps(chat(said(date_unixtime=None)))))
    assert message.sent_at == datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


def test_text_with_entities_is_joined_and_named_people_are_mentioned(read_file: ReadFile) -> None:
    text = [
        "hi ",
        {"type": "mention_name", "text": "Bob", "user_id": 8},
        " and ",
        {"type": "mention", "text": "@cleo"},
        "!",
    ]
    [message] = messages_of(read_file(json.dumps(chat(said(text=text)))))
    assert (message.text, message.mentions) == ("hi Bob and @cleo!", ("user8",))


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"reply_to_message_id": 11}, 25), ({"forwarded_from": "Cleo"}, 26), ({"media_type": "sticker"}, 5),
        ({"media_type": "voice_message"}, 2), ({"photo": "p.jpg"}, 1), ({"file": "x.pdf"}, 4),
        ({"location_information": {}}, 8), ({}, 0),
    ],
)  # fmt: skip
def test_kinds_of_messages(read_file: ReadFile, fields: dict[str, Any], kind: int) -> None:
    assert messages_of(read_file(json.dumps(chat(said(**fields)))))[0].type == kind


def test_service_lines_are_system_messages_of_their_actor(read_file: ReadFile) -> None:
    service = {
        "id": 1,
        "type": "service",
        "date_unixtime": "1794794400",
        "actor": "Ada",
        "actor_id": "user7",
        "action": "join_group_by_link",
        "text": "",
    }
    [message] = messages_of(read_file(json.dumps(chat(service))))
    assert (message.type, message.text, message.sender) == (80, "join_group_by_link", "user7")


def account() -> str:
    chats = [
        {"type": "saved_messages", "id": 1, "messages": [said(text="note to self")]},
        chat(said(text="private"), name="Mum", type="personal_chat", id=2),
        chat(name="Empty", id=3),
        chat(said(text="group")),
        chat(said(text="other"), name="Others", id=6),
    ]
    return json.dumps(
        {"personal_information": {"user_id": 7}, "chats": {"about": "", "list": chats}, "left_chats": {"list": []}}
    )


def test_private_chats_of_an_account_are_left_out_with_a_note(read_file: ReadFile) -> None:
    records = read_file(account())
    assert [message.text for message in messages_of(records)] == ["group", "other"]
    assert [record.code for record in records if isinstance(record, RowError)] == ["private_chat", "private_chat"]


def test_one_chat_of_an_account_can_be_asked_for(read_file: ReadFile) -> None:
    assert [message.text for message in messages_of(read_file(account(), channel="Others"))] == ["other"]
    assert [message.channel for message in messages_of(read_file(account(), channel="5550"))] == ["5550"]


@pytest.mark.parametrize("wrong", [{"text": 7}, {"from_id": None}, {"date_unixtime": "x"}, {"id": [1]}])
def test_a_bad_message_is_a_row_error(read_file: ReadFile, wrong: dict[str, Any]) -> None:
    records = read_file(json.dumps(chat(said(**wrong), said(id=13))))
    assert [type(record) for record in records] == [ImportedChannel, RowError, ImportedMessage]


def test_a_chat_without_name_and_id_fails(read_file: ReadFile) -> None:
    with pytest.raises(ImportFailed):
        read_file(json.dumps(chat(said(), name=None, id=None)))
