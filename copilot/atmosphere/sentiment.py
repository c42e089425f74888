"""Negative, neutral or positive: a small local model for chat in Chinese and English.

Hashed n-grams and a hand-written word list with negation and emphasis; where they are not sure and an embedder is at hand,
a sentence embedding decides. Trained only on lines the authors wrote; the card beside the arrays states figures and limits.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import LinearTextModel
from copilot.language.meaning import MeaningModel, Meanings
from copilot.language.ngrams import NgramSpec
from copilot.language.normalise import normalise
from copilot.language.terms import Term, TermIndex, read_terms

LABELS = ("negative", "neutral", "positive")
CUES = (
    "glad", "sad", "glad_emphasised", "sad_emphasised", "glad_negated", "sad_negated", "balance", "no_terms",
    "glad_signs", "sad_signs", "laughter", "exclamations", "question", "irony", "length", "digits",
)  # fmt: skip
_MAX_CHARS = 2_000  # a longer message is read by its beginning
_BATCH = 1_024
_REACH = 6  # how many characters before a word a negation or an emphasis still counts for it
SPEC = NgramSpec(orders=(1, 2, 3), word_orders=(1, 2), bits=16)
SURE_BELOW = 0.5  # a line whose likeliest mood is less likely than this is embedded
_FOLDER = Path(__file__).parent / "data"
_TERMS_FILE = _FOLDER / "sentiment_terms.txt"
_STICKER = re.compile(r"\[([^\[\]\s]{1,8})\]")
_LAUGHTER = re.compile(r"哈{2,}|h{3,}|(?:ha){2,}|233|lol|嘿嘿|嘻嘻")
_TERMS = read_terms(_TERMS_FILE)
_INDEX = TermIndex({group: _TERMS[group] for group in ("glad", "sad", "not", "very", "irony")})
_SIGNS = {group: frozenset(_TERMS[group]) for group in ("glad_sign", "sad_sign", "glad_sticker", "sad_sticker")}


def terms_version() -> str:
    """Return 8 hexadecimal digits that change with the word lists."""
    return hashlib.sha256(_TERMS_FILE.read_bytes()).hexdigest()[:8]


class SentimentModel:
    """Three-way sentiment. Loaded once and shared by threads; holds no state."""

    def __init__(self, words: LinearTextModel, meaning: MeaningModel, meanings: Meanings | None = None) -> None:
        if len(words.bias) != len(LABELS) or len(words.cue_weights) != len(CUES):
            raise ValueError("these arrays are not a sentiment model")
        self._words = words
        self._meaning = meaning
        self._meanings = meanings
        self.version = f"sentiment-{words.version}-{terms_version()}"
        if meanings is not None:
            self.version += f"+{meaning.version}"

    @classmethod
    def load(cls, folder: Path = _FOLDER, meanings: Meanings | None = None) -> SentimentModel:
        """Read the bundled model, or another one trained by `python -m eval.train.room`.

        Raises:
            TextModelInvalid: a file is missing, damaged or not the one its card describes.
        """
        words = LinearTextModel.load(folder / "sentiment-words.npz")
        return cls(words, MeaningModel.load(folder / "sentiment-meaning.npz"), meanings)

    @property
    def card(self) -> dict[str, object]:
        """Data, licence, figures and known failures."""
        return dict(self._words.card)

    def predict(self, texts: Sequence[str], plain: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Return (n, 3) probabilities of negative, neutral and positive; each row sums to 1.

        A text without a single letter, digit, sticker or emoji says nothing and gives (0, 1, 0). `plain` are the
        normalised forms where they were made already.

        Raises:
            EmbeddingFailed: the embedder failed.
        """
        result = np.zeros((len(texts), len(LABELS)))
        for start in range(0, len(texts), _BATCH):
            batch = [text[:_MAX_CHARS] for text in texts[start : start + _BATCH]]
            if plain is None:
                forms = [normalise(text).text for text in batch]
            else:
                forms = [text[:_MAX_CHARS] for text in plain[start : start + _BATCH]]
            result[start : start + len(batch)] = self._shares(batch, forms)
        return result

    def _shares(self, texts: Sequence[str], plain: Sequence[str]) -> NDArray[np.float64]:
        signs = cues(texts, plain)
        first = self._words.logits(plain, signs)
        found = shares(first)
        silent = np.array([not any(c.isalnum() or ord(c) > 0x2000 for c in t.replace("…", "")) for t in plain], bool)
        rows = np.flatnonzero((found.max(axis=1) < SURE_BELOW) & ~silent).tolist()
        if self._meanings is not None and len(rows):
            vectors = self._meanings.vectors([plain[row] for row in rows])
            found[rows] = shares(self._meaning.logits(vectors, signs[rows], first[rows]))
        found[silent] = (0.0, 1.0, 0.0)
        return found


def shares(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 3) probabilities that sum to 1 in each row, of the calibrated logit of each mood."""
    table = 1.0 / (1.0 + np.exp(-np.clip(logits, -50, 50)))
    summed: NDArray[np.float64] = table / table.sum(axis=1, keepdims=True)
    return summed


def cues(texts: Sequence[str], plain: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, len(CUES)) hand-made features of `texts`, whose normalised forms are `plain`."""
    return np.array([_cues(text, form) for text, form in zip(texts, plain, strict=True)], dtype=np.float32).reshape(
        len(texts), len(CUES)
    )


def _cues(text: str, plain: str) -> list[float]:
    found = list(_INDEX.find(plain))
    tally = dict.fromkeys(("glad", "sad", "glad_very", "sad_very", "glad_not", "sad_not", "irony"), 0)
    for at, term in enumerate(found):
        if term.group == "irony":
            tally["irony"] += 1
        if term.group not in {"glad", "sad"}:
            continue
        before = {earlier.group for earlier in found[max(0, at - 3) : at] if _close(earlier, term, plain)}
        kind = "_not" if "not" in before else "_very" if "very" in before else ""
        tally[term.group + kind] += 1
    stickers = _STICKER.findall(plain)
    glad_signs = sum(c in _SIGNS["glad_sign"] for c in text) + sum(s in _SIGNS["glad_sticker"] for s in stickers)
    sad_signs = sum(c in _SIGNS["sad_sign"] for c in text) + sum(s in _SIGNS["sad_sticker"] for s in stickers)
    glad = tally["glad"] + tally["glad_very"] + tally["sad_not"]
    sad = tally["sad"] + tally["sad_very"] + tally["glad_not"]
    return [
        _squash(tally["glad"]), _squash(tally["sad"]), _squash(tally["glad_very"]), _squash(tally["sad_very"]),
        _squash(tally["glad_not"]), _squash(tally["sad_not"]), math.tanh((glad - sad) / 2),
        float(not glad and not sad), _squash(glad_signs), _squash(sad_signs), float(bool(_LAUGHTER.search(plain))),
        _squash(plain.count("!")), float("?" in plain), float(tally["irony"] > 0), math.log1p(len(plain)) / 6,
        float(any(c.isdigit() for c in plain)),
    ]  # fmt: skip


def _close(earlier: Term, term: Term, plain: str) -> bool:
    between = plain[earlier.end : term.start]
    return len(between) <= _REACH and not any(mark in between for mark in ",.!?;。，！？；、")


def _squash(count: int) -> float:
    return math.log1p(count)
