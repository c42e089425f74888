"""How far a member's reports were borne out, and which reporters speak with one voice.

Used in the priority of cases only: no report is refused or hidden because of who made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Two reporters who share this many reported messages, and most of what both ever reported, count as one voice.
_TOGETHER_AT_LEAST = 3
_TOGETHER_SHARE = 0.6


@dataclass(frozen=True)
class Reliability:
    """The Beta(1 + upheld, 1 + rejected) posterior of a reporter, whose prior is even.

    Attributes:
        mean: expected share of reports that moderators uphold, 0-1; 0.5 for somebody nobody has decided about.
        n: decided reports.
    """

    upheld: int
    rejected: int

    @property
    def n(self) -> int:
        """How many decided reports it rests on."""
        return self.upheld + self.rejected

    @property
    def mean(self) -> float:
        """The posterior's mean."""
        return (self.upheld + 1) / (self.n + 2)


UNKNOWN = Reliability(0, 0)


def voices(reporters: Sequence[str], reported: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Group reporters who always report together; each group is one voice.

    Args:
        reporters: who reported this case, without doubles.
        reported: by reporter, the messages they ever reported, this case's among them.

    Returns:
        Groups in order of their first reporter. Two are together when they share at least three reported messages and
        those are at least 60 % of all that either reported (Jaccard); groups are closed under that.
    """
    groups: list[list[str]] = []
    for reporter in reporters:
        joined = [g for g in groups if any(_are_together(reporter, other, reported) for other in g)]
        merged = [*(member for group in joined for member in group), reporter]
        at = groups.index(joined[0]) if joined else len(groups)
        groups = [g for g in groups if g not in joined]
        groups.insert(at, merged)
    return groups


def voice_weights(groups: Iterable[Sequence[str]], known: Mapping[str, Reliability]) -> list[float]:
    """Return the weight of each voice, 0-1: the reliability of its least reliable member."""
    return [min(known.get(reporter, UNKNOWN).mean for reporter in group) for group in groups]


def _are_together(one: str, other: str, reported: Mapping[str, frozenset[str]]) -> bool:
    first, second = reported.get(one, frozenset()), reported.get(other, frozenset())
    shared = len(first & second)
    return shared >= _TOGETHER_AT_LEAST and shared >= _TOGETHER_SHARE * len(first | second)
