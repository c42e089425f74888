"""Which line a profile lacks, read off those who nearly matched: what they ask for, or offer, that no line answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copilot.matching.models import MatchKind
from copilot.matching.records import Statement
from copilot.matching.scores.comparison import Comparer, Comparison
from copilot.matching.scores.scoring import Strength, Weights, relevance, strength

Aspect = Literal["wants", "has"]
# Further ones are no neighbours any more.
_NEAREST = 20
# Where there is one direction only, any line that fits would do: then the very nearest say what to write about.
_NEAREST_ALONE = 5


@dataclass(frozen=True)
class Gap:
    """A line that would help.

    Attributes:
        aspect: where it would stand.
        count: how many of those who fell short would be good matches with it.
        near: how many of them were looked at.
        example: what most of them say that it should answer.
    """

    aspect: Aspect
    count: int
    near: int
    example: Statement


def find_gap(
    comparer: Comparer, short: Sequence[Comparison], kind: MatchKind, weights: Weights, only: Aspect | None = None
) -> Gap | None:
    """Return the line that would help most, or None where nobody near would be won by any.

    Args:
        comparer: what compared them.
        short: those who may be proposed and whose score is too low.
        kind: of all of them.
        weights: in force.
        only: ask for this side of the profile alone.
    """
    if kind != "member":
        aspect: Aspect = "has" if kind == "thread" else "wants"
        nearest = sorted(short, key=lambda found: (-found.relevance, found.target.id))[:_NEAREST_ALONE]
        return _gap(comparer, aspect, nearest, len(nearest)) if only in {None, aspect} else None
    nearest = sorted(short, key=lambda found: (-max(_directions(found)), found.target.id))[:_NEAREST]
    won: dict[Aspect, list[Comparison]] = {"wants": [], "has": []}
    for found in nearest:
        forward, backward = _directions(found)
        # Somebody is won who gains already or gives already, when the other direction were sure.
        if strength(backward) is not Strength.NONE and relevance(1.0, backward, weights)[0] >= weights.bar(kind):
            won["wants"].append(found)
        if strength(forward) is not Strength.NONE and relevance(forward, 1.0, weights)[0] >= weights.bar(kind):
            won["has"].append(found)
    best: Aspect = only or ("wants" if len(won["wants"]) >= len(won["has"]) else "has")
    return _gap(comparer, best, won[best], len(nearest))


def _gap(comparer: Comparer, aspect: Aspect, won: Sequence[Comparison], near: int) -> Gap | None:
    said = [item for found in won for item in (found.target.offers if aspect == "wants" else found.target.wants)]
    example = comparer.typical(said)
    return None if example is None else Gap(aspect, len(won), near, example)


def _directions(found: Comparison) -> tuple[float, float]:
    return found.components.get("forward", 0.0), found.components.get("backward", 0.0)
