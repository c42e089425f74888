"""The second, dearer stage of a text model: a linear layer over a sentence embedding and the first stage's logits.

An embedding costs about 5 ms of CPU a line, n-grams a fifth of a millisecond. So only lines of which the first stage is
not sure are embedded, and a vector made for one model is kept for the next one that asks about the same line.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import TextModelInvalid, read_arrays

EMBEDDER = "e5-small"  # both bundled engines run this model; vectors of another one mean something else
DIMENSION = 384
SCALE = 6.0  # centred unit vectors are about 0.4 long; the regulariser of training expects numbers near one
CARRIED = 0.25  # the first stage's logits are brought to the same size
_LONGEST = 64  # characters that are embedded: the cost grows faster than the length, a Chinese line of 100 characters takes 10 ms
_KEPT = 4_096  # vectors remembered, 6 MB


class Embeds(Protocol):
    """What is needed of an embedder."""

    @property
    def name(self) -> str:
        """Model and variant."""
        ...

    def embed_queries(self, texts: list[str]) -> list[list[float]]:
        """Return a unit vector for each text."""
        ...


class Meanings:
    """Vectors of lines, remembered for a while; safe to share between threads."""

    def __init__(self, embedder: Embeds) -> None:
        self._embedder = embedder
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()
        self.name = embedder.name

    @classmethod
    def of(cls, embedder: Embeds) -> Meanings | None:
        """Return the vectors of `embedder`, or None where it is not the model that the second stages were trained on."""
        return cls(embedder) if embedder.name.startswith(EMBEDDER) else None

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (n, 384) unit vectors.

        Raises:
            EmbeddingFailed: the embedder failed.
        """
        asked = [excerpt(text) for text in texts]
        with self._lock:
            known = {text: self._kept[text] for text in asked if text in self._kept}
        new = [text for text in dict.fromkeys(asked) if text not in known]
        if new:
            made = np.asarray(self._embedder.embed_queries(new), dtype=np.float32)
            known |= dict(zip(new, made, strict=True))
            with self._lock:
                self._kept.update(zip(new, made, strict=True))
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return np.stack([known[text] for text in asked]) if asked else np.zeros((0, DIMENSION), dtype=np.float32)


def excerpt(text: str) -> str:
    """Return the part of a line that is embedded; never blank."""
    return text[:_LONGEST].strip() or "."


@dataclass(frozen=True)
class MeaningModel:
    """Weights of a second stage.

    Attributes:
        centre: (384,) mean vector of the training lines.
        weights: (384 + cues + classes, classes), for the scaled vector, the cues and the first stage's logits.
        bias: (classes,).
        calibration: (classes, 2) slope and intercept of each logit.
        version: first 12 digits of the SHA-256 of the array file.
    """

    centre: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float64]
    calibration: NDArray[np.float64]
    version: str
    card: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> MeaningModel:
        """Read `path` (.npz) and the card beside it.

        Raises:
            TextModelInvalid: a file is missing, damaged or differs from the card.
        """
        arrays, digest, card = read_arrays(path)
        try:
            model = cls(
                centre=arrays["centre"].astype(np.float32),
                weights=arrays["weights"].astype(np.float32),
                bias=arrays["bias"].astype(np.float64),
                calibration=arrays["calibration"].astype(np.float64),
                version=digest[:12],
                card=card,
            )
        except KeyError as error:
            raise TextModelInvalid(f"{path.name} lacks the array {error}", file=path.name) from error
        classes = len(model.bias)
        fits = (
            model.centre.shape == (DIMENSION,)
            and model.weights.ndim == 2
            and model.weights.shape[0] >= DIMENSION + classes
            and model.weights.shape[1] == classes
            and model.calibration.shape == (classes, 2)
        )
        if not fits or not all(np.isfinite(a).all() for a in (model.weights, model.bias, model.calibration)):
            raise TextModelInvalid(f"{path.name} has wrong shapes or values that are not finite", file=path.name)
        return model

    def logits(
        self, vectors: NDArray[np.float32], cues: NDArray[np.float32], first: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, classes) calibrated logits."""
        raw = meaning_features(vectors, self.centre, cues, first) @ self.weights + self.bias
        calibrated: NDArray[np.float64] = raw * self.calibration[:, 0] + self.calibration[:, 1]
        return calibrated


def meaning_features(
    vectors: NDArray[np.float32], centre: NDArray[np.float32], cues: NDArray[np.float32], first: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (n, 384 + cues + classes): what a second stage sees, in training and in use."""
    return np.hstack([(vectors - centre) * SCALE, cues, np.clip(first, -8, 8) * CARRIED]).astype(np.float64)
