"""One step, only when it is sure that it is needed, and only with a passage to cite."""

from __future__ import annotations

import pytest

from copilot.atmosphere.advice import RULES, suggest
from copilot.atmosphere.models import Dimension, DimensionName, Measure, Unit
from copilot.atmosphere.wording import NO_READING, SUGGESTION, Locale
from copilot.knowledge import KnowledgeBase

LOCALES: tuple[Locale, ...] = ("zh-CN", "en")
GOOD: dict[str, tuple[float, float]] = {
    "net_sentiment": (-0.05, 0.2), "followed_share": (0.4, 0.8), "concentration": (0.2, 0.4),
    "substantive_share": (0.3, 0.5), "silent_share": (0.5, 0.7),
}  # fmt: skip
BAD: dict[str, tuple[float, float]] = {
    "net_sentiment": (-0.5, -0.03), "followed_share": (0.1, 0.45), "concentration": (0.71, 0.9),
    "substantive_share": (0.05, 0.15), "silent_share": (0.85, 0.95),
}  # fmt: skip


def room(**intervals: tuple[float | None, float | None]) -> dict[DimensionName, Dimension]:
    found: dict[DimensionName, Dimension] = {}
    for rule in RULES:
        low, high = intervals.get(rule.measure, GOOD[rule.measure])
        unit: Unit = "net" if rule.measure == "net_sentiment" else "share"
        value = None if low is None or high is None else (low + high) / 2
        one = Measure(name=rule.measure, unit=unit, value=value, low=low, high=high, n=40, n_of="messages_read")
        found[rule.dimension] = Dimension(measures=[one])
    return found


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.measure)
def test_each_rule_speaks_when_its_figure_is_surely_bad(locale: Locale, rule: object, knowledge: KnowledgeBase) -> None:
    name = rule.measure  # type: ignore[attr-defined]  # parametrize gives objects
    found = suggest(knowledge, locale, "light", room(**{name: BAD[name]}), is_whole_week=True)
    assert found is not None
    assert found.measure == name
    passage = knowledge.passage(found.passage_id, locale)
    assert (found.heading, found.passage) == (passage.heading, passage.text)
    assert passage.heading in found.sentence
    assert "{" not in found.sentence


def test_a_figure_whose_interval_reaches_the_bound_says_nothing(knowledge: KnowledgeBase) -> None:
    assert suggest(knowledge, "en", "light", room(), is_whole_week=True) is None
    assert suggest(knowledge, "en", "light", room(net_sentiment=(-0.4, 0.0)), is_whole_week=True) is None
    assert suggest(knowledge, "en", "light", room(net_sentiment=(None, None)), is_whole_week=True) is None


def test_silence_of_a_day_or_a_channel_is_no_reason_to_act(knowledge: KnowledgeBase) -> None:
    assert suggest(knowledge, "en", "light", room(silent_share=BAD["silent_share"]), is_whole_week=False) is None


def test_hurt_people_come_before_silent_ones(knowledge: KnowledgeBase) -> None:
    found = suggest(
        knowledge,
        "zh-CN",
        "light",
        room(silent_share=BAD["silent_share"], net_sentiment=BAD["net_sentiment"]),
        is_whole_week=True,
    )
    assert found is not None
    assert found.dimension == "satisfaction"
    assert "-26 个百分点，95% 区间 -50 到 -3" in found.sentence


def test_without_a_passage_to_cite_there_is_no_advice() -> None:
    assert (
        suggest(KnowledgeBase([], []), "en", "light", room(silent_share=BAD["silent_share"]), is_whole_week=True)
        is None
    )


def test_every_sentence_exists_in_both_languages() -> None:
    assert set(NO_READING["zh-CN"]) == set(NO_READING["en"])
    assert set(SUGGESTION["zh-CN"]) == set(SUGGESTION["en"]) == {rule.measure for rule in RULES}
