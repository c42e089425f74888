"""Moderation: do cases reach the moderators that should, and only those? Public sets show other registers and disguises."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.tables import CaseItem
from copilot.language.normalise import normalise
from copilot.moderation.room import RoomModel
from eval import external
from eval.manifest import DATASETS
from eval.metrics.classification import majority
from eval.scores import Figure, accuracy_figure, macro_f1_figure, precision_recall, share, unscored
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds, read_jsonl

SAMPLE_LABELS = DATASETS / "sample" / "labels.jsonl"
# What a moderator would handle the same way; gold labels are finer than what any detector claims.
GROUPS: dict[str, frozenset[str]] = {
    "attack": frozenset({"insult", "threat", "hate", "harassment", "sexual"}),
    "promotion": frozenset({"spam", "unsolicited_promotion", "scam", "contact_fishing", "privacy"}),
}
HARD_NEGATIVES = ("joke", "anti_bias", "quoted_insult", "blunt", "legit_promo")
_TWO_WAY = ("accuracy", "macro_f1", "case.precision", "case.recall")
_BREACHES = frozenset().union(*GROUPS.values())


def measure(worlds: Worlds) -> Findings:
    """Compare stored cases with the sample's labels, then classifiers with public sets."""
    figures, worst = sample_figures(worlds.shared())
    return Findings([*figures, *public_figures()], worst)


def public_figures() -> list[Figure]:
    """Return figures on the public sets; those of a set that is not here are unscored."""
    figures: list[Figure] = []
    for name, measure_set in _PUBLIC.items():
        try:
            figures += measure_set(name, external.load(name))
        except external.ExternalSetAbsent as absent:
            figures += [unscored(f"moderation.{name}.{measure}", absent.message) for measure in _TWO_WAY]
    return figures


def sample_figures(world: World) -> tuple[list[Figure], list[dict[str, object]]]:
    """Return figures of the stored cases against the sample's labels, and the messages judged wrongly."""
    with world.services.store.read(world.community_id) as unit:
        cases: dict[str, set[str]] = {}
        for item in unit.session.scalars(select(CaseItem).where(CaseItem.withdrawn_at.is_(None))):
            cases.setdefault(item.message_id, set()).add(item.category)
    messages = world.messages()
    rows = [row for row in read_jsonl(SAMPLE_LABELS) if (row["channel"], row["id"]) in messages]
    labels = [set(row["labels"]) for row in rows]
    texts = [messages[row["channel"], row["id"]] for row in rows]
    flagged = [cases.get(message.id, set()) for message in texts]
    figures: list[Figure] = []
    for group, names in GROUPS.items():
        truth = np.array([bool(found & names) for found in labels])
        figures += precision_recall(f"moderation.sample.{group}", truth, np.array([bool(f & names) for f in flagged]))
    for name in sorted(_BREACHES):
        true = [bool(found) for label, found in zip(labels, flagged, strict=True) if name in label]
        if true:
            figures.append(share(f"moderation.sample.recall_{name}", sum(true), len(true)))
    for name in HARD_NEGATIVES:
        calm = [bool(f) for label, f in zip(labels, flagged, strict=True) if name in label and not label & _BREACHES]
        figures.append(share(f"moderation.sample.false_flags_{name}", sum(calm), len(calm), "lower"))
    quiet = [bool(f) for label, f in zip(labels, flagged, strict=True) if not label & _BREACHES]
    figures.append(share("moderation.sample.false_flags_all", sum(quiet), len(quiet), "lower"))
    worst: list[dict[str, object]] = [
        {"text": message.text, "gold": sorted(label & _BREACHES), "cases": sorted(found)}
        for message, label, found in zip(texts, labels, flagged, strict=True)
        if bool(label & _BREACHES) != bool(found)
    ]
    return figures, worst[:WORST]


def _scores(rows: Sequence[external.Labelled]) -> tuple[list[int], NDArray[np.float64], float]:
    model = RoomModel.load()
    texts = [row.text for row in rows]
    found = model.read(texts, [normalise(text).text for text in texts])
    return [row.label for row in rows], found.calibrated("offensive"), model.threshold("offensive", "case")


def _chinese(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    return _two_way(f"moderation.{name}", *_scores(rows))


def _english(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    return _two_way(f"moderation.{name}", *_scores(rows))


def _two_way(name: str, truth: list[int], scores: NDArray[np.float64], case_threshold: float) -> list[Figure]:
    """Return accuracy and macro-F1 at one half, and precision and recall where a case would be opened."""
    predicted = (scores >= 0.5).astype(int).tolist()
    return [
        accuracy_figure(f"{name}.accuracy", truth, predicted),
        macro_f1_figure(f"{name}.macro_f1", truth, predicted, (0, 1)),
        macro_f1_figure(f"{name}.macro_f1_majority", truth, majority(truth), (0, 1)),
        *precision_recall(f"{name}.case", np.array(truth) == 1, scores >= case_threshold),
    ]


def _disguised(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    """Return plain texts two-way, and recall at one half for each trick (all its texts are toxic)."""
    truth, scores, case_threshold = _scores(rows)
    plain = np.array([row.slice == "plain" for row in rows])
    labels = np.array(truth)
    figures = _two_way(f"moderation.{name}", labels[plain].tolist(), scores[plain], case_threshold)
    for trick in sorted({row.slice for row in rows}):
        chosen = np.array([row.slice == trick for row in rows]) & (labels == 1)
        found = int((scores[chosen] >= 0.5).sum())
        figures.append(share(f"moderation.{name}.recall_{trick.lower()}", found, int(chosen.sum())))
    return figures


_PUBLIC: dict[str, Callable[[str, Sequence[external.Labelled]], list[Figure]]] = {
    "cold_dev": _chinese,
    "cntp": _disguised,
    "tweeteval_offensive": _english,
}

SUITE = Suite("moderation", 1, "cases against labels, hard negatives, public sets and disguises", measure)
