"""Members and what is stored about them, and channels."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from sqlalchemy import select

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import ListOf, page_of
from api.schemas.people import ChannelOut, ConsentIn, ErasureOut, MemberDetail, MemberOut
from copilot.community import consent, member_export
from copilot.community.member_search import found_members
from copilot.community.permission import get_seen
from copilot.community.store import Unit
from copilot.community.tables import Channel, Member, ProfileText
from copilot.errors import InvalidInput

router = APIRouter(tags=["people and resources"], route_class=IdempotentRoute)
MemberId = Annotated[str, Path(description="id of a member", max_length=64, examples=["mem_0f3k2m9q8w1e5r7t6y4u"])]
Search = Annotated[str | None, Query(alias="q", max_length=100, description="part of the name, headline or city")]


def _detail(unit: Unit, member: Member) -> MemberDetail:
    texts = unit.session.scalars(
        select(ProfileText)
        .where(ProfileText.member_id == member.id)
        .order_by(ProfileText.aspect, ProfileText.position, ProfileText.id)
    )
    base = MemberOut.model_validate(member).model_dump()
    return MemberDetail.model_validate({**base, "texts": [_text(t) for t in texts]})


def _text(row: ProfileText) -> dict[str, Any]:
    return {"id": row.id, "aspect": row.aspect, "text": row.text, "source": row.source}


@router.get("/members")
def list_members(caller: CallerDep, q: Search = None, cursor: Cursor = None, limit: Limit = 50) -> ListOf[MemberOut]:
    """List members by name. Hidden members are shown to nobody but themselves and admins."""
    caller.actor.require("members:read")
    statement = found_members(caller.actor, q or "")
    with caller.services.store.read(caller.community_id) as unit:
        page = unit.page(statement, (Member.name, Member.id), limit=limit, cursor=cursor, descending=False)
        return page_of(page, MemberOut)


@router.get("/members/{member_id}")
def get_member(caller: CallerDep, member_id: MemberId) -> MemberDetail:
    """Show one member with the profile's sentences; a member key sees only its own."""
    caller.actor.require_member(member_id, "members:read")
    with caller.services.store.read(caller.community_id) as unit:
        return _detail(unit, get_seen(unit, caller.actor, member_id))


@router.patch("/members/{member_id}/consent")
def change_consent(caller: CallerDep, member_id: MemberId, body: ConsentIn) -> MemberDetail:
    """Change what a member allows; it acts at once, vectors included. Members change their own, admins anyone's."""
    actor = caller.actor
    if not (actor.member_id == member_id and actor.may("self:write")):
        actor.require("members:erase")
    changes = body.model_dump(exclude_none=True)
    if not changes:
        raise InvalidInput("name at least one thing to change", field="#/")
    with caller.services.store.write(caller.community_id) as unit:
        detail = _detail(unit, consent.decide(unit, member_id, changes, actor))
    if changes.get("consent_ai") is False or changes.get("visibility") == "hidden":
        caller.services.sync.forget(caller.community_id, "member", member_id)
    return detail


@router.get("/members/{member_id}/export")
def export_member(caller: CallerDep, member_id: MemberId) -> JSONResponse:
    """Give everything stored about a member, by table. Members get their own, admins anyone's."""
    caller.actor.require_member(member_id, "members:erase")
    with caller.services.store.read(caller.community_id) as unit:
        body = member_export.export_member(unit, member_id)
    name = f'attachment; filename="{member_id}.json"'
    return JSONResponse(body, headers={"Content-Disposition": name})


@router.delete("/members/{member_id}")
def erase_member(caller: CallerDep, member_id: MemberId) -> ErasureOut:
    """Delete a member everywhere: rows, vectors, readings, mentions in snapshots. The answer is the proof."""
    actor = caller.actor
    if not (actor.member_id == member_id and actor.may("self:write")):
        actor.require("members:erase")
    return ErasureOut.model_validate(caller.services.erase(caller.community_id, member_id, requested_by=actor.key_id))


@router.get("/channels")
def list_channels(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[ChannelOut]:
    """List channels by name."""
    caller.actor.require("channels:read")
    with caller.services.store.read(caller.community_id) as unit:
        page = unit.page(select(Channel), (Channel.name, Channel.id), limit=limit, cursor=cursor, descending=False)
        return page_of(page, ChannelOut)
