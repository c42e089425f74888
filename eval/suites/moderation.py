"""Moderation: do cases reach the moderators that should, and only those? Public sets show other registers and disguises."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.tables import CaseItem, Message
from eval import external
from eval.cases import EvalCase
from eval.manifest import DATASETS
from eval.metrics.classification import majority
from eval.readers import OFFENCE_BASELINES, read_room, room_model
from eval.scores import (
    Better,
    Figure,
    accuracy_figure,
    count,
    macro_f1_figure,
    precision_recall,
    share,
    share_of,
    unscored,
)
from eval.slices import by_slice, language_of
from eval.suite import WORST, Findings, Suite
from eval.train.fit import calibration_error
from eval.world import World, Worlds, read_jsonl

SAMPLE_LABELS = DATASETS / "sample" / "labels.jsonl"
# What a moderator would handle the same way; gold labels are finer than what any detector claims.
GROUPS: dict[str, frozenset[str]] = {
    "attack": frozenset({"insult", "threat", "hate", "harassment", "sexual"}),
    "promotion": frozenset({"spam", "unsolicited_promotion", "scam", "contact_fishing", "privacy"}),
}
HARD_NEGATIVES = ("joke", "anti_bias", "quoted_insult", "blunt", "legit_promo")
# What is reported as unscored where a set is not here: everything that has a gate.
_GATED = (
    "macro_f1", "macro_f1_at_flag", "macro_f1_at_label", "macro_f1_words_only", "false_flags_at_label", "tricks_behind_plain",
    "case.precision", "case.recall",
)  # fmt: skip
_SAMPLE = 1_400
_PER_TRICK = 220
_PER_SPAM = 700
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
            figures += [unscored(f"moderation.{name}.{measure}", absent.message) for measure in _GATED]
    return figures


def sample_figures(world: World) -> tuple[list[Figure], list[dict[str, object]]]:
    """Return figures of the stored cases against the sample's labels, and the messages judged wrongly."""
    with world.services.store.read(world.community_id) as unit:
        cases: dict[str, set[str]] = {}
        for item in unit.session.scalars(select(CaseItem).where(CaseItem.withdrawn_at.is_(None))):
            cases.setdefault(item.message_id, set()).add(item.category)
    messages, labels = _labelled(world)
    flagged = [cases.get(message.id, set()) for message in messages]
    worst: list[dict[str, object]] = [
        {"text": message.text, "gold": sorted(label & _BREACHES), "cases": sorted(found)}
        for message, label, found in zip(messages, labels, flagged, strict=True)
        if bool(label & _BREACHES) != bool(found)
    ]
    chats = [
        EvalCase(message.external_id, slices={"language": language_of(message.text), "set": "sample"})
        for message in messages
    ]
    figures = case_figures(labels, flagged, chats)
    truth = np.array([bool(label & _BREACHES) for label in labels])
    raised = np.array([bool(found) for found in flagged])
    figures += precision_recall("moderation.sample.any", truth, raised, chats)
    figures += by_slice(chats, ("language",), lambda rows: _any(truth, raised, chats, rows))
    return figures, worst[:WORST]


def _any(
    truth: NDArray[np.bool_], raised: NDArray[np.bool_], chats: Sequence[EvalCase], rows: Sequence[int]
) -> list[Figure]:
    at = list(rows)
    return precision_recall("moderation.sample.any", truth[at], raised[at], [chats[row] for row in at])


def sample_labels(world: World) -> tuple[list[str], list[set[str]]]:
    """Return the texts of the sample's labelled messages, and the labels of each."""
    messages, labels = _labelled(world)
    return [message.text for message in messages], labels


def _labelled(world: World) -> tuple[list[Message], list[set[str]]]:
    messages = world.messages()
    rows = [row for row in read_jsonl(SAMPLE_LABELS) if (row["channel"], row["id"]) in messages]
    return [messages[row["channel"], row["id"]] for row in rows], [set(row["labels"]) for row in rows]


