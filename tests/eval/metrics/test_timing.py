"""Percentiles of durations."""

from __future__ import annotations

import pytest

from eval.metrics.timing import percentile_ms, spend


def test_percentiles_interpolate_between_neighbours() -> None:
    # sorted .01 .02 .03 .04; the median lies half way between the second and the third
    assert percentile_ms([0.04, 0.01, 0.03, 0.02], 50) == pytest.approx(25.0)


def test_no_durations_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no durations"):
        percentile_ms([], 95)


def test_work_takes_time_on_both_clocks() -> None:
    spent = spend(lambda: sum(range(200_000)))

    assert spent.wall_seconds > 0.0
    assert spent.cpu_seconds > 0.0
