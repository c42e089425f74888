"""Writes imported channels and messages, and takes recalled messages back for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, cast, delete, or_

from copilot.community.aspects import take_back_message
from copilot.community.case_records import forget_words
from copilot.community.import_plan import PlannedMessage, PlannedRecall
from copilot.community.import_scope import Scope
from copilot.community.models import MessageType
from copilot.community.replays import drop_replays
from copilot.community.store import Unit, UpsertResult
from copilot.community.tables import Channel, Match, Message, Reading, TopicSuggestion


def write_channels(channels: Mapping[str, dict[str, Any]], scope: Scope) -> None:
    """Upsert channels; a name or purpose that somebody gave already stays."""
    if not channels:
        return

    def merge(row: Channel, given: Mapping[str, Any]) -> Mapping[str, Any]:
        kept = {} if row.name not in {"", row.external_id} else {"name": given["name"]}
        return kept if row.purpose else kept | {"purpose": given["purpose"]}

    for channel_id, row in channels.items():
        scope.report.saw_channel(channel_id, row["name"])
    rows = [{**row, "created_at": scope.unit.now} for row in channels.values()]
    scope.report.count("channels", scope.unit.upsert(Channel, rows, merge=merge, dry_run=scope.dry_run))


def write_messages(messages: Mapping[str, PlannedMessage], scope: Scope) -> UpsertResult:
    """Upsert messages and return which; one that was taken back stays empty whatever an older export says."""
    rows = []
    for message in messages.values():
        if message.sender in scope.erased:
            scope.report.skip("erased")
            continue
        mentions = [scope.planner.member_id(key) for key in message.mentions if key not in scope.erased]
        rows.append({**message.row, "mentions": mentions})
    if not rows:
        return UpsertResult()
    result = scope.unit.upsert(Message, rows, merge=_merged, dry_run=scope.dry_run)
    scope.report.count("messages", result)
    return result


def _merged(row: Message, given: Mapping[str, Any]) -> Mapping[str, Any]:
    if row.recalled_at is not None:
        return {}
    # An export that does not know replies must not cut the threads that another one brought.
    return {name: value for name, value in given.items() if name != "reply_to_id" or value is not None}


def write_recalls(recalls: list[PlannedRecall], scope: Scope) -> None:
    """Empty the messages that were taken back; where one is not there yet, leave a tombstone in its place."""
    wanted = [recall for recall in recalls if recall.tombstone.sender not in scope.erased]
    scope.report.skip("erased", len(recalls) - len(wanted))
    if not wanted:
        return
    stored = scope.unit.get_many(Message, [recall.message_id for recall in wanted])
    result = UpsertResult()
    emptied: list[str] = []
    for recall in wanted:
        message = stored.get(recall.message_id)
        if message is not None and message.recalled_at is not None:
            result.unchanged.append(recall.message_id)
            continue
        scope.report.recalled += 1
        if message is not None:
            result.updated.append(recall.message_id)
            if not scope.dry_run:
                _empty(scope.unit, message, recall.tombstone.row["recalled_at"])
                emptied.append(message.id)
        elif scope.dry_run and recall.earlier_in_file:
            result.updated.append(recall.message_id)
        else:
            result.inserted.append(recall.message_id)
            if not scope.dry_run:
                scope.unit.add(Message(**recall.tombstone.row))
    if not scope.dry_run:
        drop_replays(scope.unit, emptied)  # once for all: every stored answer is searched
        scope.unit.session.flush()
    scope.report.count("messages", result)


def take_back(unit: Unit, message: Message, recalled_at: datetime) -> None:
    """Empty a message that its author took back, and drop what was derived from its text.

    Undecided cases go with it; decided ones keep verdict and action but no longer quote it. Topics that quote it go, proposals to answer it, what
    was taken into the author's profile from it, and stored answers to requests, which would be replayed word for word.
    """
    _empty(unit, message, recalled_at)
    drop_replays(unit, [message.id])


def _empty(unit: Unit, message: Message, recalled_at: datetime) -> None:
    message.text = ""
    message.type = MessageType.RECALLED
    message.mentions = []
    message.recalled_at = recalled_at
    reading = unit.find(Reading, message.id)
    if reading is not None:
        unit.session.delete(reading)
    quoted = and_(
        TopicSuggestion.member_id == message.sender_id, cast(TopicSuggestion.content, Text).contains(message.id)
    )
    unit.session.execute(delete(TopicSuggestion).where(or_(TopicSuggestion.question_id == message.id, quoted)))
    unit.session.execute(delete(Match).where(Match.kind == "thread", Match.target_id == message.id))
    take_back_message(unit, message)
    forget_words(unit, message.id)
