"""Controls take away one thing and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.controls import ring


def test_everybody_receives_from_the_one_half_a_list_away() -> None:
    assert ring(["a", "b", "c", "d"]) == {"a": "c", "b": "d", "c": "a", "d": "b"}


@pytest.mark.slow
@given(st.lists(st.text(max_size=3), min_size=2, max_size=30, unique=True))
def test_nobody_keeps_their_own_and_everything_is_given_once(names: list[str]) -> None:
    givers = ring(names)

    assert all(giver != receiver for receiver, giver in givers.items())
    assert sorted(givers.values()) == sorted(names)


def test_one_alone_cannot_swap() -> None:
    with pytest.raises(ValueError, match="two to swap"):
        ring(["a"])
