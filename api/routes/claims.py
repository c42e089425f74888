"""What the community's own records say of a message, and the corrections that moderators keep."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.moderation.claims.corrections import SOURCE_MAX_CHARS, TEXT_MAX_CHARS, CorrectionView
from copilot.moderation.claims.models import ClaimReport
from copilot.moderation.claims.service import TEXT_MAX_CHARS as CLAIM_MAX_CHARS
from copilot.strict_fields import Moment

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
CorrectionId = Annotated[
    str, Path(max_length=64, description="id of a correction", examples=["cor_0f3k2m9q8w1e5r7t6y4u"])
]


class ClaimIn(Body):
    """A message to check."""

    text: str = Field(min_length=1, max_length=CLAIM_MAX_CHARS)
    said_at: Moment | None = Field(None, description="when it was said, for 明天 and the like; now when left out")


class CorrectionIn(Body):
    """A sentence that a moderator vouches for."""

    text: str = Field(min_length=1, max_length=TEXT_MAX_CHARS)
    source: str = Field(min_length=1, max_length=SOURCE_MAX_CHARS, description="where it comes from")
    expires_at: Moment | None = Field(None, description="until when it counts; null: until it is withdrawn")


class CorrectionChangeIn(Body):
    """What to change; another text is another correction."""

    source: str | None = Field(None, min_length=1, max_length=SOURCE_MAX_CHARS)
    expires_at: Moment | None = None


@router.post("/claims/check")
def check_claims(caller: CallerDep, body: ClaimIn) -> ClaimReport:
    """Hold every claim of a text against the community's events, resources, policy, articles and corrections.

    An outcome is `supported`, `contradicted` (with the record's exact words) or `cannot_tell`; that something is false is
    never said: the record may be out of date. Nothing is stored.
    """
    caller.actor.require("moderation:read")
    return caller.services.claims.check(caller.community_id, body.text, body.said_at)


@router.post("/corrections", status_code=201)
def add_correction(caller: CallerDep, body: CorrectionIn) -> CorrectionView:
    """Record a correction; from now on messages are held against it before any other record."""
    caller.actor.require("moderation:decide")
    return caller.services.claims.corrections.add(
        caller.community_id, body.text, body.source, expires_at=body.expires_at, actor=caller.actor.key_id
    )


@router.get("/corrections")
def list_corrections(
    caller: CallerDep,
    in_force: Annotated[bool | None, Query(description="only those that count now, or only the others")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[CorrectionView]:
    """List corrections, newest first."""
    caller.actor.require("moderation:read")
    desk = caller.services.claims.corrections
    return list_of(desk.page(caller.community_id, in_force=in_force, limit=limit, cursor=cursor))


@router.get("/corrections/{correction_id}")
def get_correction(caller: CallerDep, correction_id: CorrectionId) -> CorrectionView:
    """Show one correction."""
    caller.actor.require("moderation:read")
    return caller.services.claims.corrections.get(caller.community_id, correction_id)


@router.patch("/corrections/{correction_id}")
def change_correction(caller: CallerDep, correction_id: CorrectionId, body: CorrectionChangeIn) -> CorrectionView:
    """Change where a correction comes from, or until when it counts."""
    caller.actor.require("moderation:decide")
    return caller.services.claims.corrections.change(
        caller.community_id, correction_id, source=body.source, expires_at=body.expires_at, actor=caller.actor.key_id
    )


@router.delete("/corrections/{correction_id}")
def withdraw_correction(caller: CallerDep, correction_id: CorrectionId) -> CorrectionView:
    """Let a correction count no more; it stays on record, and the answer says since when."""
    caller.actor.require("moderation:decide")
    return caller.services.claims.corrections.withdraw(caller.community_id, correction_id, actor=caller.actor.key_id)
