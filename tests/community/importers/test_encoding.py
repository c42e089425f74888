from __future__ import annotations

from pathlib import Path

import pytest

from copilot.community.importers.encoding import detect_encoding
from copilot.errors import ImportFailed

CHINESE = "姓名,城市\n何远舟,深圳\n秦姨,成都，做养老服务的，“不用摄像头”也能报警。\n"


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("gb2312", "gb18030"),
    ],
)
def test_the_usual_encodings_of_chinese_tables_are_told_apart(tmp_path: Path, encoding: str, expected: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(CHINESE.encode(encoding))
    assert detect_encoding(path) == expected


def test_big_endian_utf16_is_known_by_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"\xfe\xff" + CHINESE.encode("utf-16-be"))
    assert detect_encoding(path) == "utf-16"


def test_plain_ascii_is_utf8(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"name,city\nAda,London\n")
    assert detect_encoding(path) == "utf-8"


def test_chinese_that_begins_after_a_megabyte_of_ascii_is_still_found(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"a,b\n" * 400_000 + "张三,深圳\n".encode("gb18030"))
    assert detect_encoding(path) == "gb18030"


def test_latin_letters_after_a_megabyte_of_ascii_are_not_taken_for_chinese(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"a,b\n" * 400_000 + "Zoë,Münster\nFrançois,Besançon\n".encode("latin-1"))
    with pytest.raises(ImportFailed):
        detect_encoding(path)


@pytest.mark.parametrize(
    "content",
    [
        "naïve café, déjà vu, Zoë and François\n".encode("latin-1"),
        "Grüße aus München für Jürgen\n".encode("cp1252"),
        "繁體中文的資料表格與說明文字\n".encode("big5"),
        CHINESE.encode()[:-2] + b"\xff\xfe\n",
    ],
    ids=["latin-1", "windows-1252", "big5", "broken utf-8"],
)
def test_what_is_neither_utf8_nor_gb18030_is_refused_rather_than_garbled(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "table"
    path.write_bytes(content)
    with pytest.raises(ImportFailed, match="UTF-8"):
        detect_encoding(path)


def test_the_error_names_byte_and_line_of_the_first_bad_byte(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"one\ntwo\nthr\xffee\n")
    with pytest.raises(ImportFailed) as caught:
        detect_encoding(path)
    assert (caught.value.data["byte"], caught.value.data["line"]) == (11, 3)


def test_a_byte_is_counted_right_across_blocks(tmp_path: Path) -> None:
    # The three bytes of one character straddle the border of two blocks of a megabyte, the bad byte follows.
    path = tmp_path / "table"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "中".encode() + b"\xff")
    with pytest.raises(ImportFailed) as caught:
        detect_encoding(path)
    assert caught.value.data["byte"] == (1 << 20) + 2


def test_half_a_character_at_the_end_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "table"
    path.write_bytes(b"\xff\xfea")
    with pytest.raises(ImportFailed, match="utf-16"):
        detect_encoding(path)
