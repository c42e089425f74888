"""Fits the sentiment model, in two stages like the room model, on our own lines alone. Started by `python -m eval.train.room`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.sentiment import CUES, LABELS, SPEC, SURE_BELOW, SentimentModel, cues, shares, terms_version
from copilot.language.meaning import excerpt
from copilot.language.normalise import VERSION
from eval.train.corpora import Line, room_lines, sentiment_lines
from eval.train.fit import calibration_error, folds, macro_f1, rounded, write_model
from eval.train.staged import FOLDS, Problem, VectorFile, train_staged

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "copilot" / "atmosphere" / "data"
LEARNED = frozenset({"train", "dev"})
# Our chat was written to hold much trouble; moods are weighed to the shares of an ordinary group.
SHARES = (0.28, 0.42, 0.30)
FAILURES = [
    "irony without a marker is read literally",
    "where neutral ends is a matter of taste: two readers of 360 lines agree in 86 % (kappa .77), see eval/datasets/room/README.md",
    "microblogs and reviews differ from group chat: see the suite's figures on SMP2020 and TweetEval",
    "probabilities are those of the training mix, not of a quiet community",
]


def problem_of(lines: Sequence[Line], kept: VectorFile) -> Problem:
    """Return the lines as a problem of three columns."""
    labels = np.array([LABELS.index(line.labels["sentiment"]) for line in lines])
    plain = [line.plain for line in lines]
    return Problem(
        plain=plain,
        cues=cues([line.text for line in lines], plain),
        vectors=kept.vectors([excerpt(text) for text in plain]),
        targets=np.eye(len(LABELS))[labels],
        weights=np.array(SHARES)[labels] * len(labels) / np.bincount(labels)[labels],
        part=folds([line.scene for line in lines], FOLDS),
        judged=np.ones(len(lines), dtype=bool),
        spec=SPEC,
        words_c=2.0,
        meaning_c=0.5,
    )


def measure(labels: NDArray[np.int64], table: NDArray[np.float64]) -> dict[str, Any]:
    """Return n, accuracy, macro-F1 beside the commonest class, and the calibration error of each class."""
    found = table.argmax(axis=1)
    common = np.full(len(labels), np.bincount(labels).argmax())
    figures: dict[str, Any] = {
        "n": len(labels),
        "accuracy": float((found == labels).mean()),
        "macro_f1": macro_f1(labels, found),
        "majority_macro_f1": macro_f1(labels, common),
    }
    for number, name in enumerate(LABELS):
        figures[f"calibration_error_{name}"] = calibration_error((labels == number).astype(int), table[:, number])
    return rounded(figures)


def train_sentiment(kept: VectorFile, folder: Path = FOLDER) -> dict[str, Any]:
    """Train, write arrays and cards, and return the card."""
    lines = [*room_lines(LEARNED), *sentiment_lines()]
    problem = problem_of(lines, kept)
    found = train_staged(problem)
    labels = problem.targets.argmax(axis=1)
    words, meaning = shares(found.first), shares(found.second)
    doubtful = words.max(axis=1) < SURE_BELOW
    both = np.where(doubtful[:, None], meaning, words)
    chat = np.array([line.slice != "" for line in lines])
    card: dict[str, Any] = {
        "name": "sentiment",
        "task": "negative / neutral / positive of one chat line, Chinese and English",
        "trained_on": {"eval/datasets/room/v1, train and dev scenes": int(chat.sum()), "eval/datasets/sentiment/own.jsonl": int((~chat).sum())},
        "labelled_by": "the writers of the lines, one label each",
        "licence": "Apache-2.0; own data only, nothing else was trained on",
        "features": {"ngrams": list(SPEC.orders), "word_ngrams": list(SPEC.word_orders), "buckets": SPEC.buckets, "cues": list(CUES), "terms": terms_version(), "normaliser": VERSION, "embedder": "multilingual-e5-small, query prefix", "C": [problem.words_c, problem.meaning_c]},
        "weighed_to_shares": list(SHARES),
        "second_stage_below": SURE_BELOW,
        "figures": {
            f"{stage}, {where}, {FOLDS}-fold": measure(labels[rows], table[rows])
            for stage, table in (("words", words), ("meaning", meaning), ("two stages", both))
            for where, rows in (("group chat", chat), ("single lines", ~chat))
        } | {"share embedded": round(float(doubtful.mean()), 4)},
        "known_failures": FAILURES,
    }  # fmt: skip
    write_model(folder / "sentiment-words.npz", found.words, card)
    slim = {name: card[name] for name in ("task", "trained_on", "licence", "features")}
    write_model(folder / "sentiment-meaning.npz", found.meaning, slim | {"name": "sentiment-meaning"})
    SentimentModel.load(folder)
    return card
