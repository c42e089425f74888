"""Planted in what reads chat: moderation, sentiment, reading, base rates, care, claims, atmosphere and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.models import AtmosphereReading
from copilot.atmosphere.thresholds import Watch
from copilot.moderation.room import RoomReading
from eval.controls import shuffle_times
from eval.metrics.classification import majority
from eval.planted.plot import Ground, Planted
from eval.readers import read_room, room_model
from eval.scores import Figure
from eval.suites import alerts, atmosphere, base_rate, care, claims, moderation, reading, sentiment
from eval.train.cards import CALM
from eval.train.corpora import Line, room_lines

_ROOMS = 75
_NEVER, _ALWAYS = 1e9, 0.0


# Moderation ---------------------------------------------------------------------------------------------------------


def _cases(ground: Ground) -> list[Figure]:
    return moderation.sample_figures(ground.world)[0]


@lru_cache(maxsize=1)
def _scored(ground: Ground) -> tuple[list[set[str]], NDArray[np.float64]]:
    """Return the labels of the sample's messages, and how offensive the words of each are by themselves."""
    texts, labels = moderation.sample_labels(ground.world)
    return labels, read_room(texts, two_stages=False).calibrated("offensive")


def _flags(ground: Ground, threshold: float, *, flipped: bool = False) -> list[Figure]:
    """Return the figures of a detector of attacks with this threshold, on the words alone; `flipped`: below it."""
    labels, scores = _scored(ground)
    over = (scores < threshold) if flipped else (scores >= threshold)
    flagged: list[AbstractSet[str]] = [frozenset({"insult"}) if one else frozenset() for one in over]
    return moderation.case_figures(labels, flagged)


def _flipped(ground: Ground) -> list[Figure]:
    return _flags(ground, room_model().threshold("offensive", "case"), flipped=True)


# Sentiment ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _classes(ground: Ground) -> tuple[list[int], list[int]]:
    truth, predicted, _ = sentiment.sample_classes(ground.world)
    return truth, predicted


def _moods(ground: Ground) -> list[Figure]:
    truth, predicted = _classes(ground)
    return sentiment.sentiment_figures("sentiment.sample", truth, predicted)


def _one_mood(ground: Ground) -> list[Figure]:
    truth, _ = _classes(ground)
    return sentiment.sentiment_figures("sentiment.sample", truth, majority(truth))


# Single lines -------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _lines() -> tuple[Line, ...]:
    return tuple(room_lines(frozenset({"test"})))


@lru_cache(maxsize=1)
def _read() -> RoomReading:
    return read_room([line.text for line in _lines()], [line.before for line in _lines()])


def _offences(found: RoomReading) -> list[Figure]:
    return reading.offence_figures(_lines(), found)


def _as_read(_ground: Ground) -> list[Figure]:
    return _offences(_read())


def _reversed(_ground: Ground) -> list[Figure]:
    return _offences(replace(_read(), table=_read().table[::-1]))


def _everything(_ground: Ground) -> list[Figure]:
    return _offences(replace(_read(), table=np.ones_like(_read().table)))


# Base rates ---------------------------------------------------------------------------------------------------------


def _quiet(flagged: NDArray[np.bool_]) -> list[Figure]:
    bad = np.array([bool(line.labels["offence"]) for line in _lines()])
    calm = ~bad & np.array([line.slice in CALM for line in _lines()])
    return base_rate.quiet("base_rate.attacks.everyday.as_shipped", _lines(), bad, calm, flagged)


def _as_shipped(_ground: Ground) -> list[Figure]:
    return _quiet(_read().calibrated("offensive") >= room_model().threshold("offensive", "case"))


def _every_tenth(_ground: Ground) -> list[Figure]:
    scores = _read().calibrated("offensive")
    return _quiet(scores >= np.quantile(scores, 0.9) * 0.1)


# Care ---------------------------------------------------------------------------------------------------------------


def _calls(came: bool | None) -> list[Figure]:
    """Return the figures of care that sees to everything, to nothing, or to what the product shows it (None)."""
    labels = [line.labels["distress"] for line in _lines()]
    if came is not None:
        return care.care_figures(labels, [came] * len(labels))
    return care.care_figures(labels, _called())


@lru_cache(maxsize=1)
def _called() -> list[bool]:
    return [sign is not None for sign in care.signs_of(_lines(), _read())]


# Claims -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _judged() -> list[dict[str, Any]]:
    return [row for row in claims.judged_pairs() if row["split"] == "test"]


def _claims(got: str | None) -> list[Figure]:
    rows = _judged()
    return claims.pair_figures("test", rows if got is None else [{**row, "got": got} for row in rows])


