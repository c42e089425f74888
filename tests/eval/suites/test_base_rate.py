"""Load at a quiet base rate: by hand, without false alarms, and with nothing to find."""

from __future__ import annotations

import numpy as np
import pytest

from eval.scores import Figure
from eval.suites.base_rate import quiet
from eval.train.corpora import Line, room_lines

LINES = room_lines(frozenset({"dev"}))


def load(lines: list[Line], flagged: list[bool]) -> dict[str, Figure]:
    bad = np.array([bool(line.labels["offence"]) for line in lines])
    found = quiet("base_rate.x", lines, bad, ~bad, np.array(flagged))
    return {figure.name.rpartition(".")[2]: figure for figure in found}


def test_load_by_hand() -> None:
    bad = [line for line in LINES if line.labels["offence"]][:10]
    rest = [line for line in LINES if not line.labels["offence"]][:100]
    found = load(bad + rest, [True] * 8 + [False] * 2 + [True] * 5 + [False] * 95)
    # 10 bad x .8 = 8 cases, 990 others x .05 = 49.5 cases; 8 of 57.5 are right.
    assert found["recall"].value == pytest.approx(0.8)
    assert found["cases_per_1000"].value == pytest.approx(57.5)
    assert found["precision"].value == pytest.approx(8 / 57.5)
    for figure in found.values():
        assert figure.low is not None
        assert figure.low <= (figure.value or 0) <= (figure.high or 0)


def test_no_false_alarm_seen_is_no_certainty() -> None:
    found = load(LINES, [bool(line.labels["offence"]) for line in LINES])
    assert (found["recall"].value, found["precision"].value) == (1.0, 1.0)
    assert found["precision"].low is not None
    assert found["precision"].low < 0.9
    assert (found["cases_per_1000"].high or 0) > 10


def test_without_bad_lines_there_is_no_figure() -> None:
    calm = [line for line in LINES if not line.labels["offence"]][:20]
    found = load(calm, [False] * 20)
    assert {figure.value for figure in found.values()} == {None}
