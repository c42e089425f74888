from __future__ import annotations

import os
from pathlib import Path

import pytest

from copilot.community.importers.source import MAX_LINE_BYTES, Source
from copilot.errors import ImportFailed, TooLarge
from copilot.settings import LimitSettings


def opened(tmp_path: Path, content: bytes) -> Source:
    path = tmp_path / "file"
    path.write_bytes(content)
    return Source(path, LimitSettings())


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.touch()
    os.truncate(path, 200_000_001)
    with pytest.raises(TooLarge) as caught:
        Source(path, LimitSettings())
    assert caught.value.data["limit"] == 200_000_000 and caught.value.data["bytes"] == 200_000_001
    assert "最多能读 200,000,000 字节" in caught.value.data["sentence"]["zh-CN"]


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 1024)
    assert Source(path, LimitSettings(max_import_bytes=1024)).size == 1024


@pytest.mark.parametrize("kind", ["missing", "folder", "empty"])
def test_what_is_no_readable_file_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "folder":
        path.mkdir()
    elif kind == "empty":
        path.touch()
    with pytest.raises(ImportFailed, match="empty" if kind == "empty" else "no file"):
        Source(path, LimitSettings())


def test_lines_are_numbered_and_lose_their_ends(tmp_path: Path) -> None:
    source = opened(tmp_path, "一\r\n\ntwo\nlast".encode())
    assert list(source.lines()) == [(1, "一"), (2, ""), (3, "two"), (4, "last")]
    assert source.bytes_read == source.size


def test_a_line_beyond_the_bound_is_skipped_without_being_kept(tmp_path: Path) -> None:
    source = opened(tmp_path, b"short\n" + b"x" * (2 * MAX_LINE_BYTES + 5) + b"\nafter\n")
    assert list(source.lines()) == [(1, "short"), (2, None), (3, "after")]


def test_a_line_of_exactly_the_bound_at_the_end_of_the_file_is_not_repeated(tmp_path: Path) -> None:
    source = opened(tmp_path, b"x" * MAX_LINE_BYTES)
    assert [number for number, _ in source.lines()] == [1]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_every_encoding_comes_out_as_the_same_text(tmp_path: Path, encoding: str) -> None:
    text = "启航创业者社区，" * 20_000
    assert "".join(line or "" for _, line in opened(tmp_path, text.encode(encoding)).lines()) == text


def test_raw_control_bytes_become_spaces(tmp_path: Path) -> None:
    assert list(opened(tmp_path, b'{"a": "x\x00\x08y"}').lines()) == [(1, '{"a": "x  y"}')]
