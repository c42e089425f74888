"""Drawings stay inside their frame, whatever the numbers."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.page_drawings import Marks, interval, trend

numbers = st.floats(-1e6, 1e6, allow_nan=False)


def places(svg: str) -> list[float]:
    return [float(found) for found in re.findall(r'(?:x1|x2|cx)="([^"]+)"', svg)]


def test_a_share_is_drawn_on_an_axis_from_nought_to_one() -> None:
    drawn = interval(Marks(0.5, 0.25, 0.75, 0.4, -1, 0.6, [0.1]), "half")

    # The frame is 190 wide with edges of 5: 0.5 lies in its middle.
    assert 'class="value" cx="95.0"' in drawn
    assert 'class="bound" x1="77.0"' in drawn
    assert drawn.count("<circle") == 2


def test_the_forbidden_side_of_a_ceiling_is_the_upper_one() -> None:
    drawn = interval(Marks(0.1, 0.1, 0.1, 0.5, 1), "x")
    assert '<rect class="forbidden" x="95.0" y="3" width="90.0"' in drawn


@settings(max_examples=25)
@given(numbers, numbers, numbers, st.none() | numbers, st.sampled_from([-1, 0, 1]), st.lists(numbers, max_size=4))
def test_nothing_is_drawn_outside_of_the_frame(
    value: float, low: float, high: float, bound: float | None, fails: int, others: list[float]
) -> None:
    drawn = interval(Marks(value, low, high, bound, fails, value, others), "any")

    ET.fromstring(drawn)
    assert all(0 <= place <= 190 for place in places(drawn))


def test_a_label_cannot_leave_its_attribute() -> None:
    assert '"><script>' not in interval(Marks(0.5, 0.5, 0.5), '"><script>')


@pytest.mark.parametrize(("values", "lines"), [([], 0), ([0.5], 0), ([0.5, 0.6], 1), ([1.0, 1.0, 1.0], 1)])
def test_a_trend_is_a_line_from_two_values_on(values: list[float], lines: int) -> None:
    drawn = trend(values, "runs")
    assert drawn.count("<polyline") == lines
    assert bool(drawn) is bool(values)


def test_a_trend_leaves_out_what_is_no_number() -> None:
    assert trend([math.nan, math.inf], "runs") == ""


def test_a_small_change_is_no_collapse() -> None:
    (points,) = re.findall(r'points="([^"]+)"', trend([0.80, 0.801], "runs"))
    first, last = (float(point.split(",")[1]) for point in points.split())
    assert abs(first - last) < 1.0
