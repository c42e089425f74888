"""What is usual in a room: the middle and spread of earlier windows of the same length, by weekday where enough are known.

Pure arithmetic on numbers. Median and median absolute deviation, so that one wild day, or a quarrel that is over, does
not change what counts as usual.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copilot.atmosphere.thresholds import History

# The median absolute deviation of normal values times this is their standard deviation.
_MAD_TO_SD = 1.4826
# Variance of a median of n normal values over that of one value, times n.
_MEDIAN_VARIANCE = math.pi / 2
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Point:
    """One window's figure.

    Attributes:
        value: the figure, on the scale it is compared on.
        error: its standard error by sampling alone, 0 where unknown.
        weekday: 0 (Monday) to 6 of a day's window; windows of a week all have the same.
    """

    value: float
    error: float = 0.0
    weekday: int = 0


@dataclass(frozen=True, slots=True)
class Usual:
    """What a new window of this weekday would usually show.

    Attributes:
        middle: where half of the values lie below.
        spread: standard deviation of a new value around the middle, above 0.
        noise: the part of `spread` that sampling explained in the earlier windows.
        n: earlier windows it rests on.
        by_weekday: the middle was moved to what this weekday usually shows.
    """

    middle: float
    spread: float
    noise: float
    n: int
    by_weekday: bool

    def residual(self, point: Point) -> float:
        """Return how many standard deviations the point lies above the middle.

        A window of fewer observations than usual is allowed more: its own sampling error takes the place of the usual
        one where it is larger.
        """
        extra = max(0.0, point.error**2 - self.noise**2)
        return (point.value - self.middle) / math.sqrt(self.spread**2 + extra)


def usual(past: Sequence[Point], weekday: int, rules: History) -> Usual | None:
    """Return what is usual by the newest `rules.most` of `past` (oldest first), or None with too little history.

    Weekends and working days have a middle each; a weekday that surely differs from its kind is moved further.
    """
    known = past[-rules.most :]
    kinds: dict[bool, list[float]] = {}
    for point in known:
        kinds.setdefault(_is_weekend(point.weekday), []).append(point.value)
    middles = {kind: _median(values) for kind, values in kinds.items() if len(values) >= rules.least_of_kind}
    kind = _is_weekend(weekday)
    if len(known) < rules.least or kind not in middles:
        return None
    rests = [(p.weekday, p.value - middles[_is_weekend(p.weekday)]) for p in known if _is_weekend(p.weekday) in middles]
    effects = _weekday_effects(rests, rules)
    deviations = [abs(rest - effects.get(day, 0.0)) for day, rest in rests]
    sampling = _median(point.error for point in known)
    spread = max(_MAD_TO_SD * _median(deviations), sampling, rules.smallest_spread)
    return Usual(
        middle=middles[kind] + effects.get(weekday, 0.0),
        spread=spread * math.sqrt(1 + _MEDIAN_VARIANCE / len(kinds[kind])),
        noise=sampling,
        n=len(known),
        by_weekday=weekday in effects or len(middles) > 1,
    )


def _is_weekend(weekday: int) -> bool:
    return weekday >= _SATURDAY


def _weekday_effects(rests: Sequence[tuple[int, float]], rules: History) -> dict[int, float]:
    """Return by how much weekdays differ from their kind, as far as that is more than the noise of their few windows.

    The positive part of James and Stein (1961), with medians in the place of means.
    """
    days: dict[int, list[float]] = {}
    for day, rest in rests:
        days.setdefault(day, []).append(rest)
    if len(days) == 1:
        return {}
    noise = (_MAD_TO_SD * _median(abs(rest) for _, rest in rests)) ** 2 * _MEDIAN_VARIANCE
    found: dict[int, float] = {}
    for day, values in days.items():
        effect = _median(values)
        kept = 1 - noise / len(values) / effect**2 if effect else 0.0
        if len(values) >= rules.least_of_weekday and kept > 0:
            found[day] = effect * kept
    return found


def _median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    count = len(ordered)
    return (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
