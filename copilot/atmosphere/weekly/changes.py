"""What changed beyond noise: figures outside what is usual in this very room. Pure functions.

With too few earlier weeks for a usual range, shares are compared with the week before instead, interval against interval.

Every measure with a baseline is compared, so some lie outside by chance; the false discovery rate of those named is held
at `FALSE_DISCOVERIES` (Benjamini and Hochberg 1995). Tails are Student's, because a usual range rests on few weeks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from copilot.atmosphere.intervals import Z95
from copilot.atmosphere.models import AtmosphereReading, Baseline, DimensionName, Measure
from copilot.atmosphere.targets import TARGETS
from copilot.atmosphere.weekly.models import Change, Direction, Verdict
from copilot.atmosphere.weekly.wording import CHANGED, DIRECTIONS, MEASURES, figure
from copilot.atmosphere.wording import Locale

FALSE_DISCOVERIES = 0.10
# Where a rise is good and no target says so.
_MORE_IS_BETTER = frozenset(
    {
        "active_members", "reply_rate", "answered_share", "useful_answer_share", "reciprocity", "contributing_share",
        "events_joined", "pulse", "event_rating", "decentralisation", "positive",
    }
)  # fmt: skip
_LESS_IS_BETTER = frozenset({"negative"})


@dataclass(frozen=True)
class _Compared:
    """A measure beside what it is compared with; `chance`: of a difference as large if nothing changed."""

    chance: float
    dimension: DimensionName
    measure: Measure
    usual: Baseline


def changes(reading: AtmosphereReading, previous: AtmosphereReading | None, locale: Locale) -> tuple[list[Change], int]:
    """Return the figures that changed, most surely first, and how many were compared."""
    compared = sorted(_with_usual(reading), key=_order)
    if not compared and previous is not None:
        compared = sorted(_with_previous(reading, previous), key=_order)
    passed = 0
    for rank, item in enumerate(compared, start=1):
        if item.chance <= FALSE_DISCOVERIES * rank / len(compared):
            passed = rank
    found = (_change(reading, item, locale) for item in compared[:passed])
    return [change for change in found if change is not None], len(compared)


def _order(item: _Compared) -> tuple[float, str]:
    return item.chance, item.measure.name


def _with_usual(reading: AtmosphereReading) -> Iterator[_Compared]:
    for name, dimension in reading.dimensions.items():
        for measure in dimension.measures:
            usual = measure.baseline
            if usual is None or usual.residual is None or measure.value is None or measure.name not in MEASURES["en"]:
                continue
            yield _Compared(_chance(usual.residual, usual.n), name, measure, usual)


def _with_previous(reading: AtmosphereReading, previous: AtmosphereReading) -> Iterator[_Compared]:
    """Yield shares and moods beside those of the week before; counts have no interval to compare."""
    for name, dimension in reading.dimensions.items():
        before = previous.dimensions.get(name)
        for measure in dimension.measures:
            last = before.measure(measure.name) if before is not None else None
            if last is None or measure.name not in MEASURES["en"] or measure.unit not in {"share", "net"}:
                continue
            errors = [_error(one) for one in (measure, last)]
            if measure.value is None or last.value is None or not all(errors):
                continue
            residual = (measure.value - last.value) / math.hypot(*errors)
            usual = Baseline(n=1, middle=last.value, low=last.low, high=last.high, residual=round(residual, 2))
            yield _Compared(math.erfc(abs(residual) / math.sqrt(2)), name, measure, usual)


def _error(measure: Measure) -> float:
    """Return the standard error behind an interval, 0 where none is known."""
    return 0.0 if measure.low is None or measure.high is None else (measure.high - measure.low) / (2 * Z95)


def _chance(residual: float, windows: int) -> float:
    """Return the two-sided chance of a residual this large under Student's t."""
    from scipy.special import stdtr  # a tenth of a second

    return float(2 * stdtr(max(1, windows - 1), -abs(residual)))


def _change(reading: AtmosphereReading, item: _Compared, locale: Locale) -> Change | None:
    measure, usual = item.measure, item.usual
    if measure.value is None or usual.middle is None or usual.low is None or usual.high is None:
        return None
    direction: Direction = "up" if (usual.residual or 0.0) > 0 else "down"
    values = (("value", measure.value), ("usual", usual.middle), ("low", usual.low), ("high", usual.high))
    said = {name: figure(value, measure.unit, locale) for name, value in values}
    sentence = CHANGED[locale]["last" if usual.n == 1 else "usual"].format(
        name=MEASURES[locale][measure.name], direction=DIRECTIONS[locale][direction], windows=usual.n, **said
    )
    return Change(
        dimension=item.dimension, measure=measure.name, unit=measure.unit, value=measure.value, low=measure.low,
        high=measure.high, n=measure.n, usual=usual.middle, usual_low=usual.low, usual_high=usual.high,
        windows=usual.n, direction=direction, verdict=_verdict(reading, measure.name, direction), sentence=sentence,
    )  # fmt: skip


def _verdict(reading: AtmosphereReading, name: str, direction: Direction) -> Verdict:
    """Return whether the change is a good one: by the target of this kind of operation, or what every room wants."""
    aim = TARGETS[reading.kind].get(name)
    wants_more = name in _MORE_IS_BETTER or (aim is not None and aim.at_least is not None)
    wants_less = name in _LESS_IS_BETTER or (aim is not None and aim.at_most is not None)
    if not wants_more and not wants_less:
        return "other"
    return "better" if (direction == "up") == wants_more else "worse"
