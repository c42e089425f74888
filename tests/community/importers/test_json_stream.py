from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.community.importers.base import Truncated
from copilot.community.importers.json_stream import MAX_NODES, Oversized, walk


def walked(text: str | bytes, *paths: str) -> list[tuple[str, Any]]:
    return list(walk(io.BytesIO(text.encode() if isinstance(text, str) else text), paths))


def test_chosen_values_come_in_document_order() -> None:
    document = '{"meta": {"name": "x"}, "list": [{"n": 1, "m": [10, [20]]}, {"n": 2, "m": []}], "n": 3}'
    assert walked(document, "meta", "list.[].n", "list.[].m.[]", "n") == [
        ("meta", {"name": "x"}),
        ("list.[].n", 1),
        ("list.[].m.[]", 10),
        ("list.[].m.[]", [20]),
        ("list.[].n", 2),
        ("n", 3),
    ]


def test_items_of_a_list_at_the_top_are_found() -> None:
    assert walked('[{"a": 1}, 2, []]', "[]") == [("[]", {"a": 1}), ("[]", 2), ("[]", [])]


def test_keys_with_dots_are_not_paths() -> None:
    assert walked('{"a.b": 1, "a": {"b": 2}}', "a.b") == [("a.b", 2)]


scalars = st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text()
documents = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@pytest.mark.slow
@given(st.lists(documents, max_size=5))
def test_built_values_equal_those_of_the_standard_parser(items: list[Any]) -> None:
    text = json.dumps({"items": items}, ensure_ascii=True)
    assert walked(text, "items.[]") == [("items.[]", item) for item in json.loads(text)["items"]]


@pytest.mark.parametrize("text", ['{"m": [1, 2', '{"m": [1, 2,, 3]}', '{"m": [1, 2, nope]}', '{"m": [1, 2]} more'])
def test_values_before_a_break_are_kept_and_the_break_is_placed(text: str) -> None:
    found = []
    with pytest.raises(Truncated) as caught:
        for _, value in walk(io.BytesIO(b"\n\n" + text.encode()), ["m.[]"]):
            found.append(value)
    assert found == [1, 2]
    assert caught.value.data["line"] == 3
    assert caught.value.data["byte"] <= len(text) + 2


@pytest.mark.parametrize("number", ["9" * 5_000, str(2**63), "1e400", "1e99999999999999999999", "-"])
def test_numbers_beyond_64_bits_break_the_document_by_name(number: str) -> None:
    with pytest.raises(Truncated):
        walked(f'{{"m": [1, {number}]}}', "m.[]")


def test_a_file_of_brackets_is_refused_at_once() -> None:
    with pytest.raises(Truncated, match="nested deeper"):
        walked("[" * 1_000_000, "[].x")


def test_a_deep_value_is_replaced_and_the_next_one_read() -> None:
    deep = "[" * 5_000 + "]" * 5_000
    values = [value for _, value in walked(f'{{"m": [{deep}, {{"ok": 1}}]}}', "m.[]")]
    assert isinstance(values[0], Oversized)
    assert values[1] == {"ok": 1}


def test_a_value_with_too_many_parts_is_replaced_and_the_next_one_read() -> None:
    wide = "[" + "0," * MAX_NODES + "0]"
    values = [value for _, value in walked(f'{{"m": [{wide}, 7]}}', "m.[]")]
    assert isinstance(values[0], Oversized)
    assert values[1] == 7
