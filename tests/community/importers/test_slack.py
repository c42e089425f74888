from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from copilot.community.importers.base import ImportedChannel, ImportedMember, ImportedMessage, RowError, Truncated
from copilot.errors import ImportFailed
from tests.community.importers.conftest import ReadFile

USERS = [
    {"id": "U1", "name": "ada", "profile": {"display_name": "Ada"}},
    {"id": "U2", "name": "bob", "real_name": "Bob Stone", "profile": {"display_name": ""}, "deleted": True},
    {"id": "UB", "name": "helper", "is_bot": True, "profile": {"display_name": "Helper"}},
]
CHANNELS = [{"id": "C1", "name": "general", "purpose": {"value": "Everything"}}, {"id": "C2", "name": "random"}]


def export(messages: list[Any], root: str = "", **more: Any) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        files = {"users.json": USERS, "channels.json": CHANNELS, "general/2026-11-02.json": messages} | more
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            archive.writestr(root + name.replace("__", "/"), text)
    return buffer.getvalue()


def said(ts: str = "1763258400.000100", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": "U1", "text": "hello", "ts": ts} | fields


def messages_of(records: list[Any]) -> list[ImportedMessage]:
    return [record for record in records if isinstance(record, ImportedMessage)]


def test_users_then_channels_with_their_days_in_order(read_file: ReadFile) -> None:
    later = {
        "general/2026-11-03.json": [said("1763344800.000100")],
        "general/2026-11-01.json": [said("1763172000.000100")],
    }
    records = read_file(export([said()], **later))
    members = [record for record in records if isinstance(record, ImportedMember)]
    assert [member.values["name"] for member in members] == ["Ada", "Bob Stone", "Helper"]
    assert members[2].values["consent_ai"] is False
    assert members[2].attributes == {"is_bot": "yes"}
    [channel] = [record for record in records if isinstance(record, ImportedChannel)]
    assert (channel.external_id, channel.name, channel.purpose) == ("C1", "general", "Everything")
    assert [message.external_id[:10] for message in messages_of(records)] == ["1763172000", "1763258400", "1763344800"]


def test_slack_marks_become_plain_text_and_mentions(read_file: ReadFile) -> None:
    text = "<@U2> see <https://a.example/x|the page> in <#C2|random> &lt;now&gt; <!here> <@U9> <https://b.example>"
    [message] = messages_of(read_file(export([said(text=text)])))
    assert message.text == "@Bob Stone see the page (https://a.example/x) in #random <now> @here @U9 https://b.example"
    assert message.mentions == ("U2", "U9")


def test_threads_become_replies_and_their_roots_do_not(read_file: ReadFile) -> None:
    root = said(thread_ts="1763258400.000100")
    reply = said("1763258500.000200", thread_ts="1763258400.000100", user="U2")
    first, second = messages_of(read_file(export([root, reply])))
    assert (first.reply_to, first.type) == ("", 0)
    assert (second.reply_to, second.type) == ("1763258400.000100", 25)


def test_joins_are_system_lines_and_deletions_recall(read_file: ReadFile) -> None:
    records = read_file(
        export(
            [
                said(subtype="channel_join", text="<@U1> has joined"),
                said("1763258401.000000", subtype="tombstone", text="This message was deleted.", user="USLACKBOT"),
                said("1763258402.000000", subtype="message_deleted", deleted_ts="1763258400.000100"),
                said("1763258403.000000", subtype="message_changed", message=said("1763258300.000000", text="edited")),
            ]
        )
    )
    join, tombstone, deletion, edit = messages_of(records)
    assert join.type == 80
    assert (tombstone.recalled, tombstone.text, tombstone.sender, tombstone.recalls) == (True, "", "", "")
    assert deletion.recalls == "1763258400.000100"
    assert (edit.external_id, edit.text) == ("1763258300.000000", "edited")


def test_bots_without_a_user_are_marked(read_file: ReadFile) -> None:
    bot = {
        "type": "message",
        "subtype": "bot_message",
        "bot_id": "B7",
        "username": "CI",
        "text": "ok",
        "ts": "1763258400.5",
    }
    [message] = messages_of(read_file(export([bot])))
    assert (message.sender, message.sender_name, message.sender_is_bot) == ("B7", "CI", True)


def test_files_without_words_are_images_or_files(read_file: ReadFile) -> None:
    image = said(text="", subtype="file_share", files=[{"mimetype": "image/png"}])
    other = said("1763258401.0", text="", files=[{"mimetype": "application/pdf"}])
    assert [message.type for message in messages_of(read_file(export([image, other])))] == [1, 4]


def test_direct_messages_are_never_read(read_file: ReadFile) -> None:
    private = {"dms.json": [{"id": "D1", "members": ["U1", "U2"]}], "D1/2026-11-02.json": [said(text="between us")]}
    records = read_file(export([said()], **private))
    assert [message.text for message in messages_of(records)] == ["hello"]


def test_one_channel_can_be_asked_for_by_name_or_id(read_file: ReadFile) -> None:
    content = export([said()], **{"random/2026-11-02.json": [said(text="random")]})
    assert [message.channel for message in messages_of(read_file(content, channel="random"))] == ["C2"]
    assert [message.channel for message in messages_of(read_file(content, channel="C1"))] == ["C1"]


def test_an_export_inside_a_folder_is_found(read_file: ReadFile) -> None:
    assert len(messages_of(read_file(export([said()], root="workspace/")))) == 1


def test_a_bad_message_names_its_file(read_file: ReadFile) -> None:
    records = read_file(export([said(ts="never"), "text", said()]))
    errors = [record for record in records if isinstance(record, RowError)]
    assert [error.line for error in errors] == [1, 2]
    assert errors[0].message.startswith("general/2026-11-02.json: ")
    assert len(messages_of(records)) == 1


def test_a_zip_that_is_no_slack_export_says_so(read_file: ReadFile) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hi")
    with pytest.raises(ImportFailed, match=r"channels\.json"):
        read_file(buffer.getvalue())


def test_a_day_that_breaks_off_is_truncated_after_what_was_good(read_file: ReadFile) -> None:
    with pytest.raises(Truncated):
        read_file(export([], **{"general/2026-11-02.json": '[{"type": "message"'}))


def test_a_damaged_entry_is_truncated(read_file: ReadFile) -> None:
    content = bytearray(export([said(text="x" * 2_000)]))
    place = content.index(b"general/2026-11-02.json") + 60
    content[place : place + 20] = bytes(20)
    with pytest.raises(Truncated):
        read_file(bytes(content))
