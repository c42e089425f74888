"""What both training commands share: feature matrices, calibration, measures, and writing arrays beside a card."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from copilot.language.linear import tf_idf
from copilot.language.ngrams import NgramSpec, count_ngrams
from eval.metrics.probabilities import expected_calibration_error

SEED = 20261121


@dataclass(frozen=True)
class Samples:
    """Texts to learn from or to measure on.

    Attributes:
        texts: the stored form.
        plain: the normalised form.
        labels: (n,) class numbers.
        weights: (n,) how much each text counts in training.
    """

    texts: list[str]
    plain: list[str]
    labels: NDArray[np.int64]
    weights: NDArray[np.float64]

    def take(self, rows: NDArray[np.bool_]) -> Samples:
        """Return the rows where `rows` is true."""
        chosen = np.flatnonzero(rows)
        return Samples(
            [self.texts[i] for i in chosen], [self.plain[i] for i in chosen], self.labels[rows], self.weights[rows]
        )


def inverse_document_frequency(plain: Sequence[str], spec: NgramSpec, least: int) -> NDArray[np.float32]:
    """Return (buckets,) smoothed idf; buckets seen in fewer than `least` texts get 0 and so carry no weight."""
    frequency = np.bincount(count_ngrams(plain, spec).buckets, minlength=spec.buckets)
    idf = np.log((1 + len(plain)) / (1 + frequency)) + 1
    return np.where(frequency >= least, idf, 0.0).astype(np.float16).astype(np.float32)


def design(plain: Sequence[str], cues: NDArray[np.float32], spec: NgramSpec, idf: NDArray[np.float32]) -> csr_matrix:
    """Return the (n, buckets + cues) matrix that `LinearTextModel` multiplies with its weights."""
    grams = count_ngrams(plain, spec)
    values = tf_idf(grams, idf)
    table = csr_matrix((values, (grams.documents, grams.buckets)), shape=(grams.size, spec.buckets))
    return csr_matrix(hstack([table, csr_matrix(cues)]))


def logistic(
    matrix: csr_matrix, labels: NDArray[np.int64], weights: NDArray[np.float64], c: float
) -> LogisticRegression:
    """Fit a regularised logistic regression; the result depends on nothing but the arguments."""
    solver = "liblinear" if len(set(labels.tolist())) == 2 else "lbfgs"
    model = LogisticRegression(C=c, solver=solver, max_iter=2_000, random_state=SEED)
    return model.fit(matrix, labels, sample_weight=weights)


def macro_f1(labels: NDArray[np.int64], predicted: NDArray[np.int64]) -> float:
    """Return the mean F1 over the classes that occur in `labels`."""
    return float(f1_score(labels, predicted, average="macro", labels=sorted(set(labels.tolist())), zero_division=0.0))


def calibration_error(labels: NDArray[np.int64], probabilities: NDArray[np.float64], bins: int = 10) -> float:
    """Return the expected calibration error over equally wide bins (0 is perfect)."""
    return expected_calibration_error(labels.tolist(), probabilities.tolist(), bins)


def platt(logits: NDArray[np.float64], labels: NDArray[np.int64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Return slope and intercept that turn raw logits into calibrated ones (Platt scaling without smoothing)."""
    fitted = LogisticRegression(C=1e6, solver="lbfgs", max_iter=1_000).fit(
        logits[:, None], labels, sample_weight=weights
    )
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def precision_threshold(labels: NDArray[np.int64], scores: NDArray[np.float64], wanted: float) -> float:
    """Return the lowest score from which on at least `wanted` of the texts flagged are right; 1.0 if there is none."""
    order = np.argsort(-scores, kind="stable")
    precision = np.cumsum(labels[order]) / np.arange(1, len(labels) + 1)
    enough = np.flatnonzero((precision >= wanted) & (np.arange(len(labels)) >= 20))
    return float(scores[order][enough[-1]]) if len(enough) else 1.0


def folds(ids: Sequence[str], count: int) -> NDArray[np.int64]:
    """Return (n,) fold numbers that depend on the ids alone, so that adding a line moves no other."""
    return np.array([int(hashlib.sha256(name.encode()).hexdigest()[:8], 16) % count for name in ids], dtype=np.int64)


def rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with floats cut to four digits, as cards print them."""
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def write_model(path: Path, arrays: Mapping[str, NDArray[Any]], card: Mapping[str, Any]) -> None:
    """Write `path` (.npz, compressed, no pickle) and its card with the digest of the arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **dict(arrays))
    body = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    full = {**card, "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(full, ensure_ascii=False, indent=2) + "\n", "utf-8")


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
