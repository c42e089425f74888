from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from copilot.community.importers.base import ImportedChannel, ImportedMember, ImportedMessage, RowError
from copilot.errors import ImportFailed
from copilot.settings import LimitSettings
from tests.community.importers.conftest import ReadFile

HEADER = {
    "chatlab": {"version": "0.0.2", "exportedAt": 1},
    "meta": {"name": "大群", "platform": "WeChat", "type": "group", "groupId": "g1"},
}
MEMBERS = [
    {
        "platformId": "u1",
        "accountName": "wang",
        "groupNickname": "王 小明",
        "roles": [{"id": "owner"}, {"id": "vip", "name": "VIP"}],
    },
    {"platformId": "u2", "accountName": "小明"},
]


def said(**fields: Any) -> dict[str, Any]:
    return {"sender": "u1", "accountName": "wang", "timestamp": 1763258400, "type": 0, "content": "你好"} | fields


def document(*messages: dict[str, Any]) -> str:
    return json.dumps({**HEADER, "members": MEMBERS, "messages": list(messages)}, ensure_ascii=False)


def lines(*messages: dict[str, Any]) -> str:
    rows = [HEADER | {"_type": "header"}, *({"_type": "member"} | member for member in MEMBERS)]
    rows += [{"_type": "message"} | message for message in messages]
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def messages_of(records: list[Any]) -> list[ImportedMessage]:
    return [record for record in records if isinstance(record, ImportedMessage)]


@pytest.mark.parametrize("write", [document, lines])
def test_both_variants_give_the_same_records(read_file: ReadFile, write: Any) -> None:
    channel, owner, second, message, reply = read_file(
        write(
            said(platformMessageId="m1"),
            said(platformMessageId="m2", sender="u2", type=25, content="收到 @王 小明 谢谢", replyToMessageId="m1"),
        )
    )
    assert isinstance(channel, ImportedChannel)
    assert (channel.platform, channel.external_id, channel.name) == ("wechat", "g1", "大群")
    assert isinstance(owner, ImportedMember)
    assert (owner.external_id, owner.values["name"], owner.attributes) == (
        "u1",
        "王 小明",
        {"group_roles": "owner | vip"},
    )
    assert isinstance(second, ImportedMember)
    assert isinstance(message, ImportedMessage)
    assert message.sent_at == datetime(2025, 11, 16, 2, 0, tzinfo=UTC)
    assert isinstance(reply, ImportedMessage)
    # "小明" is a name too; the longest one that fits is meant.
    assert (reply.reply_to, reply.mentions, reply.type) == ("m1", ("u1",), 25)


def test_comment_lines_and_blank_lines_are_passed_over(read_file: ReadFile) -> None:
    text = "# exported by hand\n\n" + lines(said()) + "\n# end\n"
    assert len(messages_of(read_file(text))) == 1


def test_a_recalled_message_has_no_text_even_if_the_export_kept_it(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(lines(said(type=81, platformMessageId="m1", content="秘密"))))
    assert (message.text, message.recalled, message.recalls) == ("", True, "")


def test_a_recall_notice_names_the_message_it_takes_back(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(lines(said(type=81, platformMessageId="m9", replyToMessageId="m1"))))
    assert (message.recalled, message.recalls) == (True, "m1")


def test_system_lines_belong_to_nobody(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(lines(said(type=80, sender="system", content="小满 加入了群聊"))))
    assert message.sender == ""


def test_messages_without_text_are_kept_with_their_type(read_file: ReadFile) -> None:
    [message] = messages_of(read_file(lines(said(type=1, content=None))))
    assert (message.type, message.text) == (1, "")


