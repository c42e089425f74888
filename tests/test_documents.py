from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.documents import (
    MAX_BYTES,
    DocumentProblem,
    content_hash,
    line_of,
    parse_yaml,
    read_document,
    split_front_matter,
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "appears twice"),
        ("a: {b: 1, b: 2}", "appears twice"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("a: [" * 30 + "]" * 30, "nested"),
        ("- 1", "mapping"),
        ("1: a", "mapping"),
        ("", "mapping"),
        ("a: [1", "YAML"),
        ("a: !!python/object/apply:os.system [ls]", "YAML"),
        ("a: 2026-13-45", "YAML"),
        ("? [1, 2]\n: 3", "YAML"),
        ("a: \x07", "YAML"),
    ],
)
def test_yaml_that_is_wrong_or_a_trap_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(DocumentProblem, match=said):
        parse_yaml(text)


@given(st.text(max_size=80))
def test_no_text_breaks_the_yaml_reader_in_another_way(text: str) -> None:
    with suppress(DocumentProblem):
        assert isinstance(parse_yaml(text), dict)


def test_front_matter_and_body_come_apart() -> None:
    assert split_front_matter("---\na: 1\n---\nbody\n---\nmore") == ({"a": 1}, "body\n---\nmore")
    assert split_front_matter("---\na: 1\n---") == ({"a": 1}, "")


@pytest.mark.parametrize("text", ["", "body", "--- \na: 1", "---\na: 1\nbody", "x\n---\na: 1\n---\n"])
def test_a_document_without_front_matter_is_refused(text: str) -> None:
    with pytest.raises(DocumentProblem, match="front matter"):
        split_front_matter(text)


def test_files_are_read_without_mark_and_with_one_kind_of_line_end(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes("\ufeff一\r\n二".encode())
    assert read_document(path) == "一\n二"


@pytest.mark.parametrize(("data", "said"), [(b"\xff\xfe\x00", "UTF-8"), (b"x" * (MAX_BYTES + 1), "larger")])
def test_files_that_cannot_be_text_are_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(data)
    with pytest.raises(DocumentProblem, match=said):
        read_document(path)


def test_a_missing_file_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(DocumentProblem, match="No such file"):
        read_document(tmp_path / "none.md")


def test_line_ends_do_not_change_the_hash() -> None:
    assert content_hash("a\r\nb") == content_hash("a\nb") != content_hash("a b")


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("a",), 1),
        (("list",), 2),
        (("list", 1), 4),
        (("list", 1, "k"), 5),
        (("list", 1, "missing"), 4),  # the deepest part there is
        (("list", 9), 2),
        (("nothing",), None),
        ((), None),
    ],
)
def test_a_place_in_a_document_has_a_line(location: tuple[int | str, ...], line: int | None) -> None:
    assert line_of("a: 1\nlist:\n- x: 1\n- y: 2\n  k: 3\n", location) == line


def test_what_is_no_yaml_has_no_lines() -> None:
    assert line_of("a: [1", ("a",)) is None
    assert line_of("", ("a",)) is None
