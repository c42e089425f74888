"""What a chat line does to the room, as calibrated probabilities: attacks and their kind, distress, offers, open questions.

Three layers. Two models of public comments (Chinese: COLD, English: Davidson) say what such comments look like. The word
stage weighs them with n-grams and cues learned from group chat that the authors wrote and labelled. Where it is not sure
and a sentence embedder is at hand, the meaning stage decides. The cards beside the arrays state figures and limits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import LinearTextModel, TextModelInvalid
from copilot.language.meaning import MeaningModel, Meanings
from copilot.language.ngrams import NgramSpec
from copilot.language.script import language_of
from copilot.moderation.classifier import cues, seen, terms_version
from copilot.moderation.room_cues import BEFORE, CUES, Before, context_cues, line_cues, worth_a_second_look

KINDS = ("insult", "threat", "hate", "harassment", "sexual")
DISTRESS = ("none", "asks_help", "burnout", "self_harm")
SOLICITATION = ("none", "promotion", "scam", "contact_fishing")
# One column of logits each. A kind of attack is the chance given that the line attacks at all.
COLUMNS = (
    "offensive", *KINDS, *(f"distress.{name}" for name in DISTRESS),
    *(f"solicitation.{name}" for name in SOLICITATION), "question",
)  # fmt: skip
SPEC = NgramSpec(orders=(1, 2, 3), word_orders=(1, 2), bits=16)
ALL_CUES = (*CUES, "public_zh", "public_en")
_FOLDER = Path(__file__).parent / "data"
_PUBLIC_LIMIT = 6.0
_PUBLIC_SCALE = 0.5


@dataclass(frozen=True)
class RoomReading:
    """Probabilities of a batch of lines.

    Attributes:
        table: (n, columns) calibrated probabilities by column of `COLUMNS`, kinds of attack already unconditional.
        embedded: (n,) whether the meaning stage decided.
        uncertain: (n,) whether an attack, distress or an offer is neither likely nor unlikely: the band a dearer
            stage (a language model, a person) is asked about.
    """

    table: NDArray[np.float64]
    embedded: NDArray[np.bool_]
    uncertain: NDArray[np.bool_]

    def calibrated(self, category: str) -> NDArray[np.float64]:
        """Return (n,) probabilities of one of `COLUMNS`, of `distress` (any) or of `solicitation` (any).

        Raises:
            ValueError: there is no such category.
        """
        if category in {"distress", "solicitation"}:
            return 1.0 - self.table[:, COLUMNS.index(f"{category}.none")]
        if category not in COLUMNS:
            raise ValueError(f"there is no category {category!r}")
        return self.table[:, COLUMNS.index(category)]


class RoomModel:
    """All layers, loaded once and shared by threads; holds no state."""

    def __init__(self, public: Mapping[str, LinearTextModel], words: LinearTextModel, meaning: MeaningModel) -> None:
        if len(words.bias) != len(COLUMNS) or len(words.cue_weights) != len(ALL_CUES):
            raise TextModelInvalid("these arrays are not a room model", file="room-words.npz")
        self.public = dict(public)
        self._words = words
        self._meaning = meaning
        parts = [self.public[language].version for language in sorted(self.public)]
        self.version = "room-" + "-".join(v[:6] for v in [*parts, words.version, meaning.version, terms_version()])

    @classmethod
    def load(cls, folder: Path = _FOLDER) -> RoomModel:
        """Read the bundled models, or others trained by `python -m eval.train.room`.

        Raises:
            TextModelInvalid: a file is missing, damaged or not the one its card describes.
        """
        public = {language: LinearTextModel.load(folder / f"public-{language}.npz") for language in ("zh", "en")}
        words = LinearTextModel.load(folder / "room-words.npz")
        return cls(public, words, MeaningModel.load(folder / "room-meaning.npz"))

    @property
    def card(self) -> dict[str, Any]:
        """Data, licence, figures, thresholds, bands and known failures."""
        return dict(self._words.card)

    def threshold(self, category: str, use: str) -> float:
        """Return the probability from which on `category` opens a `case` or earns a `flag` (see the card)."""
        return float(self._words.card["thresholds"][category][use])

    @property
    def comment_threshold(self) -> float:
        """Return where at most one ordinary public comment in ten is called offensive, chosen on held-back training comments."""
        return float(self._words.card["comment_threshold"]["at"])

    def band(self, category: str, stage: str) -> tuple[float, float]:
        """Return the probabilities between which `stage` (`words` or `meaning`) is not sure of `category`."""
        low, high = self._words.card["bands"][stage][category]
        return float(low), float(high)

    def read(
        self,
        texts: Sequence[str],
        plain: Sequence[str],
        before: Sequence[Before] | None = None,
        meanings: Meanings | None = None,
    ) -> RoomReading:
        """Return probabilities for stored `texts` with normalised forms `plain`; with `meanings` in two stages."""
        signs = self.cues(texts, plain, before)
        first = self._words.logits(plain, signs)
        table = probabilities(first)
        unsure = self._unsure(table, "words")
        unsure |= np.array([worth_a_second_look(text) for text in plain], dtype=bool)
        embedded = np.zeros(len(plain), dtype=bool)
        if meanings is not None and unsure.any():
            rows = np.flatnonzero(unsure).tolist()
            vectors = meanings.vectors([plain[row] for row in rows])
            table[rows] = probabilities(self._meaning.logits(vectors, signs[rows], first[rows]))
            embedded[rows] = True
        unsure = self._unsure(table, "meaning" if meanings is not None else "words")
        return RoomReading(table, embedded, unsure)

    def cues(
        self, texts: Sequence[str], plain: Sequence[str], before: Sequence[Before] | None = None
    ) -> NDArray[np.float32]:
        """Return (n, len(ALL_CUES)) features beside the n-grams; `texts` tell the language."""
        return room_cues(self.public, texts, plain, before)

    def pull(self, plain: str, column: str) -> NDArray[np.float64]:
        """Return, for each character, how much it moved `column` in the word stage and the public models."""
        moved = self._words.pull(plain, COLUMNS.index("offensive"))
        if column != "offensive":
            moved = moved + self._words.pull(plain, COLUMNS.index(column))
        return moved

    def _unsure(self, table: NDArray[np.float64], stage: str) -> NDArray[np.bool_]:
        unsure = np.zeros(len(table), dtype=bool)
        for category in ("offensive", "distress", "solicitation"):
            low, high = self.band(category, stage)
            column = f"{category}.none" if category != "offensive" else category
            found = table[:, COLUMNS.index(column)]
            found = found if category == "offensive" else 1.0 - found
            unsure |= (found >= low) & (found < high)
        return unsure


def room_cues(
    public: Mapping[str, LinearTextModel],
    texts: Sequence[str],
    plain: Sequence[str],
    before: Sequence[Before] | None = None,
) -> NDArray[np.float32]:
    """Return (n, len(ALL_CUES)): line, context, and what the models of public comments say."""
    languages = [language_of(text, form) for text, form in zip(texts, plain, strict=True)]
    table = np.zeros((len(plain), len(ALL_CUES)), dtype=np.float32)
    if not len(plain):
        return table
    table[:, : len(CUES)] = line_cues(plain, languages)
    if before is not None:
        table[:, len(CUES) - len(BEFORE) : len(CUES)] = context_cues(before)
    for column, language in ((len(CUES), "zh"), (len(CUES) + 1, "en")):
        rows = [row for row, written in enumerate(languages) if written in {language, "mixed"}]
        chosen = [plain[row] for row in rows]
        said = public[language].logits(seen(language, chosen), cues(chosen))[:, 0]
        table[rows, column] = np.clip(said, -_PUBLIC_LIMIT, _PUBLIC_LIMIT) * _PUBLIC_SCALE
    return table


def probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, columns) probabilities of calibrated logits: choices sum to 1, kinds of attack are unconditional."""
    table = 1.0 / (1.0 + np.exp(-np.clip(logits, -50, 50)))
    kinds = slice(1, 1 + len(KINDS))
    table[:, kinds] *= table[:, :1]
    start = 1 + len(KINDS)
    for size in (len(DISTRESS), len(SOLICITATION)):
        table[:, start : start + size] /= table[:, start : start + size].sum(axis=1, keepdims=True)
        start += size
    return table
