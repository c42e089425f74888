"""The words and choices of a draft, before any arithmetic. Both drafters make one; `compose.py` turns it into a plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from copilot.errors import KnowledgeInvalid
from copilot.events.drafts.layout import Part
from copilot.events.models import RiskPlan
from copilot.events.snapshot import Candidate
from copilot.playbook_models import PromotionStep

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
PLACEHOLDERS = frozenset(
    {"topic", "title", "date", "time", "place", "city", "headcount", "speaker", "community", "audience"}
)


@dataclass(frozen=True)
class OutlineSegment:
    """A part of the agenda in words, with its weight; `speakers` are for its rounds in order."""

    part: Part
    title: str
    notes: str
    role: str | None
    speakers: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Outline:
    """Words and picks of a draft. What is empty or None is left to `to_confirm`."""

    title: str
    goal: str
    segments: list[OutlineSegment]
    role_picks: dict[str, Candidate]
    resource_picks: dict[str, Candidate]
    promotion: list[PromotionStep]
    risks: list[RiskPlan]
    interactions: list[str]
    feedback_questions: list[str]
    cost_quantities: dict[str, int] = field(default_factory=dict)
    dropped_costs: frozenset[str] = frozenset()
    # Places where a model's text was replaced, for the operator to know.
    replaced: tuple[str, ...] = ()


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Replace `{topic}` and the like in a playbook's text; braces that come with the values are left alone.

    Raises:
        KnowledgeInvalid: the text uses a placeholder that does not exist.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in PLACEHOLDERS:
            raise KnowledgeInvalid(
                f"a playbook uses the unknown placeholder {match[0]}; known: {', '.join(sorted(PLACEHOLDERS))}",
                placeholder=match[1],
            )
        return values[match[1]]

    return _PLACEHOLDER.sub(value, text)
