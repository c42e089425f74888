"""What n-grams and whole-text embeddings together reach when they may learn from all of a corpus.

`python -m eval.train.mixture --data FOLDER [--vectors FILE]`. As in `transfer.py`, models made here are measured and thrown
away. Two logistic regressions, one over n-grams, one over the embedding of the whole text (500 characters), both with all
cues; how they are mixed, and where yes begins, is chosen by 4-fold predictions on the training part alone. Figures are in
`eval/train/mixture.json`. Three to five CPU-minutes, of which the embeddings take most of all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from copilot.language.meaning import SCALE
from copilot.language.ngrams import NgramSpec
from copilot.language.normalise import normalise
from copilot.moderation.room import RoomModel, room_cues
from eval.metrics.classification import confusion, macro_f1_of
from eval.metrics.intervals import bootstrap_confusion
from eval.train.fit import SEED, design, folds, inverse_document_frequency, macro_f1
from eval.train.staged import FOLDS, VectorFile
from eval.train.transfer import Texts, blogs, mood_and_rude_cues, tweets

OUT = Path(__file__).with_name("mixture.json")
_LONGEST = 500
_LONGEST_READ = 1_000
_WEIGHTS = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
_SPECS = {"en": NgramSpec((2, 3, 4), (1, 2), 17), "zh": NgramSpec((1, 2), (1, 2), 15)}
_WORDS_C, _MEANING_C = 2.0, 0.3


@dataclass(frozen=True)
class Features:
    """What the two regressions see of texts; rows in order."""

    grams: csr_matrix
    dense: NDArray[np.float64]


def main() -> None:
    """Measure both corpora and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, help="file that keeps embeddings between runs")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    kept = VectorFile(options.vectors, whole=True)
    rows = [
        measure(tweets(options.data, "train"), tweets(options.data, "val"), "en", kept),
        measure(
            blogs(options.data, "virus_train.txt"), blogs(options.data, "virus_eval_labeled.txt"), "zh", kept
        ),
    ]  # fmt: skip
    found = {"measure": "macro-F1, 95 % bootstrap interval; mixed on training folds alone", "rows": rows}
    options.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


def measure(learned: Texts, tested: Texts, language: str, kept: VectorFile) -> dict[str, Any]:
    """Return macro-F1 on `tested` of each regression and of their mixture, learned on `learned`."""
    train, test = features(learned.texts, tested.texts, language, kept)
    labels, truth = np.array(learned.labels), np.array(tested.labels)
    part = folds(learned.texts, FOLDS)
    inside = [np.zeros((len(labels), labels.max() + 1)) for _ in range(2)]
    for fold in range(FOLDS):
        held = part == fold
        for kind, table in enumerate(_both(_rows(train, ~held), labels[~held], _rows(train, held))):
            inside[kind][held] = table
    outside = _both(train, labels, test)
    weight, at = _best(inside, labels)
    row: dict[str, Any] = {"learned": learned.name, "rows": len(labels), "tested": tested.name, "n": len(truth)}
    for name, share in (("words", 1.0), ("meaning", 0.0), ("mixed", weight)):
        row[name] = _with_interval(truth, _said(_mix(outside, share), at))
    said = _said(_mix(inside, weight), at)
    return row | {"weight_of_words": weight, "shift": round(at, 3), "macro_f1_in_training_folds": round(macro_f1(labels, said), 4)}  # fmt: skip


def features(learned: Sequence[str], tested: Sequence[str], language: str, kept: VectorFile) -> tuple[Features, ...]:
    """Return what is seen of both parts; idf and centre are those of the learned one."""
    public = RoomModel.load().public
    spec = _SPECS[language]
    found, idf, centre = [], np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.float32)
    for texts in (learned, tested):
        plain = [normalise(text[:_LONGEST_READ]).text for text in texts]
        signs = np.hstack([mood_and_rude_cues(texts, plain), room_cues(public, texts, plain)[:, -2:]])
        vectors = kept.vectors([text[:_LONGEST].strip() or "." for text in texts])
        if not len(idf):
            idf, centre = inverse_document_frequency(plain, spec, least=2), vectors.mean(axis=0)
        dense = np.hstack([(vectors - centre) * SCALE, signs]).astype(np.float64)
        found.append(Features(design(plain, signs, spec, idf), dense))
    return tuple(found)


def _rows(seen: Features, chosen: NDArray[np.bool_]) -> Features:
    return Features(seen.grams[np.flatnonzero(chosen)], seen.dense[chosen])


def _both(train: Features, labels: NDArray[np.int64], test: Features) -> list[NDArray[np.float64]]:
    """Return log-probabilities (n, classes) of both regressions."""
    return [
        _logs(train.grams, labels, test.grams, _WORDS_C),
        _logs(train.dense, labels, test.dense, _MEANING_C),
    ]


def _logs(
    learned: csr_matrix | NDArray[np.float64],
    labels: NDArray[np.int64],
    tested: csr_matrix | NDArray[np.float64],
    c: float,
) -> NDArray[np.float64]:
    model = LogisticRegression(C=c, max_iter=150, tol=1e-3, random_state=SEED).fit(learned, labels)
    found: NDArray[np.float64] = np.log(np.clip(model.predict_proba(tested), 1e-6, 1.0))
    return found


def _mix(tables: Sequence[NDArray[np.float64]], weight: float) -> NDArray[np.float64]:
    return weight * tables[0] + (1 - weight) * tables[1]


def _said(table: NDArray[np.float64], at: float) -> NDArray[np.int64]:
    """Return the likeliest class; of two, yes where its log-odds reach `at`."""
    if table.shape[1] == 2:
        return (table[:, 1] - table[:, 0] >= at).astype(np.int64)
    found: NDArray[np.int64] = table.argmax(axis=1)
    return found


def _best(inside: Sequence[NDArray[np.float64]], labels: NDArray[np.int64]) -> tuple[float, float]:
    shifts = np.linspace(-1.2, 0.4, 17) if labels.max() == 1 else [0.0]
    tried = [(macro_f1(labels, _said(_mix(inside, w), at)), w, float(at)) for w in _WEIGHTS for at in shifts]
    _, weight, at = max(tried)
    return weight, at


def _with_interval(truth: NDArray[np.int64], said: NDArray[np.int64]) -> list[float]:
    table = confusion(truth.tolist(), said.tolist(), range(int(truth.max()) + 1))
    interval = bootstrap_confusion(table, macro_f1_of)
    return [round(value, 4) for value in (macro_f1(truth, said), interval.low, interval.high)]


if __name__ == "__main__":
    main()
