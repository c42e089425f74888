"""When a channel is awake: the hours in which most is written, or no reading where too little was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.channels import find_channel
from copilot.community.conversation import visible
from copilot.community.store import Unit
from copilot.community.tables import Message
from copilot.matching.audiences.models import AwakeHours
from copilot.matching.records import Setting
from copilot.matching.wording import AWAKE, NO_READING

WINDOW = timedelta(days=28)
# The newest are enough: hours are a habit.
_MOST_MESSAGES = 20_000
_HOURS = 3
# Fewer say more about one evening than about a habit.
_FEWEST_MESSAGES, _FEWEST_DAYS = 50, 5


def read_awake_hours(unit: Unit, setting: Setting, channel: str | None = None) -> AwakeHours:
    """Return the busiest hours of a channel (its id, external id or name), or of all channels together.

    Raises:
        NotFound: there is no such channel.
        Conflict: the name is that of several.
    """
    channel_id = None if channel is None else find_channel(unit, channel).id
    statement = select(Message.sent_at).where(
        visible(), Message.sent_at > setting.now - WINDOW, Message.sent_at <= setting.now
    )
    if channel_id is not None:
        statement = statement.where(Message.channel_id == channel_id)
    newest = statement.order_by(Message.sent_at.desc()).limit(_MOST_MESSAGES)
    return awake_hours(list(unit.session.scalars(newest)), setting, channel_id)


def awake_hours(moments: Sequence[datetime], setting: Setting, channel_id: str | None = None) -> AwakeHours:
    """Return the three hours of the day with the most of these moments; ties go to the earlier hour.

    Fewer than 50 messages, or messages on fewer than 5 days, give no reading.
    """
    zone = ZoneInfo(setting.timezone)
    local = [moment.astimezone(zone) for moment in moments]
    days = len({moment.date() for moment in local})
    counted = {"channel_id": channel_id, "messages": len(local), "days": days}
    if len(local) < _FEWEST_MESSAGES or days < _FEWEST_DAYS:
        text = NO_READING[setting.locale].format(messages=len(local), days=days)
        return AwakeHours(hours=[], share=None, text=text, **counted)
    by_hour = Counter(moment.hour for moment in local)
    hours = sorted(by_hour, key=lambda hour: (-by_hour[hour], hour))[:_HOURS]
    share = round(sum(by_hour[hour] for hour in hours) / len(local), 4)
    told = ("、" if setting.locale == "zh-CN" else ", ").join(
        f"{hour:02d}:00-{(hour + 1) % 24:02d}:00" for hour in hours
    )
    text = AWAKE[setting.locale].format(hours=told, share=f"{share:.0%}", messages=len(local), days=days)
    return AwakeHours(hours=hours, share=share, text=text, **counted)
