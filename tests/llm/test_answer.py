from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.llm.answer import VisibleText, find_object

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc键", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(st.dictionaries(st.text("abc键", min_size=1, max_size=3), values, min_size=1, max_size=4))
def test_any_object_is_found_plain_fenced_and_after_thinking(value: dict[str, Any]) -> None:
    expected = json.loads(json.dumps(value).replace("\\u0000", ""))
    said = json.dumps(value, ensure_ascii=False)
    assert find_object(said) == expected
    if "<" not in said and "`" not in said:
        assert find_object(f"<think>hm</think>\n```json\n{said}\n```\n以上。") == expected


@given(st.text(max_size=200))
def test_no_text_breaks_the_search(text: str) -> None:
    found = find_object(text)
    assert found is None or isinstance(found, dict)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1}', {"a": 1}),
        ('For example {"a": 1}. Final: {"a": 1, "b": [2, 3]}', {"a": 1, "b": [2, 3]}),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('{"a": "<think>kept</think>"}', {"a": "<think>kept</think>"}),
        ('{"a": "x\\u0000\\ud800y"}', {"a": "xy"}),
        ('<think>{"a": 1}', None),
        ('{"a": 1', None),
        ('{"a": NaN}', None),
        ('{"a": Infinity}', None),
        ("[1, 2]", None),
        ("", None),
        ('{"a": ' + "[" * 100_000, None),
        ('{"a": ' + "9" * 5000 + "}", None),
    ],
)
def test_what_counts_as_the_answer(text: str, expected: dict[str, Any] | None) -> None:
    assert find_object(text) == expected


@given(st.text("<think>/ab{}\n ", max_size=60), st.integers(1, 9))
def test_how_a_stream_is_cut_does_not_change_what_is_shown(text: str, size: int) -> None:
    whole, pieces = VisibleText(), VisibleText()
    shown = "".join(pieces.feed(text[i : i + size]) for i in range(0, len(text), size))
    assert shown == whole.feed(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ("<think>secret</think>{}", "{}"),
        ("\n <thinking>secret</thinking>{}", "{}"),
        ("<b>not thought", "<b>not thought"),
        ("<think>never closed", ""),
        ('{"a": "<think>x</think>"}', '{"a": "<think>x</think>"}'),
    ],
)
def test_thinking_is_not_shown(text: str, shown: str) -> None:
    assert "".join(map(VisibleText().feed, text)) == shown
