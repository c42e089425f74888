"""Reads messages in stages, cheap ones first: normalise, rules, local models; context is weighed where something was found.

Nothing here stores or decides. About three quarters of the time goes into normalising and the rules.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from copilot.community.models import Category
from copilot.language.meaning import Meanings
from copilot.language.normalise import VERSION as NORMALISE_VERSION
from copilot.language.normalise import Normalised, normalise
from copilot.language.script import detect_language
from copilot.moderation import questions
from copilot.moderation.detectors import Detector
from copilot.moderation.flooding import FloodDetector, RepostDetector
from copilot.moderation.model_detectors import RoomFinding, RoomReader
from copilot.moderation.models import CASE_SCORE, FLAG_SCORE, Context, MessageInput, MessageReading, Signal
from copilot.moderation.patterns import PrivacyDetector, SexualDetector, ThreatDetector
from copilot.moderation.promotion import PromotionDetector, ScamDetector
from copilot.moderation.room_cues import NOTHING, Before
from copilot.moderation.stage_costs import StageCost, StageCosts, Took

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

    def predict(self, texts: Sequence[str], plain: Sequence[str] | None = None) -> NDArray[np.float64]:
        """Return (n, 3) probabilities of negative, neutral, positive of texts and their normalised forms."""
        ...


class Cascade:
    """All stages, loaded once; reading is a pure function of the messages."""

    def __init__(self, sentiment: SentimentPort, detectors: Sequence[Detector], room: RoomReader | None = None) -> None:
        self._sentiment = sentiment
        self._detectors = tuple(detectors)
        self._room = room
        self.costs = StageCosts()
        parts = [f"normalise-{NORMALISE_VERSION}", f"questions-{questions.VERSION}", sentiment.version]
        parts += [f"{detector.name}-{detector.version}" for detector in self._detectors]
        parts += [f"{room.name}-{room.version}"] if room is not None else []
        self.parts = tuple(parts)
        names = [detector.name for detector in self._detectors]
        self.detector_names = frozenset([*names, room.name] if room is not None else names)
        self.version = "cascade-" + hashlib.sha256("|".join(parts).encode()).hexdigest()[:12]

    @classmethod
    def load(cls, sentiment: SentimentPort, meanings: Meanings | None = None) -> Cascade:
        """Return the cascade with all detectors and the bundled models; `meanings` give doubtful lines a second look.

        Raises:
            TextModelInvalid: a model file is missing or damaged.
        """
        rules: list[Detector] = [
            FloodDetector(), RepostDetector(), PromotionDetector(), ScamDetector(),
            ThreatDetector(), PrivacyDetector(), SexualDetector(),
        ]  # fmt: skip
        return cls(sentiment, rules, RoomReader.load(meanings))

    def with_room(self, room: RoomReader) -> Cascade:
        """Return the same cascade with another room model, to try it."""
        return Cascade(self._sentiment, self._detectors, room)

    def read(self, messages: Sequence[MessageInput], contexts: Sequence[Context] | None = None) -> list[MessageReading]:
        """Return one reading for each message, in order, in the light of `contexts` where they are known already.

        Without them `weigh` does it later, for those that something was found in.
        """
        if not messages:
            return []
        with self.costs.timed("normalise", len(messages)) as normalising:
            plain = [normalise(message.text[:_MAX_CHARS]) for message in messages]
            languages = [detect_language(message.text) for message in messages]
        open_to_models = [row for row, message in enumerate(messages) if message.models_allowed]
        with self.costs.timed("rules", len(messages)) as ruling:
            signals = self._rule_signals(messages, plain, open_to_models)
            asked = [
                questions.is_question(form.text, language) for form, language in zip(plain, languages, strict=True)
            ]
        around = [
            _around(message, context) for message, context in zip(messages, contexts or (), strict=contexts is not None)
        ]
        with self.costs.timed("models", len(open_to_models)) as modelling:
            sentiment = np.tile([0.0, 1.0, 0.0], (len(messages), 1))
            sentiment[open_to_models] = self._sentiment.predict(
                [messages[row].text for row in open_to_models], [plain[row].text for row in open_to_models]
            )
            rooms = self._rooms(messages, plain, open_to_models, around)
        spent = _shares({"normalise": normalising, "rules": ruling, "models": modelling})
        readings = [
            _with_room(
                MessageReading(
                    message_id=message.id,
                    negative=float(sentiment[row, 0]),
                    neutral=float(sentiment[row, 1]),
                    positive=float(sentiment[row, 2]),
                    is_question=asked[row],
                    language=languages[row],
                    stage="local" if message.models_allowed else "rules",
                    signals=tuple(signals[row]),
                    disguises=plain[row].disguises,
                    cpu_microseconds=spent,
                ),
                rooms.get(row),
            )
            for row, message in enumerate(messages)
        ]
        self._count(readings)
        return [
            _asked_for(reading) if _is_answer(before) else reading
            for reading, before in zip(readings, around or [NOTHING] * len(readings), strict=True)
        ]

    def _rule_signals(
        self, messages: Sequence[MessageInput], plain: Sequence[Normalised], open_to_models: Sequence[int]
    ) -> list[list[Signal]]:
        signals: list[list[Signal]] = [[] for _ in messages]
        for detector in self._detectors:
            rows = open_to_models if detector.uses_model else range(len(messages))
            found = detector.find([messages[row] for row in rows], [plain[row] for row in rows])
            for row, some in zip(rows, found, strict=True):
                signals[row].extend(some)
        return signals

    def _rooms(
        self,
        messages: Sequence[MessageInput],
        plain: Sequence[Normalised],
        rows: Sequence[int],
        around: Sequence[Before],
    ) -> dict[int, RoomFinding]:
        """Return what the room model says, by row; nothing of messages that models may not read."""
        if self._room is None:
            return {}
        before = [around[row] for row in rows] if around else None
        found = self._room.read([messages[row] for row in rows], [plain[row] for row in rows], before)
        return dict(zip(rows, found, strict=True))

    def _count(self, readings: Sequence[MessageReading]) -> None:
        """Note which stage settled what; what is still open is the last one's."""
        embedded = sum(reading.embedded for reading in readings)
        self.costs.add("meaning", StageCost(messages=embedded, decided=embedded))
        rules = sum(reading.stage == "rules" for reading in readings)
        self.costs.decided("rules", rules)
        self.costs.decided("models", len(readings) - embedded - rules)

    def weigh(self, message: MessageInput, reading: MessageReading, context: Context) -> MessageReading:
        """Return `reading` in the light of what stood before: an offer that somebody asked for is no advert."""
        if not (reading.signals or reading.uncertain):
            return reading
        with self.costs.timed("context", 1):
            before = _around(message, context)
            if self._room is not None and (before.by_others or before.own) and reading.stage == "local":
                plain = normalise(message.text[:_MAX_CHARS])
                [found] = self._room.read([message], [plain], [before])
                kept = tuple(signal for signal in reading.signals if signal.detector != self._room.name)
                reading = _with_room(replace(reading, signals=kept), found)
            return _asked_for(reading) if _is_answer(before) else reading

    @property
    def best_thresholds(self) -> Mapping[str, float]:
        """Return from which probability on a yes gave the best F1, by group; empty without a room model."""
        return {} if self._room is None else self._room.best_thresholds

    def grey_groups(self, reading: MessageReading) -> dict[str, tuple[float, float, float]]:
        """Return (probability, low, high) of `offensive` and `solicitation` where the local models are not sure."""
        if self._room is None or reading.stage != "local" or not reading.uncertain:
            return {}
        return self._room.grey(reading)

    def moved(
        self, message: MessageInput, reading: MessageReading, to: Mapping[str, float], by: str, context: Context
    ) -> MessageReading:
        """Return `reading` with the probabilities of groups moved by a dearer stage, which `by` names in the version.

        Everything else follows as if the local models had found it: the kind, the evidence, the thresholds.
        """
        if self._room is None or not to:
            return reading
        kept = tuple(signal for signal in reading.signals if signal.detector != self._room.name)
        found = self._room.moved(message, normalise(message.text[:_MAX_CHARS]), reading.probabilities, to)
        signals = tuple(replace(signal, version=f"{signal.version}+{by}") for signal in found.signals)
        alone = replace(reading, signals=signals, probabilities=found.probabilities)
        if _is_answer(_around(message, context)):
            alone = _asked_for(alone)  # what rules found was weighed before
        return replace(alone, signals=(*kept, *alone.signals))


