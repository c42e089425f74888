"""Lines of pairs: what is read, what is refused on its own line, and how the commands are named."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli.match_commands import MAX_LINES, _pairs, _scored, match_app
from copilot.errors import InvalidInput


class Answering:
    """A backend that scores whatever it is given."""

    def __init__(self) -> None:
        self.asked: list[list[dict[str, Any]]] = []

    @property
    def matching(self) -> Answering:
        return self

    def scores(self, pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        self.asked.append(pairs)
        return [{**pair, "score": 0.5} for pair in pairs]


def _lines(*lines: str) -> list[dict[str, Any]]:
    backend = Answering()
    return list(_scored(backend, list(_pairs(lines))))  # type: ignore[arg-type]  # it has all that is asked


def test_each_line_has_one_outcome_with_its_number_and_blank_ones_none() -> None:
    good = json.dumps({"member": "M1", "other": "M2"})
    found = _lines(good, "\n", "nonsense", json.dumps({"member": "M1", "other": "R1", "kind": "resource"}))
    assert [item["line"] for item in found] == [1, 3, 4]
    assert [item.get("score") for item in found] == [0.5, None, 0.5]
    assert found[1]["error"]["code"] == "invalid_input"


@pytest.mark.parametrize(
    "line",
    [
        "[]", "1", '"text"', "{", "{}", '{"member": "a"}', '{"member": "a", "other": "b", "more": 1}', '{"member": 1, "other": "b"}',
        '{"member": "", "other": "b"}', '{"member": "a", "other": "b", "kind": "club"}', '{"member": "a", "other": "b", "kind": []}',
        json.dumps({"member": "a" * 201, "other": "b"}), '{"member": "a", "other": "b"}' + " " * 2000, "[" * 1900,
    ],
)  # fmt: skip
def test_a_bad_line_is_an_error_of_its_own(line: str) -> None:
    (found,) = _lines(line)
    assert found.keys() == {"line", "error"} and found["error"]["message"]


def test_more_than_ten_thousand_lines_are_refused_after_those() -> None:
    read = _pairs('{"member": "a", "other": "b"}' for _ in range(MAX_LINES + 1))
    for _ in range(MAX_LINES):
        next(read)
    with pytest.raises(InvalidInput, match="10,000"):
        next(read)


def test_nothing_is_asked_when_no_line_is_a_pair() -> None:
    assert [item["line"] for item in _lines("nonsense", "more")] == [1, 2]
    assert _lines() == []


@pytest.mark.parametrize(
    "arguments", [["M014", "--help"], ["--all", "--help"], ["of", "--help"], ["-n", "3", "--help"]]
)
def test_a_member_needs_no_command_in_front(arguments: list[str]) -> None:
    shown = CliRunner().invoke(match_app, arguments)
    assert shown.exit_code == 0 and "--wording" in shown.output


@pytest.mark.parametrize(
    "arguments",
    [["--kind", "member"], ["M014", "--all"], ["--all", "--city", "成都"], ["audience", "x", "--kind", "member"]],
)
def test_what_contradicts_itself_is_refused_before_anything_is_opened(arguments: list[str]) -> None:
    done = CliRunner().invoke(match_app, arguments)
    assert isinstance(done.exception, InvalidInput)
