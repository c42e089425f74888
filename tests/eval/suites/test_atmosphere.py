"""The drop of satisfaction in the quarrel, by hand; windows without a reading count for nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copilot.atmosphere.models import AtmosphereReading, Counts, Dimension, Measure, NoReading, Window
from eval.suites.atmosphere import QUARREL, quarrel_figures, satisfaction


def reading(value: float | None) -> AtmosphereReading:
    window = Window(
        start=QUARREL, end=QUARREL + timedelta(days=2), timezone="Asia/Shanghai", channel_id=None, channel_name=None
    )
    counts = Counts(messages=0, messages_read=0, coverage=None, speakers=0, known_members=0, questions=0)
    if value is None:
        silent = NoReading(code="no_messages", sentence="nothing was said")
        return AtmosphereReading(community_id="c", locale="en", window=window, counts=counts, no_reading=silent)
    measure = Measure(name="net_sentiment", unit="net", value=value, n=40, n_of="messages_read")
    dimensions = {"satisfaction": Dimension(measures=[measure])}
    return AtmosphereReading.model_validate(
        {"community_id": "c", "locale": "en", "window": window, "counts": counts, "dimensions": dimensions}
    )


def test_the_drop_is_the_mean_distance_to_the_other_windows() -> None:
    # others .3, .2 and .1 against .0 in the quarrel: mean (.3 + .2 + .1) / 3 = .2, all of them above
    others = [QUARREL + timedelta(days=days) for days in (2, 4, 6)]
    readings = {QUARREL: reading(0.0)} | {at: reading(v) for at, v in zip(others, (0.3, 0.2, 0.1), strict=True)}
    drop, below = quarrel_figures("atmosphere", readings)

    assert drop.value == pytest.approx(0.2)
    assert (below.value, below.n) == (1.0, 3)


def test_windows_without_a_reading_count_for_nothing() -> None:
    readings = {
        QUARREL: reading(0.0),
        QUARREL + timedelta(days=2): reading(None),
        QUARREL - timedelta(days=2): reading(-0.1),
    }
    drop, below = quarrel_figures("atmosphere", readings)

    assert (drop.value, drop.n) == (pytest.approx(-0.1), 1)
    assert below.value == 0.0


def test_without_a_reading_of_the_quarrel_nothing_is_scored() -> None:
    readings = {QUARREL: reading(None), QUARREL + timedelta(days=2): reading(0.5)}

    assert satisfaction(readings[QUARREL]) is None
    assert {figure.value for figure in quarrel_figures("atmosphere", readings)} == {None}
