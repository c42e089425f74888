"""A community's own cases: what the installed product says today of what people there decided, answered and changed.

The cases come from `community-copilot export eval-cases`; without such a folder there is no suite. Messages are read by
the installed models; matches, topics and plans are held against what became of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from copilot.eval_cases.models import What
from copilot.language.normalise import normalise
from copilot.moderation.room_cues import Before
from eval.cases import EvalCase, slug
from eval.catalogue import COMMUNITY, COMMUNITY_ABOUT
from eval.exported import Exported, read_exported
from eval.metrics.classification import area_under_curve
from eval.readers import read_room, room_model
from eval.scores import Figure, count, mean, precision_recall, share_of, unscored
from eval.slices import by_slice
from eval.suite import WORST, Findings, Suite
from eval.world import Worlds

_HEADS = {
    "offensive": frozenset({"insult", "threat", "hate", "harassment", "sexual"}),
    "solicitation": frozenset({"spam", "unsolicited_promotion", "scam", "contact_fishing", "privacy"}),
}
_MOST_SHOWN = 200
Row = Mapping[str, Any]


def suite(folder: Path) -> Suite:
    """Return the suite of an exported folder.

    Raises:
        InvalidInput: the folder holds no export, or one that was changed.
    """
    read_exported(folder)  # said before anything is measured
    return Suite(COMMUNITY, 1, COMMUNITY_ABOUT, partial(measure, folder=folder))


def measure(_worlds: Worlds, folder: Path) -> Findings:
    """Measure what the export holds; what it does not hold is unscored."""
    found = read_exported(folder)
    decided, worst = _decided(found.rows.get("decisions", []))
    figures = [
        *decided, *_claims(found.rows.get("claims", [])), *_matches(found.rows.get("matches", [])),
        *_topics(found.rows.get("topics", [])), *_plans(found.rows.get("plans", [])), *_left_out(found),
    ]  # fmt: skip
    return Findings(figures, worst[:WORST])


def _decided(rows: Sequence[Row]) -> tuple[list[Figure], list[dict[str, object]]]:
    """Return what the models of today flag of the messages people decided on, beside what was flagged then."""
    name = f"{COMMUNITY}.decisions"
    # One message can be in several cases: it is read once, and is a violation when anybody found one.
    told: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["text"]:
            told.setdefault((str(row["sender"]), row["text"]), []).append(row)
    upheld = [row["label"] == "violation" for row in rows if row["source"] == "case"]
    cases = [_case(row) for row in rows if row["source"] == "case"]
    figures = [share_of(f"{name}.upheld", upheld, cases, "none")]
    if not told:
        names = ("precision", "recall", "auc")
        return [*figures, *(unscored(f"{name}.{one}", "no message with words") for one in names)], []
    groups = list(told.values())
    texts = [group[0]["text"] for group in groups]
    before = [_before(group[0]) for group in groups]
    reading, model = read_room(texts, before), room_model()
    truth = np.array([any(row["label"] == "violation" for row in group) for group in groups])
    scores = np.max([reading.calibrated(head) for head in _HEADS], axis=0)
    raised = np.any([reading.calibrated(head) >= model.threshold(head, "case") for head in _HEADS], axis=0)
    chats = [_case(group[0]) for group in groups]
    figures += precision_recall(name, truth, raised, chats)
    figures += by_slice(chats, ("language", "source"), lambda at: precision_recall(name, truth[list(at)], raised[list(at)], [chats[i] for i in at]))  # fmt: skip
    figures.append(_auc(f"{name}.auc", truth.tolist(), scores.tolist()))
    wrong = [
        {"text": text[:_MOST_SHOWN], "people": "violation" if is_bad else "no_violation", "score": round(float(score), 3)}
        for text, is_bad, flag, score in zip(texts, truth, raised, scores, strict=True)
        if bool(is_bad) != bool(flag)
    ]  # fmt: skip
    return figures, wrong


def _before(row: Row) -> Before:
    """Return what stood before a message, where those who said it let it leave."""
    said = [(one["sender"] == row["sender"], normalise(one["text"]).text) for one in row["context"] if one["text"]]
    return Before(tuple(text for own, text in said if not own), tuple(text for own, text in said if own))


def _case(row: Row) -> EvalCase:
    language = slug(str(row.get("language") or "unknown"))
    return EvalCase(str(row["id"]), str(row["sender"] or row["id"]), {"language": language, "source": row["source"]})


def _claims(rows: Sequence[Row]) -> list[Figure]:
    hits = [row["label"] == "violation" for row in rows]
    return [share_of(f"{COMMUNITY}.claims.upheld", hits, [_case(row) for row in rows])]


def _matches(rows: Sequence[Row]) -> list[Figure]:
    """Return how often members said yes, and whether scores told yes from no; members are drawn whole."""
    name = f"{COMMUNITY}.matches"
    cases = [EvalCase(str(row["id"]), str(row["member"]), {"kind": slug(row["kind"])}) for row in rows]
    scored = [(bool(row["is_yes"]), float(row["score"])) for row in rows if row["score"] is not None]
    connected = [row["outcome"] == "connected" for row in rows]
    return [
        share_of(f"{name}.yes", [row["is_yes"] for row in rows], cases),
        share_of(f"{name}.connected", connected, cases),
        _auc(f"{name}.score_auc", [yes for yes, _ in scored], [score for _, score in scored]),
    ]


def _topics(rows: Sequence[Row]) -> list[Figure]:
    name = f"{COMMUNITY}.topics"
    asked = [row for row in rows if row["asked"]]
    sent = [row for row in asked if {"sent", "accepted", "published"} & set(row["asked"])]
    yes = [bool({"accepted", "published"} & set(row["asked"])) for row in sent]
    cases = {id(row): EvalCase(str(row["id"]), str(row["member"])) for row in rows}
    return [
        share_of(f"{name}.asked", [bool(row["asked"]) for row in rows], [cases[id(row)] for row in rows], "none"),
        share_of(f"{name}.accepted_when_sent", yes, [cases[id(row)] for row in sent]),
        share_of(f"{name}.checks_passed", [all(row["checks"].values()) for row in rows], [cases[id(row)] for row in rows]),
    ]  # fmt: skip


def _plans(rows: Sequence[Row]) -> list[Figure]:
    name = f"{COMMUNITY}.plans"
    cases = [EvalCase(str(row["id"]), slices={"drafted_by": slug(row["drafted_by"])}) for row in rows]
    return [
        share_of(f"{name}.checks_passed", [all(row["checks"].values()) for row in rows], cases),
        share_of(f"{name}.became_events", [bool(row["is_event"]) for row in rows], cases, "none"),
        mean(f"{name}.changes_by_people", [float(row["versions"] - 1) for row in rows], better="none", cases=cases),
    ]


def _auc(name: str, truth: Sequence[bool], scores: Sequence[float]) -> Figure:
    if len(set(truth)) < 2:
        return unscored(name, "needs both kinds of answers")
    return count(name, area_under_curve([int(one) for one in truth], list(scores)), len(truth), "higher")


def _left_out(found: Exported) -> list[Figure]:
    """Return what share of a kind's records left words behind: figures are of those who consent alone."""
    kinds: tuple[What, What] = ("decisions", "claims")
    rows = [row for kind in kinds for row in found.rows.get(kind, [])]
    return [
        share_of(f"{COMMUNITY}.without_words", [not row["text"] for row in rows], [_case(row) for row in rows], "none")
    ]
