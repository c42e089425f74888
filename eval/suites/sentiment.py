"""Sentiment of single messages: on the sample's labels, and on public sets in other registers where they are present."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from copilot.atmosphere.sentiment import LABELS
from copilot.community.tables import Message, Reading
from eval import external
from eval.cases import EvalCase
from eval.manifest import DATASETS
from eval.metrics.classification import majority
from eval.readers import mood, snownlp, vader
from eval.scores import Figure, accuracy_figure, count, macro_f1_figure, unscored
from eval.slices import by_slice, language_of
from eval.suite import WORST, Findings, Suite
from eval.train.fit import calibration_error
from eval.world import World, Worlds, read_jsonl

SAMPLE_LABELS = DATASETS / "sample" / "labels.jsonl"
_CLASSES = range(len(LABELS))
_SAMPLE = 1_000  # rows of each public set: snownlp and the embeddings would take minutes over all


def measure(worlds: Worlds) -> Findings:
    """Score stored readings of the sample, and predictions on public sets."""
    world = worlds.shared()
    truth, predicted, worst = sample_classes(world)
    cases = sample_cases(world)
    figures = sentiment_figures("sentiment.sample", truth, predicted, cases)
    figures += by_slice(
        cases,
        ("language",),
        lambda rows: [
            macro_f1_figure(
                "sentiment.sample.macro_f1", [truth[at] for at in rows], [predicted[at] for at in rows], _CLASSES,
                [cases[at] for at in rows],
            )
        ],
    )  # fmt: skip
    return Findings([*figures, *public_figures()], worst)


def public_figures() -> list[Figure]:
    """Return figures on the public sets, beside the library for their language; those of a set that is not here are unscored."""
    figures: list[Figure] = []
    for name, shown, library, judge in (
        ("smp2020", "smp2020", "snownlp", snownlp),
        ("tweeteval_sentiment", "tweeteval", "vader", vader),
    ):
        try:
            rows = external.load(name)
        except external.ExternalSetAbsent as absent:
            figures += [unscored(f"sentiment.{shown}.{part}", absent.message) for part in ("macro_f1", "accuracy")]
            continue
        rows = rows[:: max(1, -(-len(rows) // _SAMPLE))]
        truth, texts = [row.label for row in rows], [row.text for row in rows]
        table = mood(texts)
        words = mood(texts, two_stages=False).argmax(axis=1).tolist()
        cases = [EvalCase(f"{shown}-{at}", slices={"set": shown}) for at in range(len(rows))]
        figures += sentiment_figures(f"sentiment.{shown}", truth, table.argmax(axis=1).tolist(), cases)
        figures += [
            macro_f1_figure(f"sentiment.{shown}.macro_f1_words_only", truth, words, _CLASSES),
            macro_f1_figure(f"sentiment.{shown}.macro_f1_{library}", truth, judge(texts).tolist(), _CLASSES),
        ]
        for number, label in enumerate(LABELS):
            right = np.array(truth) == number
            error = calibration_error(right.astype(int), table[:, number])
            figures.append(count(f"sentiment.{shown}.calibration_error_{label}", error, len(rows), "lower"))
    return figures


def sentiment_figures(
    name: str, truth: Sequence[int], predicted: Sequence[int], cases: Sequence[EvalCase] | None = None
) -> list[Figure]:
    """Return macro-F1 and accuracy, each beside always saying the commonest class."""
    baseline = majority(truth)
    return [
        macro_f1_figure(f"{name}.macro_f1", truth, predicted, _CLASSES, cases),
        macro_f1_figure(f"{name}.macro_f1_majority", truth, baseline, _CLASSES),
        accuracy_figure(f"{name}.accuracy", truth, predicted, cases),
        accuracy_figure(f"{name}.accuracy_majority", truth, baseline),
    ]


def sample_classes(world: World) -> tuple[list[int], list[int], list[dict[str, object]]]:
    """Return the labelled class and the stored one of every message that was read, and the worst mistakes."""
    truth, predicted, worst = [], [], []
    for row, message, reading in _read_and_labelled(world):
        shares = (reading.negative, reading.neutral, reading.positive)
        label, found = LABELS.index(row["sentiment"]), shares.index(max(shares))
        truth.append(label)
        predicted.append(found)
        if found != label:
            worst.append({"text": message.text, "gold": LABELS[label], "read": LABELS[found], "share": max(shares)})
    worst.sort(key=lambda case: -float(str(case["share"])))
    return truth, predicted, worst[:WORST]


def sample_cases(world: World) -> list[EvalCase]:
    """Return the cases of `sample_classes` in the same order, with the language of each message."""
    return [
        EvalCase(f"{row['channel']}-{row['id']}", slices={"language": language_of(message.text), "set": "sample"})
        for row, message, _ in _read_and_labelled(world)
    ]


def _read_and_labelled(world: World) -> Iterator[tuple[dict[str, Any], Message, Reading]]:
    """Yield label, message and reading, without messages that nobody may read and those without gold."""
    messages = world.messages()
    with world.services.store.read(world.community_id) as unit:
        readings = {row.message_id: row for row in unit.session.scalars(select(Reading))}
    for row in read_jsonl(SAMPLE_LABELS):
        message = messages.get((row["channel"], row["id"]))
        reading = readings.get(message.id) if message is not None else None
        if row["sentiment"] is not None and message is not None and reading is not None:
            yield row, message, reading


SUITE = Suite("sentiment", 2, "three-way sentiment beside the majority class", measure)
