from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.events.revisions.merging import merge


def updated(mine: str, _codes: str) -> str:
    return mine.replace("60", "40")


def test_where_the_compositions_agree_the_plan_keeps_its_own() -> None:
    base, same = {"title": "Mine", "headcount": 60}, {"title": "Code's", "headcount": 60}
    assert merge(base, same, copy.deepcopy(same), updated) == base


def test_a_fact_follows_and_words_of_others_are_brought_up_to_date() -> None:
    base = {"headcount": 60, "goal": "60 people, my way", "title": "Code's"}
    before = {"headcount": 60, "goal": "60 come", "title": "Code's"}
    after = {"headcount": 40, "goal": "40 come", "title": "Code's new"}
    assert merge(base, before, after, updated) == {"headcount": 40, "goal": "40 people, my way", "title": "Code's new"}


def test_items_come_and_go_with_their_keys() -> None:
    base = [{"key": "a", "notes": "mine"}, {"key": "b", "notes": "b"}, {"key": "own_1", "notes": "by a person"}]
    before = [{"key": "a", "notes": "a"}, {"key": "b", "notes": "b"}]
    after = [{"key": "a", "notes": "a"}, {"key": "c", "notes": "c"}]
    assert merge(base, before, after, updated) == [
        {"key": "a", "notes": "mine"},
        {"key": "c", "notes": "c"},
        {"key": "own_1", "notes": "by a person"},
    ]


def test_of_lines_only_those_that_changed_move() -> None:
    merged = merge(["mine", "60", "kept"], ["60", "kept"], ["kept", "40"], updated, "to_confirm")
    assert merged == ["mine", "kept", "40"]


VALUES = st.recursive(
    st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: (
        st.dictionaries(st.sampled_from(["goal", "notes", "n", "m"]), inner, max_size=4) | st.lists(inner, max_size=3)
    ),
    max_leaves=12,
)


@pytest.mark.slow
@given(VALUES, VALUES)
def test_nothing_changes_without_a_change_and_untouched_plans_follow(base: Any, after: Any) -> None:
    assert merge(base, after, after, updated) == base
    assert merge(base, base, after, lambda mine, _codes: mine) == after
