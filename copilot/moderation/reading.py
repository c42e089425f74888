"""Reads messages that wait: takes stale marks, runs the cascade, and stores readings and cases in one transaction a batch.

The cascade runs outside of any write transaction. A mark is cleared by the token it was taken with, together with what
it led to: a kill between any two steps leaves the mark, and reading again writes the same rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, func, select, tuple_

from copilot.community.case_records import forget_words
from copilot.community.distress import CarePort, DistressSign
from copilot.community.models import MessageType
from copilot.community.store import Store, Unit
from copilot.community.tables import Channel, Member, Message, Reading, StaleMark
from copilot.moderation.calibrating.tuning import Tuning, tuning_of
from copilot.moderation.cascade import Cascade
from copilot.moderation.claims.marks import mark_claims
from copilot.moderation.distress import sign_of
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.grey import GreyItem, GreyReader
from copilot.moderation.history import context_of, recent_of_senders
from copilot.moderation.intake import Intake
from copilot.moderation.models import Context, FoundBy, MessageInput, MessageReading
from copilot.moderation.pattern_watch import is_noteworthy, mark_members

PURPOSE = "reading"
MAX_BATCH = 1_000
_CHUNK = 300
_PLACEHOLDER = re.compile(r"\s*\[[^\[\]\n]{1,12}\]\s*")
_STICKER_TYPE = 5  # ChatLab: an emoji or sticker, which does say something


@dataclass(frozen=True)
class ReadReport:
    """What one batch did.

    Attributes:
        taken: marks that were taken; 0 means nothing waits.
        read: messages that have a reading now.
        cases: cases opened or opened again; what joined a case that waits already is not counted.
        withdrawn: open cases that rest on nothing any more.
        remaining: marks that still wait.
    """

    taken: int
    read: int
    cases: int
    withdrawn: int
    remaining: int
    model_version: str


@dataclass(frozen=True)
class _Pending:
    """A batch as plain data: tokens of all marks, inputs of the readable messages, and what each answers."""

    tokens: dict[str, str]
    inputs: list[MessageInput]
    reply_to: dict[str, str | None]


@dataclass(frozen=True)
class _Result:
    reading: MessageReading
    context: Context


class PendingReader:
    """Works off the marks of purpose `reading`."""

    def __init__(
        self, store: Store, cascade: Cascade, care: CarePort | None = None, grey: GreyReader | None = None
    ) -> None:
        """`grey` is asked where the local models are not sure; without it their word stands."""
        self._store = store
        self._cascade = cascade
        self._care = care
        self._grey = grey

    def read(self, community_id: str, limit: int, is_cancelled: Callable[[], bool] | None = None) -> ReadReport:
        """Read up to `limit` messages, oldest marks first.

        Raises:
            ModelCancelled: `is_cancelled` said so while a language model was asked; the batch still waits.
        """
        with self._store.read(community_id) as unit:
            pending = _take(unit, limit)
        if not pending.tokens:
            return ReadReport(0, 0, 0, 0, 0, self._cascade.version)
        readings = self._cascade.read(pending.inputs)
        with self._store.read(community_id) as unit:
            results = self._weighed(unit, pending, readings)
            doubtful = self._doubtful(unit, pending, results)
        if self._grey is not None and doubtful:
            for message_id, reading in self._grey.read(community_id, doubtful, is_cancelled).items():
                results[message_id] = replace(results[message_id], reading=reading)
        with self._store.write(community_id) as unit:
            opened, withdrawn, read = self._write(unit, pending, results)
        with self._store.read(community_id) as unit:
            remaining = _count(unit)
        return ReadReport(len(pending.tokens), read, opened, withdrawn, remaining, self._cascade.version)

    def _weighed(self, unit: Unit, pending: _Pending, readings: Sequence[MessageReading]) -> dict[str, _Result]:
        found: dict[str, _Result] = {}
        for message, reading in zip(pending.inputs, readings, strict=True):
            context = Context()
            weighed = reading
            if reading.signals or reading.uncertain:
                context = context_of(unit, message, pending.reply_to[message.id])
                weighed = self._cascade.weigh(message, reading, context)
            found[message.id] = _Result(weighed, context)
        return found

    def _doubtful(self, unit: Unit, pending: _Pending, results: Mapping[str, _Result]) -> list[GreyItem]:
        """Return what a language model may be asked about, with as much of its context as may be shown."""
        if self._grey is None:
            return []
        asked = [(m, results[m.id]) for m in pending.inputs if self._grey.wants(m, results[m.id].reading)]
        lines = [line for _, result in asked for line in result.context.lines]
        senders = unit.get_many(Member, {line.sender_id for line in lines if line.sender_id is not None})
        return [
            GreyItem(
                message, result.reading, result.context,
                tuple(
                    line
                    for line in result.context.lines
                    if (line.sender_id is None or senders[line.sender_id].consent_ai)
                    and sign_of(line.text, {}, "") is None
                ),
            )
            for message, result in asked
        ]  # fmt: skip

    def _write(self, unit: Unit, pending: _Pending, results: Mapping[str, _Result]) -> tuple[int, int, int]:
        """Store everything of the batch whose marks are still the ones taken."""
        still = _clear(unit, pending.tokens)
        messages = unit.get_many(Message, still)
        readings = unit.get_many(Reading, still)
        if self._care is not None:
            # Before any case is opened, so that none quotes what is private.
            self._care.take(unit, messages, self._signs(messages, results))
        intake = Intake(unit, messages)
        tuning = tuning_of(unit)
        opened = withdrawn = read = 0
        noteworthy: set[str] = set()
        for message_id, message in messages.items():
            result = results.get(message_id)
            row = readings.get(message_id)
            if result is None or result.reading.stage == "rules":
                if row is not None:
                    unit.session.delete(row)
            else:
                self._store_reading(unit, row, result.reading)
                read += 1
            if message.recalled_at is not None:
                forget_words(unit, message_id)
                continue
            if result and message.sender_id is not None and _is_noteworthy(message, result):
                noteworthy.add(message.sender_id)
            drafts = _drafts(result, tuning) if result else []
            withdrawn += intake.withdraw(message_id, {draft.category for draft in drafts})
            opened += sum(intake.take(draft).is_new for draft in drafts)
        mark_members(unit, noteworthy)
        mark_claims(unit, (m for m in messages.values() if _may_be_checked(m, results.get(m.id))))
        return opened, withdrawn, read

    def _signs(self, messages: Mapping[str, Message], results: Mapping[str, _Result]) -> dict[str, DistressSign]:
        """Return which messages somebody who cares should see; those of members who refuse models are not looked at."""
        found: dict[str, DistressSign] = {}
        for message_id, message in messages.items():
            result = results.get(message_id)
            if result is None or result.reading.stage == "rules" or message.recalled_at is not None:
                continue
            sign = sign_of(message.text, result.reading.probabilities, self._cascade.version)
            if sign is not None:
                found[message_id] = sign
        return found

    def _store_reading(self, unit: Unit, row: Reading | None, reading: MessageReading) -> None:
        values: dict[str, Any] = {
            "model_version": self._cascade.version,
            "negative": round(reading.negative, 4),
            "neutral": round(reading.neutral, 4),
            "positive": round(reading.positive, 4),
            "categories": reading.categories,
            "is_question": reading.is_question,
            "language": reading.language,
            "stage": reading.stage,
        }
        if row is None:
            unit.add(Reading(message_id=reading.message_id, read_at=unit.now, **values))
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.read_at = unit.now


def mark_for_reading(unit: Unit, message_ids: Sequence[str]) -> None:
    """Note that these messages must be read again."""
    unit.mark_stale([(PURPOSE, "message", message_id) for message_id in message_ids])


def _take(unit: Unit, limit: int) -> _Pending:
    statement = (
        select(StaleMark.record_id, StaleMark.token)
        .where(StaleMark.purpose == PURPOSE)
        .order_by(StaleMark.marked_at, StaleMark.record_id)
        .limit(limit)
    )
    tokens = {row.record_id: row.token for row in unit.session.execute(statement)}
    messages = [m for m in unit.get_many(Message, tokens).values() if is_readable(m)]
    return _Pending(tokens, inputs_of(unit, messages), {m.id: m.reply_to_id for m in messages})


def inputs_of(unit: Unit, messages: Sequence[Message]) -> list[MessageInput]:
    """Return messages as the cascade takes them, oldest first."""
    channels = unit.get_many(Channel, [m.channel_id for m in messages])
    senders = unit.get_many(Member, [m.sender_id for m in messages if m.sender_id is not None])
    recent = recent_of_senders(unit, messages)
    return [
        MessageInput(
            id=m.id,
            channel_id=m.channel_id,
            sender_id=m.sender_id,
            sent_at=m.sent_at,
            text=m.text,
            promo_allowed=channels[m.channel_id].promo_allowed,
            models_allowed=m.sender_id is None or senders[m.sender_id].consent_ai,
            recent=recent.get(m.id, ()),
        )
        for m in sorted(messages, key=lambda m: (m.sent_at, m.id))
    ]


def is_readable(message: Message) -> bool:
    """Whether somebody said something here that may be read: no system line, nothing recalled or hidden, no bare media."""
    if message.recalled_at is not None or message.hidden_at is not None or not message.text.strip():
        return False
    if message.type in {MessageType.SYSTEM, MessageType.RECALLED}:
        return False
    spoken = message.type in {MessageType.TEXT, MessageType.REPLY, _STICKER_TYPE}
    return spoken or _PLACEHOLDER.fullmatch(message.text) is None


def _clear(unit: Unit, tokens: Mapping[str, str]) -> list[str]:
    """Remove the marks that are still the ones taken and return their message ids."""
    still: list[str] = []
    pairs = list(tokens.items())
    for start in range(0, len(pairs), _CHUNK):
        same = tuple_(StaleMark.record_id, StaleMark.token).in_(pairs[start : start + _CHUNK])
        # Locked, so that of two readers at work on one batch the second finds the marks gone.
        held = select(StaleMark.record_id).where(StaleMark.purpose == PURPOSE, same).with_for_update()
        still.extend(unit.session.scalars(held))
        unit.session.execute(delete(StaleMark).where(StaleMark.purpose == PURPOSE, same))
    return still


def _count(unit: Unit) -> int:
    statement = select(func.count()).select_from(StaleMark).where(StaleMark.purpose == PURPOSE)
    return unit.session.scalar(statement) or 0


def _may_be_checked(message: Message, result: _Result | None) -> bool:
    return message.recalled_at is None and result is not None and result.reading.stage != "rules"


def _is_noteworthy(message: Message, result: _Result) -> bool:
    return is_noteworthy(message, result.reading.categories, result.reading.negative)


def _drafts(result: _Result, tuning: Tuning) -> list[CaseDraft]:
    """Return a draft for each category that a detector is certain enough of to ask a person."""
    return [
        CaseDraft(
            found_by=FoundBy.SIGNAL, category=category, score=judged.score, severity=judged.signal.severity,
            detector=judged.signal.detector, version=judged.signal.version, threshold=judged.threshold,
            evidence=(
                Evidence(
                    result.reading.message_id, judged.signal.start, judged.signal.end, tuple(result.context.ids)
                ),
            ),
            raw_score=judged.raw_score, tuning_version=judged.version,
        )
        for category, judged in tuning.judge(result.reading).items()
        if judged.opens_case
    ]  # fmt: skip
