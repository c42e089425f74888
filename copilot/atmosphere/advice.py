"""One step to consider, cited from the knowledge base, only when a figure's whole interval lies beyond its bound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.atmosphere.models import Dimension, DimensionName, Kind, Measure, Suggestion
from copilot.atmosphere.targets import TARGETS
from copilot.atmosphere.wording import SUGGESTION, Locale
from copilot.errors import NotFound
from copilot.knowledge import KnowledgeBase


@dataclass(frozen=True)
class Rule:
    """Which passage helps when a measure surely misses the target of this kind of operation."""

    dimension: DimensionName
    measure: str
    passage_id: str

    def is_met(self, kind: Kind, measure: Measure, *, is_whole_week: bool) -> bool:
        """Return whether the whole interval lies beyond the target; no value or no interval is never enough."""
        aim = TARGETS[kind][self.measure]
        return aim.judge(measure).met is False and (is_whole_week or not aim.whole_weeks)


# Most urgent first: a quarrel before silence.
RULES = (
    Rule("satisfaction", "net_sentiment", "room-actions#2"),
    Rule("interaction_quality", "followed_share", "room-actions#3"),
    Rule("participation", "concentration", "room-actions#5"),
    Rule("content_quality", "substantive_share", "room-actions#4"),
    Rule("activity", "silent_share", "room-actions#1"),
)


def suggest(
    knowledge: KnowledgeBase,
    locale: Locale,
    kind: Kind,
    found: Mapping[DimensionName, Dimension],
    *,
    is_whole_week: bool,
) -> Suggestion | None:
    """Return the first rule's step that the figures support and the knowledge base can cite, or None."""
    for rule in RULES:
        measure = found[rule.dimension].measure(rule.measure)
        if measure is not None and rule.is_met(kind, measure, is_whole_week=is_whole_week):
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
