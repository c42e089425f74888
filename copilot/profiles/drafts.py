"""Findings on their way into the store: each with the source it was found in. Pure data, shared by rules and model."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.profiles.findings import Finding
from copilot.profiles.models import Reader, Source


@dataclass(frozen=True)
class SourceText:
    """A text that is read: an introduction that was handed in, or one message."""

    source: Source
    text: str
    message_id: str | None = None


@dataclass(frozen=True)
class Draft:
    """A finding and where it stands."""

    finding: Finding
    source: SourceText
    extracted_by: Reader = "rules"


def merged(by_rules: list[Draft], by_model: list[Draft]) -> list[Draft]:
    """Return the rules' findings, then those of the model that speak of other words.

    Where both read the same words the rules stand: they are the same every time, and the member may edit.
    """
    return [*by_rules, *(one for one in by_model if not any(_same_words(one, other) for other in by_rules))]


def _same_words(one: Draft, other: Draft) -> bool:
    if one.source != other.source or bool(one.finding.field) != bool(other.finding.field):
        return False
    if one.finding.field and one.finding.field == other.finding.field != "skill":
        return True  # a profile has one city and one industry
    return other.finding.overlaps(one.finding.start, one.finding.end)
