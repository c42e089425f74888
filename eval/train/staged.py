"""Fits a text model of two stages: n-grams with cues, then a sentence embedding with cues and the first stage's logits.

Every line is predicted once by models that never saw its scene. Those predictions calibrate the logits, feed the second
stage and choose the thresholds; the arrays that ship are fitted on all lines given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from copilot.embeddings.factory import make_embedder
from copilot.language.meaning import Meanings, meaning_features
from copilot.language.ngrams import NgramSpec
from copilot.settings import EmbeddingSettings
from eval.train.fit import SEED, design, inverse_document_frequency

FOLDS = 4
_LOGIT_LIMIT = 8.0


@dataclass(frozen=True)
class Problem:
    """What is to be learned.

    Attributes:
        cues: (n, cues).
        vectors: (n, 384).
        targets: (n, columns) 1, 0, or NaN where the column was not labelled.
        weights: (n,) how much each text counts.
        part: (n,) fold of each text; texts of one scene share it.
        judged: (n,) whether the text calibrates: our own chat does, public comments do not.
    """

    plain: Sequence[str]
    cues: NDArray[np.float32]
    vectors: NDArray[np.float32]
    targets: NDArray[np.float64]
    weights: NDArray[np.float64]
    part: NDArray[np.int64]
    judged: NDArray[np.bool_]
    spec: NgramSpec
    words_c: float
    meaning_c: float


@dataclass(frozen=True)
class Staged:
    """Arrays of both stages, and out-of-fold calibrated logits (n, columns) of each."""

    words: dict[str, NDArray[Any]]
    meaning: dict[str, NDArray[Any]]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


class VectorFile:
    """Embeddings made for training, kept in a file between runs when one is named; `whole`: not only of excerpts."""

    def __init__(self, path: Path | None, *, whole: bool = False) -> None:
        self._path = path
        self._whole = whole
        self._kept: dict[str, NDArray[np.float16]] = {}
        if path is not None and path.is_file():
            with np.load(path, allow_pickle=False) as arrays:
                self._kept = dict(zip(arrays["texts"].tolist(), arrays["vectors"], strict=True))

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, 384); what is new is embedded and kept."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            embedder = make_embedder(EmbeddingSettings())
            meanings = Meanings(embedder)
            for start in range(0, len(new), 512):
                chunk = new[start : start + 512]
                made = np.array(embedder.embed_queries(chunk)) if self._whole else meanings.vectors(chunk)
                self._kept.update(zip(chunk, made.astype(np.float16), strict=True))
            if self._path is not None:
                np.savez(self._path, texts=np.array(list(self._kept)), vectors=np.stack(list(self._kept.values())))
        return np.stack([self._kept[text] for text in texts]).astype(np.float32)


def train_staged(problem: Problem) -> Staged:
    """Fit both stages; see the module."""
    raw = np.zeros(problem.targets.shape)
    for fold in range(FOLDS):
        held = problem.part == fold
        arrays, model = _fit_words(problem, ~held)
        raw[held] = _word_logits(problem, arrays["idf"], model, held)
    first_scale = _calibrate(problem, raw)
    first = raw * first_scale[:, 0] + first_scale[:, 1]
    centre = problem.vectors[problem.judged].mean(axis=0)
    seen = meaning_features(problem.vectors, centre, problem.cues, first)
    raw = np.zeros(problem.targets.shape)
    for fold in range(FOLDS):
        held = problem.part == fold
        weights, bias = _fit_columns(seen, problem, ~held, problem.meaning_c)
        raw[held] = seen[held] @ weights + bias
    second_scale = _calibrate(problem, raw)
    everything = np.ones(len(problem.plain), dtype=bool)
    words, _ = _fit_words(problem, everything)
    weights, bias = _fit_columns(seen, problem, everything, problem.meaning_c)
    meaning = {"centre": centre, "weights": weights.astype(np.float32), "bias": bias, "calibration": second_scale}
    return Staged({**words, "calibration": first_scale}, meaning, first, raw * second_scale[:, 0] + second_scale[:, 1])


def _fit_words(
    problem: Problem, rows: NDArray[np.bool_]
) -> tuple[dict[str, NDArray[Any]], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    chosen = np.flatnonzero(rows).tolist()
    plain = [problem.plain[row] for row in chosen]
    spec = problem.spec
    idf = inverse_document_frequency(plain, spec, least=2)
    matrix = design(plain, problem.cues[chosen], spec, idf)
    weights, bias = _fit_columns(matrix, problem, rows, problem.words_c)
    arrays = {
        "orders": np.array(spec.orders),
        "word_orders": np.array(spec.word_orders, dtype=np.int64),
        "bits": np.array(spec.bits),
        "idf": idf.astype(np.float16),
        "weights": weights[: spec.buckets].astype(np.float16),
        "cue_weights": weights[spec.buckets :].astype(np.float32),
        "bias": bias,
    }
    return arrays, (weights, bias)


def _word_logits(
    problem: Problem,
    idf: NDArray[Any],
    model: tuple[NDArray[np.float64], NDArray[np.float64]],
    rows: NDArray[np.bool_],
) -> NDArray[np.float64]:
    chosen = np.flatnonzero(rows).tolist()
    plain = [problem.plain[row] for row in chosen]
    matrix = design(plain, problem.cues[chosen], problem.spec, idf.astype(np.float32))
    logits: NDArray[np.float64] = matrix @ model[0] + model[1]
    return logits


def _fit_columns(
    matrix: csr_matrix | NDArray[np.float64], problem: Problem, rows: NDArray[np.bool_], c: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (features, columns) weights and (columns,) biases; `matrix` holds all rows, or only the chosen ones."""
    columns = problem.targets.shape[1]
    whole = matrix.shape[0] == len(rows)
    weights, bias = np.zeros((matrix.shape[1], columns)), np.zeros(columns)
    for column in range(columns):
        known = rows & np.isfinite(problem.targets[:, column])
        place = np.flatnonzero(known if whole else known[rows])
        labels = problem.targets[known, column].astype(np.int64)
        solver = "lbfgs" if isinstance(matrix, np.ndarray) else "liblinear"
        model = LogisticRegression(C=c, solver=solver, max_iter=300, tol=1e-3, random_state=SEED)
        model.fit(matrix[place], labels, sample_weight=problem.weights[known])
        weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _calibrate(problem: Problem, raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (columns, 2) slope and intercept of each column, from out-of-fold logits of the judged lines."""
    found = np.tile([1.0, 0.0], (raw.shape[1], 1))
    for column in range(raw.shape[1]):
        known = problem.judged & np.isfinite(problem.targets[:, column])
        # A weak prior keeps the slope of a rare column from running away.
        labels = problem.targets[known, column].astype(int)
        fitted = LogisticRegression(C=10.0).fit(raw[known, column, None], labels, sample_weight=problem.weights[known])
        found[column] = max(float(fitted.coef_[0, 0]), 0.05), float(fitted.intercept_[0])
    return found
