"""What stands between two comments is replaced, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from eval.marked import read_block, with_block, write_block

TEXT = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter\n"


def test_a_block_is_replaced_and_the_rest_stays() -> None:
    assert with_block(TEXT, "x", "new") == TEXT.replace("old", "new")
    assert read_block(TEXT, "x") == "old"


@settings(max_examples=25)
@given(st.text(alphabet="ab|\n", max_size=30))
def test_what_was_put_in_is_read_back_and_putting_it_in_twice_changes_nothing(content: str) -> None:
    once = with_block(TEXT, "x", content)
    assert read_block(once, "x") == content.strip().strip("\n")
    assert with_block(once, "x", content) == once


@pytest.mark.parametrize("text", ["", TEXT + TEXT, "<!-- x:end --><!-- x:begin -->"], ids=["none", "two", "reversed"])
def test_a_block_that_is_not_there_once_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="x:begin"):
        with_block(text, "x", "new")


def test_a_file_that_says_it_already_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "file.md"
    path.write_text(TEXT, "utf-8")

    assert write_block(path, "x", "new")
    assert not write_block(path, "x", "new")
    assert path.read_text("utf-8") == TEXT.replace("old", "new")
