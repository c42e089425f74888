"""What is read: the whole community, a group of channels, or one channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.atmosphere.models import Kind
from copilot.atmosphere.windows import Stretch
from copilot.atmosphere.wording import Locale
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Channel
from copilot.errors import InvalidInput, NotFound

GROUP = "group"  # the channels' attribute that puts them into one


@dataclass(frozen=True)
class Room:
    """A part of a community that is read as one."""

    community_id: str
    locale: Locale
    zone: ZoneInfo
    kind: Kind
    channel_id: str | None = None
    channel_name: str | None = None
    group: str = ""
    channel_ids: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """What tells rooms of one community apart; empty for the whole."""
        return f"group:{self.group}" if self.group else self.channel_id or ""

    @property
    def is_whole(self) -> bool:
        """Whether this is the whole community."""
        return not self.key

    @property
    def name(self) -> str:
        """What people call it; empty for the whole."""
        return self.group or self.channel_name or ""

    def part(self, stretch: Stretch) -> Stretch:
        """Return what was said in this room."""
        if self.group:
            return stretch.of_channels(self.channel_ids)
        return stretch if self.channel_id is None else stretch.of_channel(self.channel_id)


def whole(unit: Unit) -> Room:
    """Return the whole community.

    Raises:
        NotFound: it does not exist.
    """
    row = unit.community()
    locale: Locale = "en" if row.locale == "en" else "zh-CN"
    return Room(row.id, locale, ZoneInfo(row.timezone), "heavy" if row.kind == "heavy" else "light")


def for_reader(unit: Unit, room: Room) -> Room:
    """Return the room as it is spoken of to whoever reads now."""
    return replace(room, locale=reader_locale(unit))


def find_room(unit: Unit, channel_id: str | None, group: str | None) -> Room:
    """Return the room that is meant: a channel, a group, or the whole community.

    Raises:
        NotFound: there is no such community, channel or group.
        InvalidInput: both a channel and a group.
    """
    room = whole(unit)
    if channel_id is not None and group is not None:
        raise InvalidInput("name a channel or a group, not both", field="group")
    if channel_id is not None:
        return of_channel(room, unit.get(Channel, channel_id))
    if group is None:
        return room
    found = next((one for one in groups(room, unit.session.scalars(select(Channel))) if one.group == group), None)
    if found is None:
        raise NotFound(f"no channel is in a group {group!r}", kind="group", id=group)
    return found


def of_channel(room: Room, channel: Channel) -> Room:
    """Return one channel of the community."""
    return replace(room, channel_id=channel.id, channel_name=channel.name)


def groups(room: Room, channels: Iterable[Channel]) -> list[Room]:
    """Return the groups these channels are in, by name."""
    found: dict[str, set[str]] = {}
    for channel in channels:
        name = (channel.attributes or {}).get(GROUP)
        if isinstance(name, str) and name:
            found.setdefault(name, set()).add(channel.id)
    return [replace(room, group=name, channel_ids=frozenset(found[name])) for name in sorted(found)]
