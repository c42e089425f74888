"""Whether a figure has changed beyond noise: a one-sided CUSUM over days, with a level to open at and one to close at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from copilot.atmosphere.baselines import Point, Usual, usual
from copilot.atmosphere.thresholds import History, Watch


@dataclass(frozen=True, slots=True)
class Dated:
    """A day's figure; None where there was none."""

    day: date
    point: Point | None


@dataclass
class Excursion:
    """A stretch in which a figure lay beyond noise on the bad side.

    Attributes:
        began_on: the first of the days that added up to it.
        opened_on: the day at whose end the sum crossed the level.
        closed_on: the day at whose end it had come back, None while it has not.
        peak: the largest sum, in standard deviations.
        usual: what was usual on the day it opened.
        value: the figure of that day.
    """

    began_on: date
    opened_on: date
    peak: float
    level: float
    usual: Usual
    value: float
    closed_on: date | None = None
    days: list[date] = field(default_factory=list)


def excursions(series: Sequence[Dated], *, bad: int, history: History, watch: Watch) -> list[Excursion]:
    """Return the excursions of a daily series (oldest first), the last one perhaps still open.

    Args:
        series: days in order.
        bad: 1 where a rise is bad, -1 where a fall is.
        history: what says what is usual.
        watch: the test's levels.
    """
    test = _Test(bad, history, watch)
    for item in series:
        test.take(item)
    return test.found


class _Test:
    """The running sum, and what it has found so far."""

    def __init__(self, bad: int, history: History, watch: Watch) -> None:
        self._bad, self._history, self._watch = bad, history, watch
        self._past: list[Point] = []
        self._total, self._missing = 0.0, 0
        self._adding: list[date] = []
        self._open: Excursion | None = None
        self.found: list[Excursion] = []

    def take(self, item: Dated) -> None:
        """Go on by one day."""
        if item.point is None:
            self._miss(item.day)
            return
        self._missing = 0
        known = usual(self._past, item.point.weekday, self._history)
        self._past.append(item.point)
        if known is None:
            return
        level = next(level for least, level in self._watch.open_at if known.n >= least)
        residual = self._bad * known.residual(item.point)
        most = self._watch.most_a_day
        step = max(-most, min(most, residual)) - self._watch.slack
        self._total = min(max(0.0, self._total + step), level + self._watch.most_above)
        self._adding = [*self._adding, item.day] if self._total > 0 else []
        if self._open is not None:
            self._go_on(self._open, item.day, level)
        elif self._total >= level:
            self._open = Excursion(
                self._adding[0], item.day, self._total, level, known, item.point.value, days=list(self._adding)
            )
            self.found.append(self._open)

    def _go_on(self, current: Excursion, day: date, level: float) -> None:
        current.peak = max(current.peak, self._total)
        current.days.append(day)
        if self._total <= self._watch.close_below * level:
            current.closed_on = day
            self._open = None

    def _miss(self, day: date) -> None:
        self._missing += 1
        if self._missing >= self._watch.longest_gap:
            self._total, self._adding = 0.0, []
            if self._open is not None:
                self._open.closed_on = day
                self._open = None
