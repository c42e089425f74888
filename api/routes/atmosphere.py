"""Readings of the room."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.deps import Caller, CallerDep, Count
from copilot.atmosphere.models import AtmosphereReading, ReplyPair
from copilot.community.channels import find_channel

router = APIRouter(tags=["atmosphere"])
Channel = Annotated[str | None, Query(max_length=200, description="id, external id or name; all channels without")]
Start = Annotated[AwareDatetime | None, Query(description="with time zone; seven days before the end without")]
Group = Annotated[
    str | None,
    Query(max_length=100, description="the channels whose attribute `group` has this value, read as one room"),
]
End = Annotated[AwareDatetime | None, Query(description="with time zone; just after the latest message without")]


def _channel_id(caller: Caller, channel: str | None) -> str | None:
    if channel is None:
        return None
    with caller.services.store.read(caller.community_id) as unit:
        return find_channel(unit, channel).id


@router.get("/atmosphere")
def read(
    caller: CallerDep, channel: Channel = None, start: Start = None, end: End = None, group: Group = None
) -> AtmosphereReading:
    """Read the room: sentiment shares and five dimensions with n and intervals, or the reason for no reading.

    Each figure stands beside what earlier windows of the same length usually showed, and the target of this kind of
    operation. Evidence ids are opened with `GET /messages/{id}`.
    """
    caller.actor.require("atmosphere:read")
    return caller.services.atmosphere.read(caller.community_id, _channel_id(caller, channel), start, end, group=group)


@router.get("/atmosphere/days")
def days(
    caller: CallerDep, channel: Channel = None, start: Start = None, end: End = None, group: Group = None
) -> list[AtmosphereReading]:
    """Read the room day by day in the community's time zone."""
    caller.actor.require("atmosphere:read")
    return caller.services.atmosphere.days(caller.community_id, _channel_id(caller, channel), start, end, group=group)


@router.get("/atmosphere/weeks")
def weeks(
    caller: CallerDep, channel: Channel = None, start: Start = None, end: End = None, group: Group = None
) -> list[AtmosphereReading]:
    """Read the room week by week, Monday to Monday in the community's time zone; the last four without a start."""
    caller.actor.require("atmosphere:read")
    return caller.services.atmosphere.weeks(caller.community_id, _channel_id(caller, channel), start, end, group=group)


@router.get("/atmosphere/reply-pairs")
def reply_pairs(caller: CallerDep, channel: Channel = None, n: Count = 10) -> list[ReplyPair]:
    """List who answers whom most."""
    caller.actor.require("atmosphere:read")
    return caller.services.atmosphere.reply_pairs(caller.community_id, _channel_id(caller, channel), n)