def _wrong_source(_ground: Ground) -> list[Figure]:
    rows = _judged()
    return claims.pair_figures("test", [{**row, "named": rows[at - 1]["named"]} for at, row in enumerate(rows)])


# Atmosphere and alerts ----------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _readings(ground: Ground) -> dict[datetime, AtmosphereReading]:
    return atmosphere.read_windows(ground.world)


def _windows(ground: Ground) -> list[Figure]:
    return atmosphere.quarrel_figures("atmosphere", _readings(ground))


def _windows_shuffled(ground: Ground) -> list[Figure]:
    world = ground.copy()
    shuffle_times(world.services.store, world.community_id)
    return atmosphere.quarrel_figures("atmosphere", atmosphere.read_windows(world))


def _one_window(ground: Ground) -> list[Figure]:
    readings = _readings(ground)
    usual = next(one for at, one in readings.items() if at != atmosphere.QUARREL and one.dimensions)
    return atmosphere.quarrel_figures("atmosphere", dict.fromkeys(readings, usual))


def _steady(level: float | None) -> list[Figure]:
    """Return how often rooms in which nothing changes are told of; with a level of alarm other than the usual one."""
    return [alerts.false_alarm_figure("steady", _opening_at(level), _ROOMS)]


def _shifted(level: float | None) -> list[Figure]:
    """Return in how many rooms a shift is seen."""
    return alerts.detected_figures("alerts.shift_3sd", 3, _opening_at(level), shuffled=False, rooms=_ROOMS)[:1]


def _shift_shuffled(_ground: Ground) -> list[Figure]:
    found = alerts.detected_figures("alerts.shift_3sd", 3, Watch(), shuffled=True, rooms=_ROOMS)
    return found[:1]


def _opening_at(level: float | None) -> Watch:
    return Watch() if level is None else replace(Watch(), open_at=((0, level),))


def _seen_as_usual(_ground: Ground) -> list[Figure]:
    return _shifted(None)


PLANTED: Sequence[Planted] = (
    Planted("moderation", "threshold flipped", "moderation.sample.false_flags_all", "flags what is calm, not what attacks", _flipped, _cases),
    Planted("moderation", "flags everything", "moderation.sample.false_flags_joke", "a threshold of 0", lambda g: _flags(g, _ALWAYS), _cases),
    Planted("moderation", "flags nothing", "moderation.sample.attack.recall", "a threshold out of reach", lambda g: _flags(g, _NEVER), _cases),
    Planted("sentiment", "always the commonest", "sentiment.sample.macro_f1", "one mood for every message", _one_mood, _moods),
    Planted("reading", "answers of other lines", "reading.chat.offensive.macro_f1", "good scores on the wrong lines", _reversed, _as_read),
    Planted("reading", "sure of everything", "reading.chat.offensive.calibration_error", "probability 1 for every line", _everything, _as_read),
    Planted("base_rate", "flags every tenth line", "base_rate.attacks.everyday.as_shipped.cases_per_1000", "more than moderators can read", _every_tenth, _as_shipped),
    Planted("care", "comes for nobody", "care.chat.recall", "no call for help is passed on", lambda _: _calls(False), lambda _: _calls(None)),
    Planted("care", "comes for everybody", "care.chat.in_vain", "every line is passed on", lambda _: _calls(True), lambda _: _calls(None)),
    Planted("claims", "always contradicts", "claims.test.contradicted.precision", "every message is said to be wrong", lambda _: _claims("contradicted"), lambda _: _claims(None)),
    Planted("claims", "never contradicts", "claims.test.contradicted.recall", "records are never looked at", lambda _: _claims("cannot_tell"), lambda _: _claims(None)),
    Planted("claims", "names another record", "claims.test.right_source", "right, for a wrong reason", _wrong_source, lambda _: _claims(None)),
    Planted("atmosphere", "the same every day", "atmosphere.quarrel_drop", "one reading for every window", _one_window, _windows),
    Planted("atmosphere", "times shuffled", "atmosphere.quarrel_drop", "the product, with the messages of all days mixed", _windows_shuffled, _windows, "control"),
    Planted("alerts", "always fires", "alerts.false_alarms_a_week.steady", "opens at any change", lambda _: _steady(0.5), lambda _: _steady(None)),
    Planted("alerts", "never fires", "alerts.shift_3sd.detected", "opens at none", lambda _: _shifted(_NEVER), _seen_as_usual),
    Planted("alerts", "shift shuffled", "alerts.shift_3sd.detected", "the product, with the days dealt out anew", _shift_shuffled, _seen_as_usual, "control"),
)  # fmt: skip
