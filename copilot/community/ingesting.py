"""Takes messages as they are said: a few at a time, each with a result of its own. Sending one twice changes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
)

from copilot.community.import_members import write_members
from copilot.community.import_messages import write_channels, write_messages, write_recalls
from copilot.community.import_options import DEFAULT_PLATFORM
from copilot.community.import_plan import Batch, PlannedMessage, Planner
from copilot.community.import_report import ImportReport
from copilot.community.import_scope import Scope, erased_people
from copilot.community.import_seen import SeenIds
from copilot.community.importers.base import ImportedChannel, ImportedMessage, ImportFormat, ImportKind
from copilot.community.store import Store
from copilot.community.text import clean_line, clean_text
from copilot.errors import InvalidInput, TooLarge
from copilot.settings import LimitSettings
from copilot.strict_fields import Moment

MAX_LINES = 1_000
MAX_BYTES = 2_000_000
_FIRST_YEAR = 1990
_AHEAD = timedelta(days=1)  # clocks differ; who is further ahead is wrong about the time, not ahead of it
_Id = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Outcome = Literal["stored", "updated", "unchanged", "recalled", "duplicate", "erased", "refused"]


class IncomingMessage(BaseModel):
    """A message as a platform tells of it; channel, message and sender go by the platform's own ids."""

    model_config = ConfigDict(extra="forbid")

    channel: _Id
    id: _Id = Field(description="of the message in its channel; sending the same again changes nothing")
    sent_at: Moment
    text: str = Field("", description="empty when only something without words was sent")
    sender: _Name = Field("", description="empty when nobody is known to have sent it")
    sender_name: _Name = ""
    channel_name: _Name = ""
    type: StrictInt = Field(0, ge=0, le=999, description="ChatLab's number: 0 text, 25 reply, 80 system")
    reply_to: _Name = Field("", description="id of the message it answers, in the same channel")
    mentions: list[_Id] = Field([], max_length=50)
    platform: str = Field(DEFAULT_PLATFORM, pattern=r"^[a-z0-9_-]{1,40}$")
    recalled: StrictBool = Field(default=False, description="it was taken back: its words go, whatever came before")


class LineResult(BaseModel):
    """What became of one line."""

    line: int = Field(description="from 1")
    outcome: Outcome = Field(
        description="duplicate: an earlier line of the same request; erased: its sender's data was deleted on request"
    )
    message_id: str | None = None
    field: str = ""
    reason: str = Field("", description="why it was refused")


class IngestReport(BaseModel):
    """What became of a request, line by line. Stored, updated and recalled messages are read in the background."""

    received: int
    counts: dict[Outcome, int]
    results: list[LineResult]


