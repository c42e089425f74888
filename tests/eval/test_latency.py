"""The contest times the four ways side by side; a request stays near what it is held against."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval import latency, sync_rate
from eval.__main__ import main
from eval.metrics.timing import ratio_interval
from eval.world import Worlds


def test_a_ratio_of_times_is_that_of_their_medians() -> None:
    # Medians 3 and 2; whichever pairs are drawn, both come from the same moments.
    value, interval = ratio_interval([1.0, 3.0, 9.0], [1.0, 2.0, 3.0], 50)
    assert value == pytest.approx(1.5)
    assert 1.0 <= interval.low <= value <= interval.high <= 3.0


def test_a_constant_ratio_has_no_width() -> None:
    value, interval = ratio_interval([0.2, 0.4, 0.9], [0.1, 0.2, 0.45], 50)
    assert (value, interval.low, interval.high) == pytest.approx((2.0, 2.0, 2.0))


@pytest.mark.parametrize(("first", "second"), [([], []), ([1.0], []), ([1.0], [1.0, 2.0])])
def test_a_ratio_needs_pairs(first: list[float], second: list[float]) -> None:
    with pytest.raises(ValueError, match="as many durations"):
        ratio_interval(first, second, 50)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_request_among_a_thousand_stays_near_its_measures(tmp_path: Path) -> None:
    worlds = Worlds(tmp_path)
    found = latency.measure(worlds, latency.Options(sizes=(1_000,), askers=30, texts=40))
    worlds.close()
    figures = {figure.name: figure for figure in found.figures}
    # CPU time, and well above what was measured: a shared machine disturbs, a lost index or a scan does not hide.
    assert (figures["latency.1000.to_naive_cpu"].value or 9.0) < 1.3
    assert (figures["latency.1000.to_raw_cpu"].value or 99.0) < 8.0
    assert figures["latency.10000.to_naive_cpu"].unscored.startswith("python -m eval bench --sizes")


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_bringing_vectors_up_to_date_costs_little_beside_the_embedding(tmp_path: Path) -> None:
    worlds = Worlds(tmp_path)
    figures = {figure.name: figure for figure in sync_rate.measure(worlds, communities=3, texts=40).figures}
    worlds.close()
    assert (figures["sync.to_embedder_cpu"].value or 0.0) > 0.8


def test_sizes_out_of_bounds_are_refused(capsys: pytest.CaptureFixture[str]) -> None:

    assert main(["bench", "--sizes", "5"]) == 2
    assert "--sizes are between" in capsys.readouterr().err