def case_figures(
    labels: Sequence[AbstractSet[str]],
    flagged: Sequence[AbstractSet[str]],
    chats: Sequence[EvalCase] | None = None,
) -> list[Figure]:
    """Return figures of the categories that messages were flagged for, against their labels; kept by case with `chats`."""
    figures: list[Figure] = []
    known = chats if chats is not None else [EvalCase(str(at)) for at in range(len(labels))]

    def raised(name: str, counts: Sequence[bool], better: Better) -> Figure:
        chosen = [at for at, one in enumerate(counts) if one]
        return share_of(name, [bool(flagged[at]) for at in chosen], [known[at] for at in chosen], better)

    for group, names in GROUPS.items():
        truth = np.array([bool(found & names) for found in labels])
        found = np.array([bool(f & names) for f in flagged])
        figures += precision_recall(f"moderation.sample.{group}", truth, found, known)
    for name in sorted(_BREACHES):
        if any(name in label for label in labels):
            figures.append(raised(f"moderation.sample.recall_{name}", [name in label for label in labels], "higher"))
    calm = [not label & _BREACHES for label in labels]
    for name in HARD_NEGATIVES:
        meant = [name in label and quiet for label, quiet in zip(labels, calm, strict=True)]
        figures.append(raised(f"moderation.sample.false_flags_{name}", meant, "lower"))
    return [*figures, raised("moderation.sample.false_flags_all", calm, "lower")]