class MessageIngest:
    """Stores messages that arrive one by one or in small batches."""

    def __init__(self, store: Store, limits: LimitSettings) -> None:
        self._store = store
        self._limits = limits

    def take_one(self, community_id: str, body: bytes) -> IngestReport:
        """Store one message.

        Raises:
            InvalidInput: it is none; `data` names the field.
        """
        given = self._parsed(1, body)
        if isinstance(given, LineResult):
            field = f"#/{given.field}" if given.field else "#"
            raise InvalidInput(given.reason, field=field)
        return self._store_all(community_id, {1: given}, [])

    def take_lines(self, community_id: str, body: bytes) -> IngestReport:
        """Store one message a line; wrong lines are refused by themselves.

        Raises:
            TooLarge: more than 1,000 lines or 2 MB.
            InvalidInput: there is not one line.
        """
        if len(body) > MAX_BYTES:
            raise TooLarge(f"a batch of messages has at most {MAX_BYTES:,} bytes", limit=MAX_BYTES)
        lines = [(number, line) for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()]
        if len(lines) > MAX_LINES:
            raise TooLarge(f"a batch has at most {MAX_LINES:,} messages", limit=MAX_LINES)
        if not lines:
            raise InvalidInput("there is no message in it", field="#")
        good: dict[int, IncomingMessage] = {}
        refused: list[LineResult] = []
        for number, line in lines:
            given = self._parsed(number, line)
            if isinstance(given, LineResult):
                refused.append(given)
            else:
                good[number] = given
        return self._store_all(community_id, good, refused)

    def _parsed(self, line: int, text: bytes) -> IncomingMessage | LineResult:
        try:
            given = json.loads(text.decode("utf-8-sig" if line == 1 else "utf-8"))
        except UnicodeDecodeError:
            return LineResult(line=line, outcome="refused", reason="not UTF-8")
        except (ValueError, RecursionError):
            return LineResult(line=line, outcome="refused", reason="not JSON")
        try:
            message = IncomingMessage.model_validate(given)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            return LineResult(
                line=line, outcome="refused", field=field, reason=first["msg"].removeprefix("Value error, ")
            )
        return self._bounded(line, message)

    def _bounded(self, line: int, message: IncomingMessage) -> IncomingMessage | LineResult:
        most = self._limits.max_message_chars
        if len(message.text) > most:
            return LineResult(line=line, outcome="refused", field="text", reason=f"longer than {most:,} characters")
        if message.sent_at.year < _FIRST_YEAR or message.sent_at > self._store.clock.now() + _AHEAD:
            reason = f"not between {_FIRST_YEAR} and a day from now"
            return LineResult(line=line, outcome="refused", field="sent_at", reason=reason)
        if not clean_line(message.id) or not clean_line(message.channel):
            return LineResult(line=line, outcome="refused", field="id", reason="nothing of it can be stored")
        return message

    def _store_all(
        self, community_id: str, given: dict[int, IncomingMessage], refused: Sequence[LineResult]
    ) -> IngestReport:
        results = [*refused, *(self._written(community_id, given) if given else [])]
        results.sort(key=lambda result: result.line)
        counts: dict[Outcome, int] = {}
        for result in results:
            counts[result.outcome] = counts.get(result.outcome, 0) + 1
        return IngestReport(received=len(results), counts=counts, results=results)

    def _written(self, community_id: str, given: dict[int, IncomingMessage]) -> list[LineResult]:
        results: list[LineResult] = []
        batch = Batch()
        with SeenIds() as seen:
            planner = Planner(community_id, DEFAULT_PLATFORM, seen)
            for line, message in given.items():
                planner.add(_channel(line, message), batch)
                doubles = batch.duplicates
                planner.add(_record(line, message), batch)
                if batch.duplicates > doubles:
                    results.append(LineResult(line=line, outcome="duplicate"))
            report = ImportReport(format=ImportFormat.JSONL, kind=ImportKind.CHAT)
            with self._store.write(community_id) as unit:
                erased = erased_people(batch, unit, planner)
                scope = Scope(unit, planner, report, self._limits, erased)
                write_members(batch.members, scope)
                write_channels(batch.channels, scope)
                written = write_messages(batch.messages, scope)
                write_recalls(batch.recalls, scope)
        outcomes: dict[str, Outcome] = dict.fromkeys(written.inserted, "stored")
        outcomes |= dict.fromkeys(written.updated, "updated")
        outcomes |= dict.fromkeys(written.unchanged, "unchanged")

        def told(planned: PlannedMessage, outcome: Outcome) -> LineResult:
            gone = planned.sender in erased
            return LineResult(
                line=planned.line, outcome="erased" if gone else outcome,
                message_id=None if gone else planned.row["id"],
            )  # fmt: skip

        results += [told(planned, outcomes.get(planned.row["id"], "erased")) for planned in batch.messages.values()]
        results += [told(recall.tombstone, "recalled") for recall in batch.recalls]
        return results


def _channel(line: int, message: IncomingMessage) -> ImportedChannel:
    return ImportedChannel(line, message.platform, clean_line(message.channel), clean_line(message.channel_name))


def _record(line: int, message: IncomingMessage) -> ImportedMessage:
    return ImportedMessage(
        line=line, platform=message.platform, channel=clean_line(message.channel), external_id=clean_line(message.id),
        sender=clean_line(message.sender), sender_name=clean_line(message.sender_name),
        sent_at=message.sent_at.astimezone(UTC), type=message.type, text=clean_text(message.text),
        reply_to=clean_line(message.reply_to), mentions=tuple(clean_line(who) for who in message.mentions),
        recalled=message.recalled,
    )  # fmt: skip
