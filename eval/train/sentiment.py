"""Trains the bundled sentiment model on the authors' own lines and writes arrays and card.

`python -m eval.train.sentiment [--data FOLDER]`; with a folder of the public sets named in the card it also measures on them.
None of those is trained on.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.sentiment import CUES, LABELS, SentimentModel, cues, terms_version
from copilot.language.ngrams import NgramSpec
from copilot.language.normalise import VERSION, normalise
from eval.train.fit import (
    Samples,
    calibration_error,
    design,
    folds,
    inverse_document_frequency,
    logistic,
    macro_f1,
    read_jsonl,
    rounded,
    write_model,
)

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "eval" / "datasets" / "sentiment" / "own.jsonl"
MODEL = ROOT / "copilot" / "atmosphere" / "data" / "sentiment.npz"
SPEC = NgramSpec(orders=(1, 2), word_orders=(1, 2), bits=15)
C = 1.0
FOLDS = 5


def load_own(path: Path = OWN) -> tuple[Samples, list[str]]:
    """Return the own lines and their ids."""
    rows = read_jsonl(path)
    texts = [row["text"] for row in rows]
    labels = np.array([LABELS.index(row["label"]) for row in rows], dtype=np.int64)
    plain = [normalise(text).text for text in texts]
    return Samples(texts, plain, labels, np.ones(len(rows))), [row["id"] for row in rows]


def fit(samples: Samples) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model trained on `samples`."""
    idf = inverse_document_frequency(samples.plain, SPEC, least=2)
    matrix = design(samples.plain, cues(samples.texts, samples.plain), SPEC, idf)
    model = logistic(matrix, samples.labels, samples.weights, C)
    return {
        "orders": np.array(SPEC.orders),
        "word_orders": np.array(SPEC.word_orders),
        "bits": np.array(SPEC.bits),
        "idf": idf.astype(np.float16),
        "weights": model.coef_[:, : SPEC.buckets].T.astype(np.float16),
        "cue_weights": model.coef_[:, SPEC.buckets :].T.astype(np.float32),
        "bias": model.intercept_.astype(np.float64),
        "calibration": np.tile([1.0, 0.0], (len(LABELS), 1)),
    }


def measure(labels: NDArray[np.int64], probabilities: NDArray[np.float64], classes: tuple[int, ...]) -> dict[str, Any]:
    """Return n, accuracy, macro-F1 and the same for always saying the commonest class."""
    shares = probabilities[:, classes]
    predicted = np.array(classes)[shares.argmax(axis=1)]
    common = np.full(len(labels), np.bincount(labels).argmax())
    figures = {
        "n": len(labels),
        "accuracy": float((predicted == labels).mean()),
        "macro_f1": macro_f1(labels, predicted),
        "majority_accuracy": float((common == labels).mean()),
        "majority_macro_f1": macro_f1(labels, common),
    }
    for number in classes:
        figures[f"calibration_error_{LABELS[number]}"] = calibration_error(
            (labels == number).astype(int), shares[:, classes.index(number)]
        )
    return rounded(figures)


def cross_validate(samples: Samples, ids: list[str], scratch: Path) -> dict[str, Any]:
    """Return figures on own lines, each predicted by a model that never saw it."""
    part = folds(ids, FOLDS)
    probabilities = np.zeros((len(ids), len(LABELS)))
    for number in range(FOLDS):
        write_model(scratch, fit(samples.take(part != number)), {})
        held = samples.take(part == number)
        probabilities[part == number] = SentimentModel.load(scratch).predict(held.texts)
    for file in (scratch, scratch.with_suffix(".json")):
        file.unlink()
    return measure(samples.labels, probabilities, (0, 1, 2))


def public_sets(folder: Path) -> dict[str, tuple[list[str], NDArray[np.int64], tuple[int, ...]]]:
    """Return the public sets by name: texts, labels, and which of the three classes occur."""
    emotions = {"happy": 2, "neutral": 1, "surprise": 1}
    smp = json.loads((folder / "smp2020" / "virus_eval_labeled.txt").read_text("utf-8"))
    smp_labels = np.array([emotions.get(row["label"], 0) for row in smp], dtype=np.int64)
    tweets = (folder / "tweeteval" / "sentiment" / "val_text.txt").read_text("utf-8").split("\n")
    tweet_labels = np.array((folder / "tweeteval" / "sentiment" / "val_labels.txt").read_text().split(), dtype=np.int64)
    with (folder / "waimai" / "waimai_10k.csv").open(encoding="utf-8-sig", newline="") as file:
        reviews = list(csv.DictReader(file))
    review_labels = np.array([2 * int(row["label"]) for row in reviews], dtype=np.int64)
    return {
        "SMP2020-EWECT virus eval, 3-way": ([row["content"] for row in smp], smp_labels, (0, 1, 2)),
        "TweetEval sentiment val": (tweets[: len(tweet_labels)], tweet_labels, (0, 1, 2)),
        "waimai reviews, 2-way": ([row["review"] for row in reviews], review_labels, (0, 2)),
    }


def card(samples: Samples, figures: dict[str, Any]) -> dict[str, Any]:
    """Return what is known about the model, for people and for the loader."""
    return {
        "name": "sentiment",
        "task": "negative / neutral / positive of one chat message, Chinese and English",
        "trained_on": {"eval/datasets/sentiment/own.jsonl": len(samples.texts)},
        "labelled_by": "the authors, one label a line, no second annotator",
        "licence": "Apache-2.0; own data only, nothing else was trained on",
        "features": {"ngrams": list(SPEC.orders), "word_ngrams": list(SPEC.word_orders), "buckets": SPEC.buckets, "cues": list(CUES), "terms": terms_version(), "normaliser": VERSION, "C": C},
        "figures": figures,
        "known_failures": [
            "irony without a marker is read literally",
            "praise for a third party inside a complaint is often read as neutral",
            "microblog and review text differ from group chat: see the public figures beside the majority baseline",
            "probabilities are those of the training mix (about 30 / 39 / 31 %), not of a quiet community",
        ],
    }  # fmt: skip


def main() -> None:
    """Train, measure, write, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with the public sets, to measure on")
    parser.add_argument("--out", type=Path, default=MODEL)
    options = parser.parse_args()
    samples, ids = load_own()
    figures: dict[str, Any] = {"own lines, 5-fold": cross_validate(samples, ids, options.out.with_name("scratch.npz"))}
    arrays = fit(samples)
    write_model(options.out, arrays, card(samples, figures))
    if options.data:
        model = SentimentModel.load(options.out)
        for name, (texts, labels, classes) in public_sets(options.data).items():
            figures[name] = measure(labels, model.predict(texts), classes)
        write_model(options.out, arrays, card(samples, figures))
    print(json.dumps(figures, ensure_ascii=False, indent=2))  # noqa: T201 - a command prints its result


if __name__ == "__main__":
    main()
