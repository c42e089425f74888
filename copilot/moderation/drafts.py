"""What a source hands in for people to look at, whichever source it is. No storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.community.models import Category
from copilot.errors import InvalidInput
from copilot.moderation.models import CASE_SCORE, SEVERITY, FoundBy, Severity

MAX_EVIDENCE = 200


@dataclass(frozen=True)
class Evidence:
    """A message and the half-open span of code points in its stored text; an end of None means all of it."""

    message_id: str
    start: int = 0
    end: int | None = None
    context_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class PatternFacts:
    """What holds several messages together.

    Attributes:
        key: names the pattern, such as its two members and its first day; the same key is the same case.
        affected: ids of the members it was done to.
        facts: window, counts and the like; JSON.
        sentence: what was found, by locale.
    """

    key: str
    affected: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    sentence: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseDraft:
    """A suspected breach, for `open_or_join`.

    Attributes:
        evidence: one message, or with `pattern` up to `MAX_EVIDENCE`.
        score: 0-1, how certain the detector is; 0 for reports, whose weight is counted over all of a case.
        threshold: from which score on the detector asks a person, now.
        severity: of the category when left out.
        raw_score: the detector's own where a rule of the community was in force, whose version is `tuning_version`.
    """

    found_by: FoundBy
    category: Category
    evidence: tuple[Evidence, ...]
    score: float
    detector: str
    version: str
    threshold: float = CASE_SCORE
    severity: Severity | None = None
    pattern: PatternFacts | None = None
    raw_score: float | None = None
    tuning_version: int | None = None

    def __post_init__(self) -> None:
        # Distress is no category: who needs help is never a case.
        Category(self.category)
        if not 0 <= self.score <= 1:
            raise InvalidInput("a score is a number from 0 to 1", field="score")
        limit = 1 if self.pattern is None else MAX_EVIDENCE
        if not 1 <= len(self.evidence) <= limit:
            raise InvalidInput(f"a draft has 1 to {limit} messages", field="evidence", limit=limit)
        if (self.found_by is FoundBy.PATTERN) != (self.pattern is not None):
            raise InvalidInput("a pattern says what holds it together, and nothing else does", field="pattern")

    @property
    def harm(self) -> Severity:
        """How much harm it does."""
        return self.severity or SEVERITY[self.category]


@dataclass(frozen=True)
class Taken:
    """Where a draft went; `is_new` when a case was opened or opened again for it."""

    case_id: str
    is_new: bool
