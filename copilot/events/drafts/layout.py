"""Minutes of an agenda: parts by weight within their bounds, breaks where people need them, always the exact slot.

The model and the playbook say what happens and how important it is; all arithmetic is here, in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from copilot.errors import InvalidInput
from copilot.events.drafts.timetable import Timetable
from copilot.events.wording import both
from copilot.playbook_models import SegmentKind

STEP = 5
_SHORT_BREAK, _LONG_BREAK, _LONG_EVENT = 10, 15, 180
_AIM_SHARE = 8 / 9  # of the longest stretch: 80 of 90 minutes
_MEAL_SHIFT = 20  # minutes by which a meal may move to fall between two parts
_MIN_PART = 10
MAX_PARTS = 60
# What a longer slot gets more of.
_REPEATABLE = frozenset({SegmentKind.TALK, SegmentKind.ACTIVITY, SegmentKind.QA})
# What goes first when the slot is too short for everything; opening, closing and the core stay.
_DROP_FIRST = (SegmentKind.NETWORKING, SegmentKind.QA, SegmentKind.ACTIVITY, SegmentKind.TALK)


@dataclass(frozen=True)
class Part:
    """A part of an agenda that wants minutes. `round` counts repetitions, `piece` the pieces a break cut it into."""

    key: str
    kind: SegmentKind
    weight: float
    min_minutes: int
    max_minutes: int
    round: int = 1
    piece: int = 0


@dataclass(frozen=True)
class Placed:
    """A part with its place; breaks have the key `break`, `meal` or `night`."""

    part: Part
    start_minute: int
    minutes: int


@dataclass(frozen=True)
class _Cut:
    """A pause at a point of the content."""

    at: int
    minutes: int
    key: str


def lay_out(parts: Sequence[Part], timetable: Timetable) -> list[Placed]:
    """Fill a slot exactly.

    Every part but those cut by a break gets its minimum to maximum, shares follow the weights, most parts end on five
    minutes; no stretch without a break is longer than the timetable allows; meals and nights are where it puts them.

    Args:
        parts: in the order of the agenda, without breaks.
        timetable: 15 minutes or more.

    Raises:
        InvalidInput: the slot cannot be filled with these parts.
    """
    longest, total = timetable.longest_stretch, timetable.minutes
    pauses = [short_breaks(block.minutes, longest, total) for block in timetable.blocks]
    contents = [block.minutes - sum(p) for block, p in zip(timetable.blocks, pauses, strict=True)]
    chosen = _fit(list(parts), sum(contents))
    minutes = allocate(chosen, sum(contents))
    return _place(chosen, minutes, _cuts(timetable, pauses, contents, _borders(chosen, minutes)))


def short_breaks(minutes: int, longest: int, slot_minutes: int) -> list[int]:
    """Return the lengths of the breaks inside a block, in order; none up to the longest stretch."""
    if minutes <= longest:
        return []
    length = _LONG_BREAK if slot_minutes > _LONG_EVENT else _SHORT_BREAK
    aim, count = int(longest * _AIM_SHARE), 1
    while -(-(minutes - length * count) // aim) - 1 > count:
        count += 1
    return [length] * count


def allocate(parts: Sequence[Part], total: int) -> list[int]:
    """Share `total` minutes among parts: proportional to weight, clamped to bounds, in steps of five, exact in sum.

    Raises:
        InvalidInput: the bounds do not admit the total.
    """
    low, high = [p.min_minutes for p in parts], [p.max_minutes for p in parts]
    if not sum(low) <= total <= sum(high):
        raise _cannot_fill(total, sum(low), sum(high))
    ideal = _clamped_shares(parts, total)
    minutes = [min(max(round(x / STEP) * STEP, a), b) for x, a, b in zip(ideal, low, high, strict=True)]
    # Hand out what rounding left over, first in whole steps, then by the minute, to whoever is furthest from ideal.
    for step in (STEP, 1):
        while abs(total - sum(minutes)) >= step:
            sign = 1 if total > sum(minutes) else -1
            movable = [i for i in range(len(parts)) if low[i] <= minutes[i] + sign * step <= high[i]]
            if not movable:
                break
            best = max(movable, key=lambda i: (sign * (ideal[i] - minutes[i]), minutes[i], -i))
            minutes[best] += sign * step
    return minutes


def _clamped_shares(parts: Sequence[Part], total: int) -> list[float]:
    """Return real-valued shares: weight times one common factor, clamped; the factor is found by bisection."""

    def shares(factor: float) -> list[float]:
        return [min(max(factor * p.weight, p.min_minutes), p.max_minutes) for p in parts]

    below, above = 0.0, max(p.max_minutes / p.weight for p in parts)
    for _ in range(60):
        middle = (below + above) / 2
        below, above = (middle, above) if sum(shares(middle)) < total else (below, middle)
    return shares(above)


def _fit(parts: list[Part], total: int) -> list[Part]:
    """Drop or repeat parts until their bounds admit the total."""
    while sum(p.min_minutes for p in parts) > total:
        dropped = _least_needed(parts)
        if dropped is None:
            raise _cannot_fill(total, sum(p.min_minutes for p in parts), sum(p.max_minutes for p in parts))
        parts.remove(dropped)
    block = _core(parts)
    count = 1
    while sum(p.max_minutes for p in parts) < total:
        count += 1
        if not block or len(parts) + len(block) > MAX_PARTS:
            raise _cannot_fill(total, sum(p.min_minutes for p in parts), sum(p.max_minutes for p in parts))
        last = max(i for i, p in enumerate(parts) if p.kind in _REPEATABLE)
        again = [replace(p, round=count) for p in block]
        spare = total - sum(p.min_minutes for p in parts)
        while sum(p.min_minutes for p in again) > spare:
            again.pop()
        if not again:
            # The gap is smaller than a round's minimum: the longest core part may run over instead.
            widest = max(range(len(parts)), key=lambda i: (parts[i].kind in _REPEATABLE, parts[i].max_minutes))
            missing = total - sum(p.max_minutes for p in parts)
            parts[widest] = replace(parts[widest], max_minutes=parts[widest].max_minutes + missing)
            break
        parts[last + 1 : last + 1] = again
    return parts


def _core(parts: list[Part]) -> list[Part]:
    """Return what a longer event has more of: its weightiest talks or activities, talks with their questions.

    Where showing comes before doing, as in a workshop, a round is all of it again: show, try, look at each other's work.
    """
    main = [p for p in parts if p.kind in {SegmentKind.TALK, SegmentKind.ACTIVITY}]
    if not main:
        return [p for p in parts if p.kind is SegmentKind.QA]
    top = max(p.weight for p in main)
    heaviest = [p for p in main if p.weight == top]
    if main[0].kind is SegmentKind.TALK and heaviest[0].kind is SegmentKind.ACTIVITY:
        return [p for p in parts[parts.index(main[0]) :] if p.kind in _REPEATABLE]
    with_questions = any(p.kind is SegmentKind.TALK for p in heaviest)
    return [p for p in parts if p in heaviest or (with_questions and p.kind is SegmentKind.QA)]


def _least_needed(parts: list[Part]) -> Part | None:
    for kind in _DROP_FIRST:
        same = [p for p in parts if p.kind is kind]
        core_left = sum(1 for p in parts if p.kind in _REPEATABLE)
        if same and (kind not in _REPEATABLE or core_left > 1):
            return min(same, key=lambda p: (p.weight, p.min_minutes))
    return None


def _borders(parts: Sequence[Part], minutes: Sequence[int]) -> dict[int, int]:
    """Return places between parts -> how unwelcome a break is there: questions belong to the talk before them."""
    borders, used = {}, 0
    for length, following in zip(minutes, parts[1:], strict=False):
        used += length
        borders[used] = _MIN_PART if following.kind in {SegmentKind.QA, SegmentKind.CLOSING} else 0
    return borders


def _cuts(
    timetable: Timetable, pauses: Sequence[list[int]], contents: Sequence[int], borders: dict[int, int]
) -> list[_Cut]:
    """Return every pause at its point of the content: nights fixed, meals a little movable, short breaks as they fit."""
    longest, begin, planned = timetable.longest_stretch, 0, 0
    cuts: list[_Cut] = []
    for number, block in enumerate(timetable.blocks):
        short = pauses[number]
        planned += contents[number]
        end = planned
        if block.pause_key == "meal":
            # A meal may move while the stretches on either side keep within bounds with the breaks they have.
            here, there = len(short) + 1, len(pauses[number + 1]) + 1
            until = planned + contents[number + 1]
            low = max(begin + _MIN_PART * here, until - longest * there, planned - _MEAL_SHIFT)
            high = min(begin + longest * here, until - _MIN_PART * there, planned + _MEAL_SHIFT)
            near = [b for b in borders if low <= b <= high]
            end = min(near, key=partial(_distance, borders, planned), default=planned)
        points = _cut_points((begin, end), len(short), longest, borders)
        cuts += [_Cut(point, length, "break") for point, length in zip(points, short, strict=True)]
        if block.pause_minutes:
            cuts.append(_Cut(end, block.pause_minutes, block.pause_key))
        begin = end
    return cuts


def _distance(borders: dict[int, int], wanted: int, border: int) -> tuple[int, int]:
    return borders[border], abs(border - wanted)


def _place(parts: list[Part], minutes: list[int], cuts: list[_Cut]) -> list[Placed]:
    """Put the parts and pauses in a row, cutting a part where a pause falls inside it."""
    placed: list[Placed] = []
    clock = used = done = 0
    for part, length in zip(parts, minutes, strict=True):
        inside = [cut.at for cut in cuts if used < cut.at < used + length]
        edges = [used, *inside, used + length]
        for piece, (start, end) in enumerate(pairwise(edges), start=1):
            if done < len(cuts) and cuts[done].at == start:
                placed.append(_break(cuts[done], clock))
                clock, done = clock + cuts[done].minutes, done + 1
            placed.append(Placed(replace(part, piece=piece if inside else 0), clock, end - start))
            clock += end - start
        used += length
    if done != len(cuts):
        raise _cannot_fill(clock, used, used)
    return placed


def _cut_points(span: tuple[int, int], count: int, stretch: int, borders: dict[int, int]) -> list[int]:
    """Return `count` points of the content at which breaks go, each at most `stretch` after the one before."""
    first, total = span
    cuts: list[int] = []
    for number in range(1, count + 1):
        left = count - number  # breaks still to come
        before = cuts[-1] if cuts else first
        ideal = before + (total - before) / (left + 2)
        earliest = max(before + _MIN_PART, total - stretch * (left + 1))
        latest = min(before + stretch, total - _MIN_PART * (left + 1))
        fitting = [b for b in borders if earliest <= b <= latest]
        near = [b for b in fitting if abs(b - ideal) <= stretch / 3]
        if near:
            cuts.append(min(near, key=lambda b: abs(b - ideal) + borders[b]))
        else:
            cuts.append(_cut_inside(ideal, earliest, latest, list(borders)))
    return cuts


def _cut_inside(ideal: float, earliest: int, latest: int, borders: list[int]) -> int:
    """Return a point near the ideal one that leaves no sliver of a part beside a border, if it can."""
    points = [p for p in range(earliest, latest + 1) if p % STEP == 0] or list(range(earliest, latest + 1))
    clear = [p for p in points if all(p == b or abs(p - b) >= _MIN_PART for b in borders)]
    return min(clear or points, key=lambda p: abs(p - ideal))


def _break(cut: _Cut, start: int) -> Placed:
    return Placed(Part(cut.key, SegmentKind.BREAK, 1.0, cut.minutes, cut.minutes), start, cut.minutes)


def _cannot_fill(total: int, low: int, high: int) -> InvalidInput:
    return InvalidInput(
        f"these parts take {low} to {high} minutes; they cannot fill {total}",
        field="duration_minutes", reason="agenda_does_not_fit", minimum=low, maximum=high, minutes=total,
        sentence=both("agenda_does_not_fit", minimum=low, maximum=high, minutes=total),
    )  # fmt: skip
