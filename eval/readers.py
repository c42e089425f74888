"""What the reading of chat is compared with: word lists and libraries that anybody can install, and our own stages one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.sentiment import SentimentModel
from copilot.embeddings.factory import make_embedder
from copilot.language.meaning import Meanings
from copilot.language.normalise import normalise
from copilot.language.script import detect_language
from copilot.moderation.classifier import cues, seen, strong_spans
from copilot.moderation.room import RoomModel, RoomReading
from copilot.moderation.room_cues import Before
from copilot.settings import EmbeddingSettings

Scores = NDArray[np.float64]
_NEGATIVE_BELOW, _POSITIVE_FROM = 0.4, 0.6  # snownlp gives 0-1 without a middle class
_VADER_NEUTRAL = 0.05  # the bound its authors recommend


@lru_cache(maxsize=1)
def meanings() -> Meanings | None:
    """Return the bundled embedder behind a memory, made once a run."""
    return Meanings.of(make_embedder(EmbeddingSettings()))


@lru_cache(maxsize=1)
def room_model() -> RoomModel:
    """Return the bundled room model."""
    return RoomModel.load()


def read_room(texts: Sequence[str], before: Sequence[Before] | None = None, *, two_stages: bool = True) -> RoomReading:
    """Read texts as the cascade does, or with the word stage alone."""
    plain = [normalise(text).text for text in texts]
    return room_model().read(texts, plain, before, meanings() if two_stages else None)


def word_list(texts: Sequence[str]) -> Scores:
    """Return 1 where a word of the rude list occurs, else 0."""
    return np.array([float(bool(strong_spans(normalise(text).text))) for text in texts])


def public_comments(texts: Sequence[str]) -> Scores:
    """Return what the models of public comments say alone, the one of the text's language."""
    models = room_model().public
    plain = [normalise(text).text for text in texts]
    languages = ["zh" if detect_language(text) in {"zh", "mixed"} else "en" for text in texts]
    found = np.zeros(len(texts))
    for language, model in models.items():
        rows = [row for row, one in enumerate(languages) if one == language]
        chosen = [plain[row] for row in rows]
        found[rows] = model.probabilities(seen(language, chosen), cues(chosen))[:, 0]
    return found


def profanity_check(texts: Sequence[str]) -> Scores:
    """Return probabilities of alt-profanity-check (English; trained on data that includes Davidson's tweets)."""
    from profanity_check import predict_prob  # loads scikit-learn models

    return np.asarray(predict_prob(list(texts)), dtype=np.float64)


def snownlp(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return 0 negative, 1 neutral, 2 positive of snownlp (Chinese, trained on shopping reviews)."""
    from snownlp import SnowNLP  # loads its dictionaries

    found = np.array([SnowNLP(text).sentiments if text.strip() else 0.5 for text in texts])
    return np.where(found < _NEGATIVE_BELOW, 0, np.where(found >= _POSITIVE_FROM, 2, 1)).astype(np.int64)


def vader(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return 0 negative, 1 neutral, 2 positive of VADER (English word list with rules)."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # loads its lexicon

    judge = SentimentIntensityAnalyzer()
    found = np.array([judge.polarity_scores(text)["compound"] for text in texts])
    return np.where(found <= -_VADER_NEUTRAL, 0, np.where(found >= _VADER_NEUTRAL, 2, 1)).astype(np.int64)


def mood(texts: Sequence[str], *, two_stages: bool = True) -> Scores:
    """Return (n, 3) shares of our sentiment model."""
    return SentimentModel.load(meanings=meanings() if two_stages else None).predict(texts)


OFFENCE_BASELINES: dict[str, Callable[[Sequence[str]], Scores]] = {
    "word_list": word_list,
    "public_comments": public_comments,
    "profanity_check": profanity_check,
}
