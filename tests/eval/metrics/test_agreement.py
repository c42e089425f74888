"""Alpha on Krippendorff's own example, and against counting every pair of ratings."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.metrics.agreement import Level, krippendorff_alpha

_ = None
# Krippendorff (2011), part C: four observers, twelve units, values 1 to 5, with gaps.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
    [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
]
UNITS = [list(unit) for unit in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_example_gives_the_published_values(level: Level, alpha: float) -> None:
    assert krippendorff_alpha(UNITS, level) == pytest.approx(alpha, abs=5e-4)


def test_full_agreement_is_one_and_steady_disagreement_is_below_zero() -> None:
    assert krippendorff_alpha([[1, 1], [2, 2]]) == 1.0
    # Seen: all 4 ordered pairs differ. Expected: of 4 ratings, 2 each: 2 * 2 * 2 / 3 = 8/3. alpha = 1 - 4 / (8/3)
    assert krippendorff_alpha([[1, 2], [1, 2]]) == pytest.approx(-0.5)


def pairwise(units: list[list[int | None]], level: Level) -> float:
    """Mean distance within units over mean distance between any two ratings, one pair after the other."""
    rated = [[value for value in unit if value is not None] for unit in units]
    rated = [unit for unit in rated if len(unit) > 1]
    everything = [value for unit in rated for value in unit]

    def distance(a: int, b: int) -> float:
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return float((a - b) ** 2)
        low, high = min(a, b), max(a, b)
        between = sum(low <= value <= high for value in everything)
        ends = (everything.count(low) + everything.count(high)) / 2
        return (between - ends) ** 2 if a != b else 0.0

    within = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in rated)
    between = sum(distance(a, b) for a, b in permutations(everything, 2)) / (len(everything) - 1)
    return 1 - within / between


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=3, max_size=3), min_size=2, max_size=12),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_equals_counting_every_pair(units: list[list[int | None]], level: Level) -> None:
    try:
        found = krippendorff_alpha(units, level)
    except ValueError:
        rated = [[value for value in unit if value is not None] for unit in units]
        assert len({value for unit in rated if len(unit) > 1 for value in unit}) < 2
        return
    assert found == pytest.approx(pairwise(units, level))


@pytest.mark.parametrize("units", [[], [[1, None], [None, 2]], [[3, 3], [3, 3]]], ids=["none", "once", "one value"])
def test_without_a_choice_there_is_no_agreement_to_measure(units: list[list[int | None]]) -> None:
    with pytest.raises(ValueError, match=r"rated twice|not defined"):
        krippendorff_alpha(units)