def _both(rows: Sequence[external.Labelled]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return labels and the scores of both stages."""
    truth = np.array([row.label == 1 for row in rows])
    return truth, read_room([row.text for row in rows]).calibrated("offensive")


def _spread(rows: Sequence[external.Labelled], most: int) -> list[external.Labelled]:
    """Return at most `most` rows, evenly spread over the set: embeddings and slow libraries would take minutes."""
    step = max(1, -(-len(rows) // most))
    return list(rows[::step])


def _comments(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    """Return what both stages say of an even sample, what single stages say of all rows, and libraries."""
    some = _spread(rows, _SAMPLE)
    truth, scores = _both(some)
    name = f"moderation.{name}"
    every = np.array([row.label == 1 for row in rows])
    texts = [row.text for row in rows]
    words = read_room(texts, two_stages=False).calibrated("offensive")
    flag, label = room_model().threshold("offensive", "flag"), room_model().comment_threshold
    cases = _cases_of(name, some)
    figures = [
        *_two_way(name, truth, scores, cases),
        _f1(f"{name}.macro_f1_at_flag", truth, scores >= flag, cases),
        _f1(f"{name}.macro_f1_at_label", truth, scores >= label, cases),
        share(f"{name}.false_flags_at_label", int((scores[~truth] >= label).sum()), int((~truth).sum()), "lower"),
        _f1(f"{name}.macro_f1_words_only", every, words >= 0.5),
        share(f"{name}.false_flags", int((scores[~truth] >= 0.5).sum()), int((~truth).sum()), "lower"),
        share(f"{name}.false_flags_words_only", int((words[~every] >= 0.5).sum()), int((~every).sum()), "lower"),
    ]
    for slice_name in sorted({row.slice for row in some if row.slice}):
        calm = ~truth & np.array([row.slice == slice_name for row in some])
        wrong = int((scores[calm] >= 0.5).sum())
        figures.append(share(f"{name}.false_flags_{slice_name}", wrong, int(calm.sum()), "lower"))
    for baseline, judge in OFFENCE_BASELINES.items():
        if baseline == "profanity_check" and name.endswith("cold_dev"):
            continue  # it reads English only
        figures.append(_f1(f"{name}.macro_f1_{baseline}", every, judge(texts) >= 0.5))
    return figures


def _cases_of(name: str, rows: Sequence[external.Labelled]) -> list[EvalCase]:
    """Return rows of a public set as cases, named by a hash: its texts are not ours to keep."""
    made, seen = [], Counter[str]()
    for row in rows:
        # The same text twice is two cases.
        digest = hashlib.sha256(row.text.encode("utf-8", "replace")).hexdigest()[:12]
        seen[digest] += 1
        made.append(EvalCase(f"{_set_of(name)}-{digest}-{seen[digest]}", slices={"set": _set_of(name)}))
    return made


def _set_of(name: str) -> str:
    return name.partition(".")[2]


def _two_way(
    name: str, truth: NDArray[np.bool_], scores: NDArray[np.float64], cases: Sequence[EvalCase]
) -> list[Figure]:
    """Return accuracy, macro-F1 and per-class figures at one half, calibration, and what would open a case."""
    labels, predicted = truth.astype(int).tolist(), (scores >= 0.5).astype(int).tolist()
    return [
        accuracy_figure(f"{name}.accuracy", labels, predicted, cases),
        _f1(f"{name}.macro_f1", truth, scores >= 0.5, cases),
        _f1(f"{name}.macro_f1_majority", truth, np.full(len(truth), bool(majority(labels)[0]))),
        count(f"{name}.calibration_error", calibration_error(truth.astype(int), scores), len(truth), "lower"),
        *precision_recall(f"{name}.offensive", truth, scores >= 0.5),
        *precision_recall(f"{name}.ordinary", ~truth, scores < 0.5),
        *precision_recall(f"{name}.case", truth, scores >= room_model().threshold("offensive", "case"), cases),
    ]


def _f1(
    name: str, truth: NDArray[np.bool_], flagged: NDArray[np.bool_], cases: Sequence[EvalCase] | None = None
) -> Figure:
    return macro_f1_figure(name, truth.astype(int).tolist(), flagged.astype(int).tolist(), (0, 1), cases)


def _disguised(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    """Return plain texts two-way, and for each trick the recall at the flag (all its texts are toxic).

    `tricks_behind_plain` is what the mean trick costs in recall against the same kind of texts written plainly.
    """
    flag = room_model().threshold("offensive", "flag")
    plain = _spread([row for row in rows if row.slice == "plain"], _PER_TRICK * 2)
    truth, scores = _both(plain)
    cases = _cases_of(f"moderation.{name}", plain)
    figures = [
        *_two_way(f"moderation.{name}", truth, scores, cases),
        _f1(f"moderation.{name}.macro_f1_at_flag", truth, scores >= flag, cases),
    ]
    recalls = []
    for trick in sorted({row.slice for row in rows if row.slice != "plain"}):
        some = _spread([row for row in rows if row.slice == trick and row.label == 1], _PER_TRICK)
        _, found = _both(some)
        recalls.append(float((found >= flag).mean()))
        figures.append(
            share_of(
                f"moderation.{name}.recall_{trick.lower()}", (found >= flag).tolist(),
                _cases_of(f"moderation.{name}.{trick.lower()}", some),
            )
        )  # fmt: skip
    base = float((scores[truth] >= flag).mean())
    figures.append(share(f"moderation.{name}.recall_plain", int((scores[truth] >= flag).sum()), int(truth.sum())))
    behind = base - float(np.mean(recalls))
    return [*figures, count(f"moderation.{name}.tricks_behind_plain", behind, len(rows), "lower")]


def _spam(name: str, rows: Sequence[external.Labelled]) -> list[Figure]:
    """Return how well text messages that sell or cheat are told from others, though none was learned from."""
    some = _spread(rows, _PER_SPAM)
    truth = np.array([row.label == 1 for row in some])
    scores = read_room([row.text for row in some]).calibrated("solicitation")
    model = room_model()
    cases = _cases_of(f"moderation.{name}", some)
    return [
        _f1(f"moderation.{name}.macro_f1", truth, scores >= 0.5, cases),
        *precision_recall(f"moderation.{name}.flag", truth, scores >= model.threshold("solicitation", "flag"), cases),
        *precision_recall(f"moderation.{name}.case", truth, scores >= model.threshold("solicitation", "case"), cases),
    ]


_PUBLIC: dict[str, Callable[[str, Sequence[external.Labelled]], list[Figure]]] = {
    "cold_dev": _comments,
    "cntp": _disguised,
    "tweeteval_offensive": _comments,
    "sms_en": _spam,
    "sms_zh": _spam,
}

SUITE = Suite("moderation", 2, "cases against labels, hard negatives, public sets and disguises", measure)
