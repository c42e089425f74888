"""One step to consider, cited from the knowledge base, only when a figure's whole interval lies beyond its bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from copilot.atmosphere.models import Dimension, DimensionName, Measure, Suggestion
from copilot.atmosphere.wording import SUGGESTION, Locale
from copilot.errors import NotFound
from copilot.knowledge import KnowledgeBase


@dataclass(frozen=True)
class Rule:
    """When a passage helps: the measure lies surely above or below a bound (in the measure's unit).

    Attributes:
        needs_whole_week: only where the whole community was read over a week; most members say nothing on most days,
            and nobody knows who follows a channel in silence.
    """

    dimension: DimensionName
    measure: str
    side: Literal["above", "below"]
    bound: float
    passage_id: str
    needs_whole_week: bool = False

    def is_met(self, measure: Measure) -> bool:
        """Return whether the whole interval lies beyond the bound; no value or no interval is never enough."""
        if measure.low is None or measure.high is None:
            return False
        return measure.low > self.bound if self.side == "above" else measure.high < self.bound


# Most urgent first: a quarrel before silence. The bounds are judgements, checked on the sample's four weeks.
RULES = (
    Rule("satisfaction", "net_sentiment", "below", 0.0, "room-actions#2"),
    Rule("interaction_quality", "followed_share", "below", 0.50, "room-actions#3"),
    Rule("participation", "concentration", "above", 0.70, "room-actions#5"),
    Rule("content_quality", "substantive_share", "below", 0.20, "room-actions#4"),
    Rule("activity", "silent_share", "above", 0.80, "room-actions#1", needs_whole_week=True),
)


def suggest(
    knowledge: KnowledgeBase, locale: Locale, found: Mapping[DimensionName, Dimension], *, is_whole_week: bool
) -> Suggestion | None:
    """Return the first rule's step that the figures support and the knowledge base can cite, or None."""
    for rule in RULES:
        measure = found[rule.dimension].measure(rule.measure)
        if measure is not None and rule.is_met(measure) and (is_whole_week or not rule.needs_whole_week):
            suggestion = _cited(knowledge, locale, rule, measure)
            if suggestion is not None:
                return suggestion
    return None


def _cited(knowledge: KnowledgeBase, locale: Locale, rule: Rule, measure: Measure) -> Suggestion | None:
    try:
        passage = knowledge.passage(rule.passage_id, locale)
        article = knowledge.article(passage.article_id, locale)
    except NotFound:  # the operators' own version of the article has fewer sections
        return None
    sentence = SUGGESTION[locale][rule.measure].format(
        value=_percent(measure.value), low=_percent(measure.low), high=_percent(measure.high), n=measure.n,
        article=article.title, heading=passage.heading,
    )  # fmt: skip
    return Suggestion(
        dimension=rule.dimension, measure=rule.measure, sentence=sentence, passage_id=passage.id,
        heading=passage.heading, passage=passage.text,
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"
