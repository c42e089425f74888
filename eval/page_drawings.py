"""The drawings of the report: intervals and trends as inline SVG. Pure functions; every number is checked to be one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

_WIDTH, _HEIGHT, _EDGE = 190, 22, 5
_TREND_WIDTH, _TREND_HEIGHT = 84, 22


@dataclass(frozen=True)
class Marks:
    """What an interval is drawn with.

    Attributes:
        value: with the ends of its interval, equal to it where there is none.
        bound: of the gate, and on which side of it the gate fails (-1 below, 1 above); None without a gate.
        before: the last committed baseline's value.
        others: values of what it stands beside.
    """

    value: float
    low: float
    high: float
    bound: float | None = None
    fails: int = 0
    before: float | None = None
    others: Sequence[float] = ()


def interval(marks: Marks, label: str) -> Markup:
    """Return a drawing of one figure: the gate's forbidden side, the interval, the value, the baseline and the others."""
    least, most = _scale(marks)
    inner = _WIDTH - 2 * _EDGE

    def x(value: float) -> str:
        return f"{_EDGE + inner * min(1.0, max(0.0, (value - least) / (most - least))):.1f}"

    middle = _HEIGHT / 2
    parts = [f'<line class="axis" x1="{_EDGE}" x2="{_WIDTH - _EDGE}" y1="{middle}" y2="{middle}"/>']
    if marks.bound is not None and marks.fails:
        start, end = (_EDGE, float(x(marks.bound))) if marks.fails < 0 else (float(x(marks.bound)), _WIDTH - _EDGE)
        parts.append(f'<rect class="forbidden" x="{start:.1f}" y="3" width="{max(0.0, end - start):.1f}" height="16"/>')
        parts.append(f'<line class="bound" x1="{x(marks.bound)}" x2="{x(marks.bound)}" y1="2" y2="20"/>')
    parts += [
        f'<line class="other" x1="{x(one)}" x2="{x(one)}" y1="7" y2="15"/>'
        for one in marks.others
        if least <= one <= most
    ]
    parts.append(f'<line class="spread" x1="{x(marks.low)}" x2="{x(marks.high)}" y1="{middle}" y2="{middle}"/>')
    if marks.before is not None:
        parts.append(f'<circle class="before" cx="{x(marks.before)}" cy="{middle}" r="4.2"/>')
    parts.append(f'<circle class="value" cx="{x(marks.value)}" cy="{middle}" r="3"/>')
    return _svg(_WIDTH, _HEIGHT, label, parts)


def trend(values: Sequence[float], label: str) -> Markup:
    """Return a line through values from the oldest to the newest; a dot for one, nothing for none."""
    values = [value for value in values if math.isfinite(value)]
    if not values:
        return Markup("")
    least, most = min(values), max(values)
    # A change of a hundredth must not look like a collapse.
    room = max(most - least, 0.05 * max(abs(most), abs(least)), 1e-9)
    floor = (least + most) / 2 - room / 2
    step = (_TREND_WIDTH - 2 * _EDGE) / max(1, len(values) - 1)
    points = [
        (_TREND_WIDTH - _EDGE - step * (len(values) - 1 - at), _HEIGHT - 4 - (value - floor) / room * (_HEIGHT - 8))
        for at, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline class="trend" points="{line}"/>'] if len(points) > 1 else []
    x, y = points[-1]
    return _svg(
        _TREND_WIDTH, _TREND_HEIGHT, label, [*parts, f'<circle class="value" cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>']
    )


def _scale(marks: Marks) -> tuple[float, float]:
    """Return the ends of the axis: 0 to 1 where everything fits, else from 0 or below to a little above the largest."""
    own = [marks.value, marks.low, marks.high, *([marks.bound] if marks.bound is not None else [])]
    if all(0.0 <= one <= 1.0 for one in own):
        return 0.0, 1.0
    least, most = min(0.0, *own), max(0.0, *own)
    room = (most - least) * 0.08 or 1.0
    return (least - room if least < 0 else least), most + room


def _svg(width: int, height: int, label: str, parts: Sequence[str]) -> Markup:
    head = Markup('<svg width="{}" height="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        width, height, width, height, label
    )
    # The parts are ours: fixed words and formatted numbers.
    return head + Markup("".join(parts)) + Markup("</svg>")  # noqa: S704
