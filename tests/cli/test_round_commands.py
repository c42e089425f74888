"""Groups are read from the tables people keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.cli.round_commands import read_groups
from copilot.errors import InvalidInput


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "groups.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    ["member,group\nM1,一\nM2,二\nM3,一\n", "\ufeff编号,分组\nM1, 一\nM2,二 \nM3,一\n", "Name,Group,External_ID\nx,一,M1\ny,二,M2\nz,一,M3\n"],
)  # fmt: skip
def test_members_are_read_by_group_under_the_usual_names_of_columns(tmp_path: Path, text: str) -> None:
    assert read_groups(written(tmp_path, text)) == {"一": ["M1", "M3"], "二": ["M2"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs the columns"),
        ("a,b\n1,2\n", "needs the columns"),
        ("member,group\n" + "M,1\n" * 2001, "more than 2000"),
    ],
)
def test_tables_that_are_no_groups_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_groups(written(tmp_path, text))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_groups(tmp_path / "none.csv")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_groups(written(tmp_path, "member,group\né,ü\n", "latin-1"))


def test_tables_of_a_chinese_spreadsheet_are_read(tmp_path: Path) -> None:
    assert read_groups(written(tmp_path, "成员,小组\n甲,一组\n", "gb18030")) == {"一组": ["甲"]}


def test_short_rows_have_no_group(tmp_path: Path) -> None:
    assert read_groups(written(tmp_path, "member,group\nM1\nM2,a\n")) == {"": ["M1"], "a": ["M2"]}
