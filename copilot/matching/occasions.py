"""Coming events and questions in chat as matching sees them: parties that are no members and own nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from copilot.community.conversation import is_visible
from copilot.community.private import private_among
from copilot.community.store import Unit
from copilot.community.tables import Channel, Event, Member, Message, Reading
from copilot.community.text import clean_line
from copilot.matching.records import Party, Setting, Statement
from copilot.matching.scores.background import text_language
from copilot.matching.track_record import recency

OPEN, ANSWERED, RECALLED = "open", "answered", "recalled"
_ONLINE = frozenset(
    {"", "线上", "網上", "线上直播", "online", "remote", "virtual", "zoom", "tencent meeting", "腾讯会议"}
)
_TITLE_CHARS = 40


def read_events(unit: Unit, setting: Setting, event_ids: Iterable[str]) -> dict[str, Party]:
    """Return the events that exist, whatever their state, by id."""
    return {row.id: _event(row, setting) for row in unit.get_many(Event, event_ids).values()}


def read_threads(
    unit: Unit, setting: Setting, message_ids: Iterable[str], open_ids: Collection[str]
) -> dict[str, Party]:
    """Return the questions that exist or were taken back, by id; open are those in `open_ids` that are still seen.

    A message without a known sender has nobody who agreed to anything and is left out.
    """
    rows = unit.get_many(Message, message_ids)
    readings = unit.get_many(Reading, rows)
    senders = unit.get_many(Member, [row.sender_id for row in rows.values() if row.sender_id])
    channels = unit.get_many(Channel, [row.channel_id for row in rows.values()])
    private = private_among(unit, rows)
    found = {}
    for row in rows.values():
        sender = senders.get(row.sender_id or "")
        reading = readings.get(row.id)
        # What was taken back has no reading any more.
        is_question = not is_visible(row) if reading is None else reading.is_question
        if sender is not None and is_question:
            found[row.id] = _thread(
                row, sender, channels[row.channel_id], setting, is_open=row.id in open_ids, is_private=row.id in private
            )
    return found


def when(starts_at: datetime, setting: Setting) -> str:
    """Return the moment an event begins in the community's own time, as events are announced."""
    local = starts_at.astimezone(ZoneInfo(setting.timezone))
    if setting.locale == "en":
        return f"{local.day} {local:%B %Y, %H:%M}"
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _event(row: Event, setting: Setting) -> Party:
    text = "\n".join(part for part in (row.title, row.goal) if part.strip())
    return Party(
        id=row.id, kind="event", name=row.title, person_id=row.host_id, consent_match=True, consent_ai=True,
        visibility="community", city="" if row.city.strip().lower() in _ONLINE else row.city, status=row.status,
        capacity=row.capacity, starts_at=row.starts_at, ends_at=row.ends_at,
        offers=(Statement(row.id, "event", text),), skills=(when(row.starts_at, setting),), type=row.format,
    )  # fmt: skip


def _thread(
    row: Message, sender: Member, channel: Channel, setting: Setting, *, is_open: bool, is_private: bool
) -> Party:
    seen = is_visible(row) and not is_private  # one proposed before it was private is as if taken back
    status = RECALLED if not seen else OPEN if is_open else ANSWERED
    asked = (Statement(row.id, "question", row.text),) if seen and row.text.strip() else ()
    return Party(
        id=row.id, kind="thread", name=clean_line(row.text)[:_TITLE_CHARS] if seen else "", person_id=sender.id,
        consent_match=sender.consent_match is True, consent_ai=sender.consent_ai, visibility=sender.visibility,
        language=text_language(row.text), status=status, starts_at=row.sent_at, wants=asked,
        recency=recency(setting.now, [row.sent_at]), type=channel.name, keywords=sender.name,
    )  # fmt: skip
