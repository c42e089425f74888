"""The drafter that needs no model: the best pairs, a framework chosen by its cues, and the framework's own words."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.community.demand import DemandKind
from copilot.topics.composition import Words, choose, compose
from copilot.topics.frameworks import FrameworkLibrary
from copilot.topics.models import PLAYBOOK, Topic
from copilot.topics.snapshot import TopicSnapshot


def draft_from_frameworks(
    snapshot: TopicSnapshot, library: FrameworkLibrary, liking: Mapping[str, float] | None = None
) -> list[Topic]:
    """Return a topic for each of the best pairings, at most `snapshot.wanted`, ranks from 1; `liking` as `choose` takes it."""
    locale = snapshot.community.locale
    topics: list[Topic] = []
    for pairing in snapshot.pairings[: snapshot.wanted]:
        question = snapshot.question(pairing.question)
        known = " ".join(item.text for item in snapshot.evidence_of(pairing.evidence))
        is_gap = question is not None and question.kind is DemandKind.GAP
        framework = library.choose(
            locale,
            "" if is_gap or question is None else question.text,
            known,
            [topic.framework for topic in topics],
            liking,
            is_gap=is_gap,
        )
        topics.append(compose(snapshot, choose(snapshot, pairing, framework), len(topics) + 1, Words(), PLAYBOOK))
    return topics
