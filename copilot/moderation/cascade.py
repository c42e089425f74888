"""Reads messages in stages, cheap ones first: normalise, rules, local models; context is weighed where something was found.

Nothing here stores or decides. About three quarters of the time goes into normalising and the rules.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.community.models import Category
from copilot.language.normalise import VERSION as NORMALISE_VERSION
from copilot.language.normalise import Normalised, normalise
from copilot.language.script import detect_language
from copilot.moderation import questions
from copilot.moderation.classifier import InsultModel
from copilot.moderation.detectors import Detector
from copilot.moderation.flooding import FloodDetector, RepostDetector
from copilot.moderation.models import CASE_SCORE, FLAG_SCORE, Context, MessageInput, MessageReading, Severity, Signal
from copilot.moderation.patterns import PrivacyDetector, SexualDetector, ThreatDetector
from copilot.moderation.promotion import PromotionDetector, ScamDetector

_MAX_CHARS = 4_000  # what lies beyond in a longer message is not read
_ASKED_FOR = 0.45  # an offer that answers a question keeps this share of its score
_ASKS_FOR_OFFER = re.compile(
    r"求|有没有|谁有|谁做|推荐|怎么联系|联系方式|加你|加个|链接|哪里买|哪家|发我|想要|想买|多少钱|报价|什么价|怎么加|拉我|"
    r"any(?:one|body)|recommend|looking for|link|how much|price|contact|where can"
)


class SentimentPort(Protocol):
    """What the cascade needs of a sentiment model."""

    @property
    def version(self) -> str:
        """Changes with the model."""
        ...

    def predict(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return (n, 3) probabilities of negative, neutral, positive."""
        ...


class InsultDetector:
    """The classifier as a detector: Chinese and English models by the script of the message, both when it is mixed."""

    name = "insult-model"
    uses_model = True

    def __init__(self, models: dict[str, InsultModel]) -> None:
        self._models = models
        self.version = "+".join(models[language].version for language in sorted(models))

    @classmethod
    def load(cls) -> InsultDetector:
        """Read the bundled models.

        Raises:
            TextModelInvalid: a file is missing or damaged.
        """
        return cls({language: InsultModel.load(language) for language in ("zh", "en")})

    def find(self, messages: Sequence[MessageInput], plain: Sequence[Normalised]) -> list[list[Signal]]:
        """Return at most one signal for each message."""
        found: list[list[Signal]] = [[] for _ in messages]
        languages = [detect_language(message.text) for message in messages]
        for language, model in self._models.items():
            rows = [row for row, written in enumerate(languages) if written in {language, "mixed"}]
            scores = model.scores([plain[row].text for row in rows])
            for row, score in zip(rows, scores, strict=True):
                if score >= model.flag_threshold:
                    found[row].append(self._signal(model, plain[row], float(score)))
        return [sorted(signals, key=lambda s: (-s.opens_case, -s.score))[:1] for signals in found]

    def _signal(self, model: InsultModel, plain: Normalised, score: float) -> Signal:
        start, end = plain.original_span(*model.span(plain.text))
        return Signal(
            category=Category.INSULT,
            score=score,
            start=start,
            end=end,
            detector=self.name,
            version=model.version,
            opens_case=score >= model.case_threshold,
            severity=Severity.MEDIUM,
            threshold=model.case_threshold,
        )


class Cascade:
    """All stages, loaded once; reading is a pure function of the messages."""

    def __init__(self, sentiment: SentimentPort, detectors: Sequence[Detector]) -> None:
        self._sentiment = sentiment
        self._detectors = tuple(detectors)
        parts = [f"normalise-{NORMALISE_VERSION}", f"questions-{questions.VERSION}", sentiment.version]
        parts += [f"{detector.name}-{detector.version}" for detector in self._detectors]
        self.parts = tuple(parts)
        self.detector_names = frozenset(detector.name for detector in self._detectors)
        self.version = "cascade-" + hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]

    @classmethod
    def load(cls, sentiment: SentimentPort) -> Cascade:
        """Return the cascade with all detectors and the bundled models.

        Raises:
            TextModelInvalid: a model file is missing or damaged.
        """
        rules: list[Detector] = [
            FloodDetector(), RepostDetector(), PromotionDetector(), ScamDetector(),
            ThreatDetector(), PrivacyDetector(), SexualDetector(),
        ]  # fmt: skip
        return cls(sentiment, [*rules, InsultDetector.load()])

    def read(self, messages: Sequence[MessageInput]) -> list[MessageReading]:
        """Return one reading for each message, in order; without context (see `weigh`)."""
        if not messages:
            return []
        plain = [normalise(message.text[:_MAX_CHARS]) for message in messages]
        languages = [detect_language(message.text) for message in messages]
        open_to_models = [row for row, message in enumerate(messages) if message.models_allowed]
        sentiment = np.tile([0.0, 1.0, 0.0], (len(messages), 1))
        sentiment[open_to_models] = self._sentiment.predict([messages[row].text for row in open_to_models])
        signals: list[list[Signal]] = [[] for _ in messages]
        for detector in self._detectors:
            rows = open_to_models if detector.uses_model else list(range(len(messages)))
            found = detector.find([messages[row] for row in rows], [plain[row] for row in rows])
            for row, some in zip(rows, found, strict=True):
                signals[row].extend(some)
        return [
            MessageReading(
                message_id=message.id,
                negative=float(sentiment[row, 0]),
                neutral=float(sentiment[row, 1]),
                positive=float(sentiment[row, 2]),
                is_question=questions.is_question(plain[row].text, languages[row]),
                language=languages[row],
                stage="local" if message.models_allowed else "rules",
                signals=tuple(signals[row]),
            )
            for row, message in enumerate(messages)
        ]

    def weigh(self, message: MessageInput, reading: MessageReading, context: Context) -> MessageReading:
        """Return `reading` in the light of what stood before: an offer that somebody asked for is no advert."""
        if not any(signal.category is Category.UNSOLICITED_PROMOTION for signal in reading.signals):
            return reading
        others = [e for e in (*context.before, context.parent) if e is not None and e.sender_id != message.sender_id]
        if not any(_ASKS_FOR_OFFER.search(normalise(other.text[:_MAX_CHARS]).text) for other in others):
            return reading
        kept: list[Signal] = []
        for signal in reading.signals:
            if signal.category is not Category.UNSOLICITED_PROMOTION:
                kept.append(signal)
                continue
            score = signal.score * _ASKED_FOR
            if score >= FLAG_SCORE:
                kept.append(replace(signal, score=score, opens_case=score >= CASE_SCORE))
        return replace(reading, signals=tuple(kept))
