"""Finding a channel by what people call it."""

from __future__ import annotations

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Channel
from copilot.errors import Conflict, NotFound


def find_channel(unit: Unit, name: str) -> Channel:
    """Return the channel with this id, external id or name, looked for in that order.

    Raises:
        NotFound: there is none in this community.
        Conflict: the name belongs to several; use an id.
    """
    for column in (Channel.id, Channel.external_id, Channel.name):
        found = list(unit.session.scalars(select(Channel).where(column == name).limit(2)))
        if len(found) > 1:
            raise Conflict(f"{name!r} names more than one channel; use its id", field="channel")
        if found:
            return found[0]
    raise NotFound(f"there is no channel {name!r} in this community", kind="channel", id=name)
