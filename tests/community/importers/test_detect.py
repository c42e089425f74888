from __future__ import annotations

import json
from pathlib import Path

import pytest

from copilot.community.importers.base import ImportFormat, ImportKind
from copilot.community.importers.detect import detect, detect_kind, reader_for
from copilot.community.importers.source import Source
from copilot.errors import ImportFailed, InvalidInput
from copilot.settings import LimitSettings


def source_of(tmp_path: Path, content: str | bytes) -> Source:
    path = tmp_path / "misleading.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Source(path, LimitSettings())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"_type": "header", "chatlab": {}, "meta": {}}\n', "chatlab"),
        ('# a note\n\n{"_type": "header"}\n', "chatlab"),
        ('{\n "chatlab": {"version": "0.0.1"},\n "meta": {}}', "chatlab"),
        (json.dumps({"guild": {}, "channel": {}, "messages": []}), "discord"),
        (json.dumps({"name": "x", "type": "private_group", "id": 1, "messages": []}, indent=1), "telegram"),
        (json.dumps({"personal_information": {}, "contacts": {"list": [{}] * 9_000}, "chats": {}}), "telegram"),
        ('{"external_id": "1", "name": "a"}\n{"external_id": "2"}\n', "jsonl"),
        ('\ufeff{"external_id": "1"}', "jsonl"),
        ("编号,姓名\n1,甲\n", "csv"),
        ("编号,姓名\n1,甲\n".encode("gb18030"), "csv"),
    ],
)
def test_the_content_decides_not_the_name(tmp_path: Path, content: str | bytes, expected: str) -> None:
    assert detect(source_of(tmp_path, content)) == expected


@pytest.mark.parametrize("content", ["[1, 2]", '{"some": "thing",\n "else": 1}', "   \n\n"])
def test_what_is_nothing_known_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ImportFailed):
        detect(source_of(tmp_path, content))


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\x00\x00", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", bytes(range(256)) * 20]
)
def test_pictures_and_documents_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ImportFailed):
        detect(source_of(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("id,name,is,has\n", "members"),
        ("code,type,title\n", "resources"),
        ("编号,类型,名称\n", "resources"),
        ("编号,姓名,城市,标签\n", "members"),
        ('{"code": "E", "starts_at": 1, "signups": []}\n', "events"),
        ('{"code": "R", "type": "funding", "title": "x"}\n', "resources"),
    ],
)
def test_the_header_says_what_a_table_is_about(tmp_path: Path, content: str, kind: str) -> None:
    source = source_of(tmp_path, content)
    assert detect_kind(source, detect(source)) == kind


@pytest.mark.parametrize(
    ("format_", "kind"),
    [("csv", "events"), ("csv", "chat"), ("chatlab", "members"), ("xlsx", "events"), ("slack", "resources")],
)
def test_formats_and_kinds_that_do_not_go_together_are_refused(format_: str, kind: str) -> None:
    with pytest.raises(InvalidInput):
        reader_for(ImportFormat(format_), ImportKind(kind))