def test_irc_lines_address_people_by_a_leading_name(read_file: ReadFile) -> None:
    header = json.dumps({"_type": "header", "chatlab": {}, "meta": {"name": "#x", "platform": "irc", "type": "group"}})
    member = json.dumps({"_type": "member", "platformId": "bob2", "accountName": "bob2"})
    message = json.dumps({"_type": "message"} | said(content="bob2, try sudo"))
    [read] = messages_of(read_file(f"{header}\n{member}\n{message}"))
    assert read.mentions == ("bob2",)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"timestamp": "later"}, "bad_time", "timestamp"),
        ({"timestamp": 10**18}, "bad_time", "timestamp"),
        ({"sender": None}, "missing", "sender"),
        ({"sender": ["u1"]}, "wrong_type", "sender"),
        ({"type": "text"}, "not_a_number", "type"),
        ({"content": {"text": "x"}}, "wrong_type", "content"),
        ({"content": "长" * 10_001}, "too_long", "content"),
        ({"platformMessageId": "x" * 500}, "too_long", "platformMessageId"),
    ],
)
@pytest.mark.parametrize("write", [document, lines])
def test_one_bad_message_is_one_row_error(
    read_file: ReadFile, write: Any, fields: dict[str, Any], code: str, field: str
) -> None:
    records = read_file(write(said(**fields), said(platformMessageId="good")))
    [error] = [record for record in records if isinstance(record, RowError)]
    assert (error.code, error.field) == (code, field)
    assert [message.external_id for message in messages_of(records)] == ["good"]


def test_ten_thousand_characters_are_still_a_message(read_file: ReadFile) -> None:
    assert len(messages_of(read_file(lines(said(content="长" * 10_000))))) == 1


@pytest.mark.parametrize(
    "line", ["{broken", "[]", "7", "null", '{"_type": "poll"}', "{" * 3_000, "[" * 100_000, '{"a":' * 50_000]
)
def test_a_bad_line_costs_only_itself(read_file: ReadFile, line: str) -> None:
    records = read_file(lines(said()) + f"\n{line}\n" + json.dumps({"_type": "message"} | said(content="after")))
    assert [type(record) for record in records[3:]] == [ImportedMessage, RowError, ImportedMessage]
    assert records[4].line == 5  # type: ignore[union-attr]  # it is the RowError


def test_the_line_of_an_error_is_the_line_in_the_file(read_file: ReadFile) -> None:
    records = read_file("# note\n" + lines(said(), said(timestamp=-1)))
    assert [record.line for record in records if isinstance(record, RowError)] == [6]


@pytest.mark.parametrize(
    "header",
    [
        {"chatlab": {}},
        {"chatlab": {}, "meta": None},
        {"chatlab": {}, "meta": {"platform": "qq"}},
        {"chatlab": {}, "meta": {"name": []}},
    ],
)
def test_a_header_that_names_no_chat_fails_the_file(read_file: ReadFile, header: dict[str, Any]) -> None:
    with pytest.raises(ImportFailed):
        read_file(json.dumps({"_type": "header"} | header) + "\n" + json.dumps({"_type": "message"} | said()))
    with pytest.raises(ImportFailed):
        read_file(json.dumps({**header, "messages": [said()]}))


def test_a_chat_without_an_id_is_known_by_its_name_and_can_be_given_one(read_file: ReadFile) -> None:
    text = json.dumps({"chatlab": {}, "meta": {"name": "小群"}, "messages": [said()]})
    assert messages_of(read_file(text, platform="wechat"))[0].channel == "小群"
    assert messages_of(read_file(text, platform="qq", channel="g7"))[0].channel == "g7"
    assert messages_of(read_file(text, platform="qq"))[0].platform == "qq"


def test_raw_control_characters_and_half_emoji_do_not_break_a_document(read_file: ReadFile) -> None:
    text = document(said(content="X")).replace('"X"', '"a\x00\x07b\\ud83d c"')
    [message] = messages_of(read_file(text))
    assert "\x00" not in message.text
    assert message.text.startswith("a")
    message.text.encode()


def test_limits_come_from_the_settings(read_file: ReadFile) -> None:
    records = read_file(lines(said(content="x" * 101)), limits=LimitSettings(max_message_chars=100))
    assert isinstance(records[-1], RowError)
