"""Scores what was read from an introduction: sentences by the words they share with the labelled ones, fields by value.

A found sentence counts for a labelled one of the same side when both share at least half of all their characters
(intersection over union of the spans); each counts once, the closest pairs first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.community.cities import city_key
from copilot.community.industries import industry_key
from copilot.profiles.findings import Finding
from eval.cases import EvalCase

VERSION = 1
SIDES = ("is", "has", "wants")
FIELDS = ("city", "industry", "role", "stage", "skill")
_SHARED = 0.5
_KEYS: Mapping[str, Callable[[str], str]] = {"city": city_key, "industry": industry_key}
Span = tuple[int, int]


@dataclass
class Tally:
    """Counts of one side or field: how many are labelled, found, and both; `exact` of those to the character."""

    labelled: int = 0
    found: int = 0
    hits: int = 0
    exact: int = 0

    def add(self, other: Tally) -> None:
        """Add the counts of another introduction."""
        self.labelled += other.labelled
        self.found += other.found
        self.hits += other.hits
        self.exact += other.exact


@dataclass
class AspectScore:
    """Counts over introductions.

    Attributes:
        tallies: by side and by field.
        offers: sentences found as `has` or `wants`, and `crossed` of those labelled on the opposite side alone.
        not_own: labelled words that are denied or somebody else's, and how many of those were found all the same.
        wrong: what to look at: (kind, words).
        cases: the introductions that were added up, each with its own counts.
    """

    tallies: dict[str, Tally] = field(default_factory=lambda: {name: Tally() for name in (*SIDES, *FIELDS)})
    offers: int = 0
    crossed: int = 0
    not_own: int = 0
    not_own_found: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    cases: list[tuple[EvalCase, AspectScore]] = field(default_factory=list)

    def add(self, other: AspectScore, case: EvalCase) -> None:
        """Add the counts of another introduction."""
        self.cases.append((case, other))
        for name, tally in self.tallies.items():
            tally.add(other.tallies[name])
        self.offers += other.offers
        self.crossed += other.crossed
        self.not_own += other.not_own
        self.not_own_found += other.not_own_found
        self.wrong += other.wrong


def score_introduction(case: dict[str, Any], found: Sequence[Finding]) -> AspectScore:
    """Compare findings with a row of `eval/datasets/profiles/v1/introductions.jsonl`."""
    score = AspectScore()
    sentences = [one for one in found if not one.field]
    spans = {side: [(one.start, one.end) for one in sentences if one.aspect == side] for side in SIDES}
    labelled = {side: [_span(row) for row in case["aspects"] if row["aspect"] == side] for side in SIDES}
    for side in SIDES:
        score.tallies[side], missed, extra = _match(labelled[side], spans[side])
        score.wrong += [(f"{side} missed", case["text"][a:b]) for a, b in missed]
        score.wrong += [(f"{side} extra", case["text"][a:b]) for a, b in extra]
    for side, opposite in (("has", "wants"), ("wants", "has")):
        score.offers += len(spans[side])
        for span in spans[side]:
            fits = max((shared(span, other) for other in labelled[side]), default=0.0)
            crossing = max((shared(span, other) for other in labelled[opposite]), default=0.0)
            score.crossed += crossing >= _SHARED > fits
    for name in FIELDS:
        score.tallies[name] = _values(case, found, name)
    for row in case["not_own"]:
        start, end = _span(row)
        score.not_own += 1
        if any(min(end, one.end) - max(start, one.start) >= (end - start) / 2 for one in sentences):
            score.not_own_found += 1
            score.wrong.append(("not own", row["quote"]))
    return score


def shared(one: Span, other: Span) -> float:
    """Return intersection over union of two spans of characters, 0-1."""
    common = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, common) / (max(one[1], other[1]) - min(one[0], other[0]))


def _match(labelled: Sequence[Span], found: Sequence[Span]) -> tuple[Tally, list[Span], list[Span]]:
    pairs = sorted(((shared(a, b), a, b) for a in labelled for b in found), reverse=True)
    met: dict[Span, Span] = {}
    for likeness, a, b in pairs:
        if likeness >= _SHARED and a not in met and b not in met.values():
            met[a] = b
    tally = Tally(len(labelled), len(found), len(met), sum(a == b for a, b in met.items()))
    return tally, [a for a in labelled if a not in met], [b for b in found if b not in met.values()]


def _values(case: dict[str, Any], found: Sequence[Finding], name: str) -> Tally:
    key = _KEYS.get(name, str.casefold)
    accepted = [{key(value) for value in row["values"]} for row in case["fields"] if row["field"] == name]
    values = [key(one.text) for one in found if one.field == name]
    return Tally(len(accepted), len(values), sum(bool(wanted & set(values)) for wanted in accepted))


def _span(row: dict[str, Any]) -> Span:
    return row["start"], row["start"] + len(row["quote"])