def _shares(took: Mapping[str, Took]) -> Mapping[str, float]:
    """Return what each message of a batch bore of its stages, in microseconds of CPU."""
    return {stage: work.share_microseconds for stage, work in took.items()}


def _around(message: MessageInput, context: Context) -> Before:
    """Return what stood before, normalised, by whom; what is answered last."""
    around = [e for e in (*context.before, context.parent) if e is not None]
    if not around:
        return NOTHING
    before = [(e.sender_id, normalise(e.text[:_MAX_CHARS]).text) for e in around]
    return Before(
        tuple(text for sender, text in before if sender != message.sender_id),
        tuple(text for sender, text in before if sender == message.sender_id),
    )


def _is_answer(before: Before) -> bool:
    return any(_ASKS_FOR_OFFER.search(text) for text in before.by_others)


def _with_room(reading: MessageReading, found: RoomFinding | None) -> MessageReading:
    """Add what the room model found; without it the rules' word on questions stands."""
    if found is None:
        return reading
    return replace(
        reading,
        is_question=found.is_question,
        signals=(*reading.signals, *found.signals),
        probabilities=found.probabilities,
        embedded=found.embedded,
        uncertain=found.uncertain,
    )


def _asked_for(reading: MessageReading) -> MessageReading:
    """Weigh down what looks like an advert, whoever found it."""
    kept: list[Signal] = []
    for signal in reading.signals:
        if signal.category is not Category.UNSOLICITED_PROMOTION:
            kept.append(signal)
            continue
        score = signal.score * _ASKED_FOR
        if score >= FLAG_SCORE:
            kept.append(replace(signal, score=score, opens_case=score >= max(signal.threshold, CASE_SCORE)))
    return replace(reading, signals=tuple(kept))
