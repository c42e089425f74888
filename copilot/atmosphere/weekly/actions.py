"""At most three things to do, most urgent first, each with who does it and a cited passage. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator

from copilot.atmosphere.weekly.excerpts import cut
from copilot.atmosphere.weekly.models import Action, ActionSource, Step, WeeklySnapshot
from copilot.atmosphere.weekly.wording import ACTION_WHY, figure
from copilot.atmosphere.wording import Locale

MOST = 3
QUESTIONS, LOAD, OWNER, PRAISE, SILENT, QUIET = (
    "room-actions#3", "stars#3", "room-actions#5", "atmosphere#5", "room-actions#1", "atmosphere#2",
)  # fmt: skip
# Every passage a report may cite; alerts bring their own.
PASSAGES = (QUESTIONS, LOAD, OWNER, PRAISE, SILENT, QUIET)
_LEAST_OPEN = 1
_MANY_SILENT = 0.5


def actions(snapshot: WeeklySnapshot, locale: Locale) -> list[Action]:
    """Return the first three that the week gives reason for, no passage twice."""
    found: list[Action] = []
    for action in _candidates(snapshot, locale):
        if action.passage_id not in {one.passage_id for one in found}:
            found.append(action)
        if len(found) == MOST:
            break
    return found


def _candidates(snapshot: WeeklySnapshot, locale: Locale) -> Iterator[Action]:
    for alert in sorted(snapshot.alerts, key=lambda one: (-one.seriousness, one.id)):
        if alert.step is not None:
            yield _action("alert", alert.sentence, alert.who, alert.step, alert.id)
    suggestion = snapshot.reading.suggestion
    if suggestion is not None:
        step = Step(passage_id=suggestion.passage_id, heading=suggestion.heading, text=suggestion.passage)
        yield _action("target", suggestion.sentence, _who(snapshot, suggestion.dimension), step)
    lonely = sum(not question.followed for question in snapshot.questions)
    values = {
        "open": snapshot.open_count, "asked": snapshot.question_count, "lonely": lonely, "best": len(snapshot.best),
        "loaded": len(snapshot.carried.loaded), "silent": _silent(snapshot, locale),
        "speakers": snapshot.reading.counts.speakers,
    }  # fmt: skip
    reasons: list[tuple[bool, ActionSource, str, str, str]] = [
        (lonely >= _LEAST_OPEN, "questions", "questions", QUESTIONS, "interaction_quality"),
        (bool(snapshot.carried.loaded), "load", "load", LOAD, "participation"),
        (snapshot.carried.owner_rises, "owner", "owner", OWNER, "participation"),
        (bool(snapshot.best), "habit", "praise", PRAISE, "content_quality"),
        (bool(values["silent"]), "habit", "silent", SILENT, "activity"),
        (snapshot.reading.no_reading is not None, "habit", "quiet", QUIET, "activity"),
    ]
    for holds, source, why, passage_id, dimension in reasons:
        passage = snapshot.steps.get(passage_id)
        if holds and passage is not None:
            yield _action(source, ACTION_WHY[locale][why].format(**values), _who(snapshot, dimension), passage)


def _action(source: ActionSource, why: str, who: str, step: Step, alert_id: str | None = None) -> Action:
    start, end = cut(step.text)
    return Action(
        source=source, why=why, who=who, passage_id=step.passage_id, heading=step.heading, quote=step.text[start:end],
        alert_id=alert_id,
    )  # fmt: skip


def _who(snapshot: WeeklySnapshot, dimension: str) -> str:
    return snapshot.takers.get(dimension) or snapshot.takers[""]


def _silent(snapshot: WeeklySnapshot, locale: Locale) -> str:
    """Return the share of silent members when it is surely more than half."""
    activity = snapshot.reading.dimensions.get("activity")
    silent = activity.measure("silent_share") if activity is not None else None
    if silent is None or silent.low is None or silent.low <= _MANY_SILENT:
        return ""
    return figure(silent.value, silent.unit, locale)
