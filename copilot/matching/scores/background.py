"""What vectors of this community look like in general, so that a cosine can be read as "closer than usual".

Two effects of sentence embedders are taken out: all texts of one language and side lie in one direction (their mean is
subtracted), and some texts are close to everything (their crowding is measured). Both are estimated on a sample of
the community and shrunk towards a reference while the community is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from importlib.resources import as_file, files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from copilot.language.script import detect_language
from copilot.matching.scores.scoring import Matrix

Vectors = NDArray[np.float32]
# What members want and questions ask for is held against what members have, are, own, or are invited to; the whole of a
# member against other wholes.
Side = Literal["wants", "question", "has", "is", "profile", "resource", "event"]
SIDES: tuple[Side, ...] = ("wants", "question", "has", "is", "profile", "resource", "event")
ASKING: frozenset[Side] = frozenset({"wants", "question"})
LANGUAGES = ("zh", "en")
# How many texts the reference is worth: with 30 of its own a community counts as much as the reference.
_PRIOR_TEXTS = 30
# Share of the nearest sample texts whose mean cosine is a text's crowding.
_NEAREST_SHARE = 0.1
# Mean crowding of the sample's texts, after centring.
_PRIOR_CROWDING = 0.17
_SHORTEST = 1e-6
_REFERENCE = "e5_means.npz"
_REMEMBERED = 8192


@lru_cache(maxsize=_REMEMBERED)
def text_language(text: str) -> str:
    """Return `zh` for a text in Chinese or in both languages, else `en`."""
    return "zh" if detect_language(text) in {"zh", "mixed"} else "en"


@cache
def reference_means(embedder: str, dimension: int) -> Mapping[tuple[str, str], Vectors]:
    """Return mean vectors (d,) by (side, language) measured on the sample community; empty for other embedders."""
    if "e5-small" not in embedder:
        return {}
    with (
        as_file(files("copilot.matching").joinpath("data", _REFERENCE)) as path,
        np.load(path, allow_pickle=False) as arrays,
    ):
        means = {(side, language): arrays[f"{side}_{language}"] for side in SIDES for language in LANGUAGES}
    fits = all(mean.shape == (dimension,) for mean in means.values())
    return {key: mean.astype(np.float32) for key, mean in means.items()} if fits else {}


@dataclass(frozen=True)
class Background:
    """Means by (side, language), and a centred sample of each side; made by `build`.

    Attributes:
        means: (d,) by (side, language); an absent key centres nothing.
        samples: centred unit vectors (n, d) by side.
    """

    means: Mapping[tuple[str, str], Vectors]
    samples: Mapping[Side, Vectors] = field(default_factory=dict)

    @classmethod
    def build(cls, embedder: str, samples: Mapping[Side, tuple[Vectors, Sequence[str]]]) -> Background:
        """Estimate from unit vectors (n, d) and the language of each, by side; without any, nothing is centred."""
        width = next((vectors.shape[1] for vectors, _ in samples.values() if len(vectors)), 0)
        if not width:
            return cls({})
        prior = reference_means(embedder, width)
        means: dict[tuple[str, str], Vectors] = {}
        for side, (vectors, languages) in samples.items():
            for language in LANGUAGES:
                total = _PRIOR_TEXTS * prior.get((side, language), np.zeros(width, dtype=np.float32)).astype(np.float64)
                rows = [row for row, found in enumerate(languages) if found == language]
                if rows:
                    total += vectors[rows].sum(axis=0, dtype=np.float64)
                means[side, language] = (total / (len(rows) + _PRIOR_TEXTS)).astype(np.float32)
        bare = cls(means)
        centred = {side: bare.centre(side, *sample) for side, sample in samples.items()}
        return cls(means, centred)

    def centre(self, side: Side, vectors: Vectors, languages: Sequence[str]) -> Vectors:
        """Return `vectors` (n, d) without the mean of their side and language, of unit length.

        A vector that equals the mean is returned as it is: nothing is known of it but what all have in common.
        """
        if not len(vectors):
            return vectors
        nothing = np.zeros(vectors.shape[1], dtype=np.float32)
        places = {language: place for place, language in enumerate(dict.fromkeys(languages))}
        means = np.stack([self.means.get((side, language), nothing) for language in places])
        shifted = vectors - means[[places[language] for language in languages]]
        lengths = np.linalg.norm(shifted, axis=1, keepdims=True)
        plain = lengths[:, 0] < _SHORTEST
        shifted[plain], lengths[plain] = vectors[plain], 1.0
        unit: Vectors = (shifted / lengths).astype(np.float32)
        return unit

    def crowding(self, side: Side, centred: Vectors) -> Matrix:
        """Return the mean cosine of each row (n, d) of `side` with the nearest tenth of the other side's sample, (n,).

        What is offered is held against the wants; wants and questions are held against what members have.

        Shrunk to the reference by the size of the sample; without a sample it is the reference.
        """
        return self._nearness("has" if side in ASKING else "wants", centred)

    @cached_property
    def usual_crowding(self) -> Mapping[Side, float]:
        """The mean crowding of each side's sample, of wholes beside wholes; the reference where there is no sample."""
        found: dict[Side, float] = {}
        for side in SIDES:
            sample = self.samples.get(side)
            if sample is None or not len(sample):
                found[side] = _PRIOR_CROWDING
            else:
                crowding = self.crowding_as_a_whole(sample) if side == "profile" else self.crowding(side, sample)
                found[side] = float(crowding.mean())
        return found

    def crowding_as_a_whole(self, centred: Vectors) -> Matrix:
        """Return the same of whole profiles, resources, events or questions (n, d) beside members' profiles, (n,)."""
        return self._nearness("profile", centred)

    def _nearness(self, beside: Side, centred: Vectors) -> Matrix:
        sample = self.samples.get(beside)
        size = 0 if sample is None else len(sample)
        if sample is None or not size or not len(centred):
            return np.full(len(centred), _PRIOR_CROWDING)
        nearest = max(1, round(_NEAREST_SHARE * size))
        beyond = np.partition(centred @ sample.T, size - nearest, axis=1)[:, size - nearest :]
        cosines = np.sort(beyond, axis=1).mean(axis=1).astype(np.float64)
        shrunk: Matrix = (size * cosines + _PRIOR_TEXTS * _PRIOR_CROWDING) / (size + _PRIOR_TEXTS)
        return shrunk
