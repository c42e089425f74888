"""Scores the reading of a brief: said fields right, unsaid fields left empty, topic words kept, contradictions named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from copilot.events.briefs.brief import BriefReading

VERSION = 1


@dataclass
class BriefScore:
    """Counts over one brief, and what was wrong as (field, expected, read).

    A said field that stays empty is asked about; one that is `misread` goes into the plan unnoticed.
    """

    right: int = 0
    misread: int = 0
    said: int = 0
    invented: int = 0
    unsaid: int = 0
    topics_kept: int = 0
    topics: int = 0
    doubts_named: int = 0
    doubts: int = 0
    wrong: list[tuple[str, object, object]] = field(default_factory=list)


def score_brief(case: dict[str, Any], reading: BriefReading) -> BriefScore:
    """Compare what was read with a row of `eval/datasets/briefs/briefs.jsonl`."""
    read = reading.brief.model_dump(mode="json")
    score = BriefScore(said=len(case["expected"]), unsaid=len(case["unsaid"]))
    for name, expected in case["expected"].items():
        accepted = expected if isinstance(expected, list) else [expected]
        found = _plain(name, read[name])
        if found in accepted:
            score.right += 1
        else:
            score.misread += found not in (None, "")
            score.wrong.append((name, expected, found))
    for name in case["unsaid"]:
        if read[name] not in (None, ""):
            score.invented += 1
            score.wrong.append((name, None, read[name]))
    score.topics, score.doubts = len(case["topic_words"]), len(case["doubts"])
    score.topics_kept = sum(word in read["topic"] for word in case["topic_words"])
    named = {doubt.field for doubt in reading.doubts}
    score.doubts_named = len(named & set(case["doubts"]))
    if score.topics_kept < score.topics:
        score.wrong.append(("topic", case["topic_words"], read["topic"]))
    score.wrong += [("doubt", name, None) for name in sorted(set(case["doubts"]) - named)]
    return score


def _plain(name: str, value: object) -> object:
    # The case set writes 14:00, JSON has 14:00:00.
    return value[:5] if name == "start_time" and isinstance(value, str) else value
