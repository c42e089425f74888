"""Scores the reading of a brief: said fields right, unsaid fields left empty, topic words kept, contradictions named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copilot.events.briefs.brief import BriefReading
from eval.cases import EvalCase, slug
from eval.scores import Figure, ratio
from eval.slices import by_slice, crowd_size

VERSION = 1
# Kinds have one to three briefs each: too few for figures of their own.
BRIEF_SLICES = ("language", "format", "size")
_LOWER = frozenset({"fields_misread", "fields_invented"})


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

    @property
    def counts(self) -> dict[str, tuple[int, int]]:
        """(how many, of how many) by measure."""
        return {
            "field_accuracy": (self.right, self.said),
            "fields_misread": (self.misread, self.said),
            "fields_invented": (self.invented, self.unsaid),
            "topic_words_kept": (self.topics_kept, self.topics),
            "doubts_named": (self.doubts_named, self.doubts),
        }


def reading_figures(
    name: str, scores: Sequence[tuple[EvalCase, BriefScore]], slices: Sequence[str] = BRIEF_SLICES
) -> list[Figure]:
    """Return every measure over all fields of all briefs, those of one brief drawn together; accuracy by slice, too."""
    cases = [case for case, _ in scores]

    def of(measure: str, rows: Sequence[int]) -> Figure:
        return ratio(
            f"{name}.{measure}", [scores[at][1].counts[measure] for at in rows], [cases[at] for at in rows],
            "lower" if measure in _LOWER else "higher",
        )  # fmt: skip

    return [
        *(of(measure, range(len(scores))) for measure in BriefScore().counts),
        *by_slice(cases, slices, lambda rows: [of("field_accuracy", rows)]),
    ]


def brief_case(case: Mapping[str, Any]) -> EvalCase:
    """Return a brief as a case, with its language, what makes it hard, the format it asks for and how many will come."""
    expected = case["expected"]
    slices = {"language": case["language"], "kind": slug(case["kind"])}
    wanted = expected.get("format")
    slices["format"] = slug(wanted) if isinstance(wanted, str) else "open"
    heads = expected.get("headcount")
    slices["size"] = crowd_size(heads) if isinstance(heads, int) else "unsaid"
    return EvalCase(case["id"], slices=slices)


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
