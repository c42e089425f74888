"""Small linear text models as plain arrays: loading, checking, calibrated probabilities, and what moved them.

A model is `<name>.npz` (arrays only, never pickled) beside `<name>.json`, its card: data, licence, figures, known
failures and the SHA-256 of the arrays. A file that does not match its card is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.errors import CopilotError
from copilot.language.ngrams import Ngrams, NgramSpec, character_ngrams, count_ngrams


class TextModelInvalid(CopilotError):
    """A model file is missing, damaged, or not the one its card describes; `data["file"]` says which."""

    code = "text_model_invalid"


@dataclass(frozen=True)
class LinearTextModel:
    """Weights over hashed n-grams and a few hand-made cues.

    Attributes:
        spec: the n-grams.
        idf: (buckets,) inverse document frequency; 0 for a bucket never seen in training.
        weights: (buckets, classes); one column for a two-class model.
        cue_weights: (cues, classes).
        bias: (classes,).
        calibration: (classes, 2) slope and intercept applied to each logit (Platt scaling).
        version: first 12 digits of the SHA-256 of the array file.
    """

    spec: NgramSpec
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    cue_weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    calibration: NDArray[np.float64]
    version: str
    card: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> LinearTextModel:
        """Read `path` (.npz) and the card beside it.

        Raises:
            TextModelInvalid: a file is missing, unreadable or differs from the card.
        """
        arrays, digest, card = read_arrays(path)
        try:
            return cls._from_arrays(arrays, digest[:12], card)
        except (ValueError, KeyError) as error:
            raise TextModelInvalid(f"{path.name} cannot be used: {error}", file=path.name) from error

    @classmethod
    def _from_arrays(cls, arrays: dict[str, NDArray[Any]], version: str, card: dict[str, Any]) -> LinearTextModel:
        spec = NgramSpec(
            orders=tuple(int(n) for n in arrays["orders"]),
            word_orders=tuple(int(n) for n in arrays["word_orders"]),
            bits=int(arrays["bits"]),
        )
        model = cls(
            spec=spec,
            idf=arrays["idf"].astype(np.float32),
            weights=arrays["weights"].astype(np.float32),
            cue_weights=arrays["cue_weights"].astype(np.float32),
            bias=arrays["bias"].astype(np.float64),
            calibration=arrays["calibration"].astype(np.float64),
            version=version,
            card=card,
        )
        classes = len(model.bias)
        shapes_fit = (
            model.idf.shape == (spec.buckets,)
            and model.weights.shape == (spec.buckets, classes)
            and model.cue_weights.shape[1:] == (classes,)
            and model.calibration.shape == (classes, 2)
        )
        finite = all(np.isfinite(a).all() for a in (model.idf, model.weights, model.cue_weights, model.bias))
        if not shapes_fit or not finite or not np.isfinite(model.calibration).all():
            raise ValueError("its arrays have wrong shapes or hold values that are not finite")
        return model

    def logits(self, texts: Sequence[str], cues: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (n, classes) calibrated logits of normalised `texts` with their (n, cues) cue values."""
        if not texts:
            return np.zeros((0, len(self.bias)))
        grams = count_ngrams(texts, self.spec)
        values = tf_idf(grams, self.idf)
        raw = np.empty((len(texts), len(self.bias)))
        for column in range(len(self.bias)):
            moved = values * self.weights[grams.buckets, column]
            raw[:, column] = np.bincount(grams.documents, moved, minlength=len(texts))
        raw += cues @ self.cue_weights + self.bias
        calibrated: NDArray[np.float64] = raw * self.calibration[:, 0] + self.calibration[:, 1]
        return calibrated

    def probabilities(self, texts: Sequence[str], cues: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (n, 1) probabilities of a two-class model, or (n, classes) that sum to 1 in each row."""
        logits = self.logits(texts, cues)
        if logits.shape[1] == 1:
            return 1.0 / (1.0 + np.exp(-np.clip(logits, -50, 50)))
        odds = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf)) if len(logits) else logits
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares

    def pull(self, text: str, column: int = 0) -> NDArray[np.float64]:
        """Return, for each character of `text`, how much it moved class `column` (positive: towards it)."""
        _, buckets, starts = character_ngrams([text], self.spec)
        moved = np.zeros(len(text) + 2)
        weight = self.idf[buckets] * self.weights[buckets, column]
        at = 0
        for order in self.spec.orders:
            size = max(0, len(text) + 2 - order + 1) if text else 0
            for offset in range(order):
                np.add.at(moved, starts[at : at + size] + offset, weight[at : at + size] / order)
            at += size
        return moved[1 : len(text) + 1]


def read_arrays(path: Path) -> tuple[dict[str, NDArray[Any]], str, dict[str, Any]]:
    """Return the arrays of `path` (.npz), their SHA-256 and the card beside them; pickled content is refused.

    Raises:
        TextModelInvalid: a file is missing, unreadable or differs from the card.
    """
    try:
        body = path.read_bytes()
        card = json.loads(path.with_suffix(".json").read_text("utf-8"))
        digest = hashlib.sha256(body).hexdigest()
        if card.get("sha256") != digest:
            raise TextModelInvalid(f"{path.name} is not the file its card describes", file=path.name)
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}, digest, card
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise TextModelInvalid(f"{path.name} cannot be used: {error}", file=path.name) from error


def tf_idf(grams: Ngrams, idf: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the value of each occurrence: (1 + log count) x idf, each text scaled to unit length."""
    values: NDArray[np.float64] = (1.0 + np.log(grams.counts)) * idf[grams.buckets]
    norms = np.sqrt(np.bincount(grams.documents, values**2, minlength=grams.size))
    norms[norms == 0] = 1.0
    scaled: NDArray[np.float64] = values / norms[grams.documents]
    return scaled
