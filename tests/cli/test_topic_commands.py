"""Topics for many members, line by line, and notes from a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli.plan_batches import append, ids_done
from copilot.cli.topic_commands import MAX_LINES, _read_notes, outreach_app, suggested_for
from copilot.errors import InvalidInput, NotFound


class Answering:
    """A backend that knows one member."""

    def members(self, search: str) -> list[dict[str, str]]:
        return [{"id": "mem_1", "external_id": "M1", "name": "岚姐"}] if search in {"mem_1", "M1", "岚姐"} else []

    def topics(self, member_id: str, n: int) -> dict[str, Any]:
        if n == 9:
            raise NotFound("gone", kind="member", id=member_id)
        return {"member_id": member_id, "wanted": n, "topics": []}


def answers(*lines: str) -> list[dict[str, Any]]:
    return list(suggested_for(Answering(), lines))  # type: ignore[arg-type]  # it has all that is asked


def test_each_line_has_one_outcome_with_its_number_and_blank_ones_none() -> None:
    found = answers(
        '{"member": "M1"}', "\n", '{"member": "岚姐", "n": 5}', '{"member": "M2"}', '{"member": "M1", "n": 9}'
    )
    assert [item["line"] for item in found] == [1, 3, 4, 5]
    assert [item.get("wanted") for item in found] == [3, 5, None, None]
    assert [item["error"]["code"] for item in found[2:]] == ["not_found", "not_found"]


@pytest.mark.parametrize(
    "line",
    [
        "[]", "1", "{", "{}", '{"member": 1}', '{"member": ""}', '{"member": "M1", "n": 0}', '{"member": "M1", "n": 11}',
        '{"member": "M1", "n": true}', '{"member": "M1", "n": "3"}', '{"member": "M1", "more": 1}', "[" * 1900,
        json.dumps({"member": "a" * 2000}),
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_of_its_own(line: str) -> None:
    (found,) = answers(line)
    assert found["error"]["code"] == "invalid_input"


def test_a_batch_goes_on_where_it_stopped_and_tries_failures_again(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    rows = [{"line": 1, "id": "a", "topics": []}, {"line": 2, "id": "b", "error": {"code": "x", "message": "y"}}]
    out.write_text("".join(json.dumps(row) + "\n" for row in rows) + '{"id": "c", "topi', encoding="utf-8")
    lines = [f'{{"id": "{name}", "member": "M1"}}' for name in "abcd"]
    found = list(suggested_for(Answering(), lines, ids_done(out, "topics")))  # type: ignore[arg-type]  # it has all that is asked
    assert [item["id"] for item in found] == ["b", "c", "d"]
    append(out, json.dumps(found[0]) + "\n")
    assert ids_done(out, "topics") == {"a", "b"}


def test_an_id_that_stands_twice_or_is_no_text_is_an_error_of_its_line() -> None:
    found = answers('{"id": "a", "member": "M1"}', '{"id": "a", "member": "M1"}', '{"id": 1, "member": "M1"}')
    assert [item.get("error", {}).get("code") for item in found] == [None, "invalid_input", "invalid_input"]


def test_more_than_ten_thousand_lines_are_refused() -> None:
    with pytest.raises(InvalidInput, match="10,000"):
        answers(*["\n"] * MAX_LINES, '{"member": "M1"}')


def test_notes_are_read_as_utf_8_and_bounded(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("\ufeff先试一批。", "utf-8")
    assert _read_notes(notes) == "先试一批。"
    notes.write_bytes("先试一批".encode("gbk"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        _read_notes(notes)
    notes.write_bytes(b"a" * 64_001)
    with pytest.raises(InvalidInput, match="longer"):
        _read_notes(notes)
    with pytest.raises(InvalidInput, match="cannot be read"):
        _read_notes(tmp_path / "missing.txt")


def test_the_commands_are_named() -> None:
    shown = CliRunner().invoke(outreach_app, ["--help"]).output
    assert all(name in shown for name in ("plan", "list", "click", "learned", "pause", "resume"))
