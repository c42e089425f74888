"""Whom members block, and which pairs operators keep apart or want proposed to each other."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.community.models import RuleKind
from copilot.errors import Denied
from copilot.matching.relations.pair_rule_models import NOTE_CHARS, RuleDraft, StoredBlock, StoredRule

router = APIRouter(tags=["pair rules"], route_class=IdempotentRoute)
RuleId = Annotated[str, Path(max_length=64, description="id of a pair rule")]


class BlockIn(Body):
    """Whom to block."""

    member_id: str = Field(min_length=1, max_length=64, description="id of the member to block")
    note: str = Field("", max_length=NOTE_CHARS, description="why; the member and operators read it, the other never")


def _require_own(caller: Caller, member_id: str) -> None:
    caller.actor.require("self:write")
    if caller.actor.member_id != member_id:
        raise Denied("whom a member blocks is the member's own decision", scope="self:write")


@router.post("/members/{member_id}/blocks", status_code=201)
def block(caller: CallerDep, member_id: MemberId, body: BlockIn) -> StoredBlock:
    """Keep somebody away: neither is proposed to the other from now on, and an introduction that waits is closed.

    Only the member's own key can. The other side is not told, by this or by any answer. Blocking somebody who is
    blocked already changes nothing.
    """
    _require_own(caller, member_id)
    rules = caller.services.pair_rules
    return rules.block(caller.community_id, member_id, body.member_id, body.note, actor=caller.actor)


@router.get("/members/{member_id}/blocks")
def list_blocks(
    caller: CallerDep, member_id: MemberId, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[StoredBlock]:
    """List whom a member blocked, the latest first. A member key reads its own only."""
    caller.actor.require_member(member_id, "matching:read")
    page = caller.services.pair_rules.blocks(
        caller.community_id, member_id, actor=caller.actor, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.delete("/members/{member_id}/blocks/{other_id}")
def unblock(
    caller: CallerDep, member_id: MemberId, other_id: Annotated[str, Path(max_length=64, description="who is blocked")]
) -> StoredBlock:
    """Lift a block and give back what it was. Only the member's own key can."""
    _require_own(caller, member_id)
    return caller.services.pair_rules.unblock(caller.community_id, member_id, other_id, actor=caller.actor)


@router.post("/pair-rules", status_code=201)
def add_rule(caller: CallerDep, body: RuleDraft) -> StoredRule:
    """Keep two members apart (`cannot_match`), or propose them to each other first (`must_match`).

    A pair that must match skips a low score, an earlier no and the exposure cap; never consent, visibility or a block.
    """
    caller.actor.require("matching:write")
    return caller.services.pair_rules.add(caller.community_id, body, actor=caller.actor)


@router.get("/pair-rules")
def list_rules(
    caller: CallerDep,
    kind: Annotated[RuleKind | None, Query(description="only rules of this kind")] = None,
    member_id: Annotated[str | None, Query(max_length=64, description="only rules about this member")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[StoredRule]:
    """List rules about pairs, the latest first, members' blocks included; rules about hidden members are for admins."""
    caller.actor.require("matching:read")
    page = caller.services.pair_rules.rules(
        caller.community_id, actor=caller.actor, kind=kind, member_id=member_id, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.get("/pair-rules/{rule_id}")
def get_rule(caller: CallerDep, rule_id: RuleId) -> StoredRule:
    """Show one rule."""
    caller.actor.require("matching:read")
    return caller.services.pair_rules.get(caller.community_id, rule_id, actor=caller.actor)


@router.delete("/pair-rules/{rule_id}")
def remove_rule(caller: CallerDep, rule_id: RuleId) -> StoredRule:
    """Take an operators' rule back and give what it was. A member's block only the member lifts."""
    caller.actor.require("matching:write")
    return caller.services.pair_rules.remove(caller.community_id, rule_id, actor=caller.actor)
