"""How numbers are written and where they lie on a scale; a figure that is not known is said to be so, never nought."""

from __future__ import annotations

from dataclasses import dataclass

from api.console.catalogue import Texts
from copilot.atmosphere.models import Measure
from copilot.atmosphere.thresholds import WEEKS

_WIDTH = 200.0


@dataclass(frozen=True)
class Bar:
    """A figure on a scale of 0 to 200: its interval, the usual range and the target, each where it is known."""

    value: float
    low: float | None
    high: float | None
    usual_low: float | None
    usual_high: float | None
    at_least: float | None
    at_most: float | None


class Figures:
    """Writes numbers in one language."""

    least_windows = WEEKS.least  # earlier weeks before anything is said of what is usual

    def __init__(self, t: Texts) -> None:
        self._t = t

    def value(self, number: float | None, unit: str) -> str:
        """Return a number with its unit; a dash when there is none."""
        if number is None:
            return "–"
        if unit == "share":
            return f"{100 * number:.0f}%" if abs(number) >= 0.1 or number == 0 else f"{100 * number:.1f}%"
        if unit == "net":
            return f"{number:+.2f}" if number else "0"
        if unit == "seconds":
            return self._wait(number)
        if unit == "count":
            return f"{number:,.0f}"
        return f"{number:.1f}"

    def _wait(self, seconds: float) -> str:
        for name, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if seconds >= size:
                return self._t(f"figure.{name}", n=f"{seconds / size:.1f}".removesuffix(".0"))
        return self._t("figure.seconds", n=f"{seconds:.0f}")

    def bar(self, measure: Measure) -> Bar | None:
        """Return where a figure lies, or None when there is nothing to draw: no value, or no second thing to compare."""
        if measure.value is None:
            return None
        usual, target = measure.baseline, measure.target
        marks = [
            measure.low, measure.high, usual.low if usual else None, usual.high if usual else None,
            target.at_least if target else None, target.at_most if target else None,
        ]  # fmt: skip
        known = [mark for mark in marks if mark is not None]
        if not known:
            return None
        low, high = self._ends(measure, [measure.value, *known])
        span = (high - low) or 1.0

        def place(number: float | None) -> float | None:
            return None if number is None else round(min(max((number - low) / span, 0.0), 1.0) * _WIDTH, 1)

        at, places = place(measure.value), [place(mark) for mark in marks]
        return Bar(at if at is not None else 0.0, *places)

    @staticmethod
    def _ends(measure: Measure, shown: list[float]) -> tuple[float, float]:
        if measure.unit == "share":
            return 0.0, 1.0
        if measure.unit == "net":
            return -1.0, 1.0
        return min(0.0, *shown), max(shown) * 1.15
