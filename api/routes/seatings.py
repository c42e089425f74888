"""Coffee and table rounds, and rotations of parallel groups: planned, looked at, then held or applied by a person."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import ListOf, list_of
from copilot.matching.seatings.models import (
    HeldIn,
    MemberRound,
    PlannedRounds,
    RotationAsk,
    RotationDetail,
    RotationSummary,
    RoundAsk,
    RoundDetail,
    RoundSummary,
    SeatingStatus,
)

router = APIRouter(tags=["rounds"], route_class=IdempotentRoute)
RoundId = Annotated[str, Path(max_length=64, description="id of a round")]
RotationId = Annotated[str, Path(max_length=64, description="id of a rotation")]
Series = Annotated[str | None, Query(max_length=60, description="only this series")]
RoundStatus = Annotated[Literal["planned", "held", "cancelled"] | None, Query(description="only these")]
RotationStatus = Annotated[Literal["preview", "applied", "discarded"] | None, Query(description="only these")]


class RoundIn(RoundAsk):
    """Rounds to plan: who takes part, how large the groups are, how long nobody meets again."""


class RotationIn(RotationAsk):
    """Groups to rotate, and what the rotation must keep."""


@router.post("/rounds", status_code=201)
def plan_rounds(caller: CallerDep, body: RoundIn) -> PlannedRounds:
    """Seat members who consent in pairs, threes or tables, so that the reciprocal scores sum high and nobody repeats.

    Each round comes with a proven bound. It is kept as `planned` unless `preview` is set; webhooks hear `round.planned`.
    Answers within `seconds` and a moment; pairs and threes are usually proven best in less than one.
    """
    caller.actor.require("matching:write")
    return caller.services.rounds.plan(caller.community_id, body, actor=caller.actor)


@router.get("/rounds")
def list_rounds(
    caller: CallerDep, series: Series = None, status: RoundStatus = None, cursor: Cursor = None, limit: Limit = 20
) -> ListOf[RoundSummary]:
    """List rounds, newest first, with their figures."""
    caller.actor.require("matching:read")
    wanted = None if status is None else SeatingStatus(status)
    page = caller.services.rounds.history(caller.community_id, series=series, status=wanted, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/rounds/{round_id}")
def get_round(caller: CallerDep, round_id: RoundId) -> RoundDetail:
    """Show one round: its groups, an opening line for each, and why the two who fit best should talk."""
    caller.actor.require("matching:read")
    return caller.services.rounds.get(caller.community_id, round_id, actor=caller.actor)


@router.post("/rounds/{round_id}/confirm")
def confirm_round(caller: CallerDep, round_id: RoundId, body: HeldIn | None = None) -> RoundDetail:
    """Note that a planned round was held. Those absent lose their seats: they have not met the others."""
    caller.actor.require("matching:write")
    absent = [] if body is None else body.absent
    return caller.services.rounds.hold(caller.community_id, round_id, absent, actor=caller.actor)


@router.post("/rounds/{round_id}/cancel")
def cancel_round(caller: CallerDep, round_id: RoundId) -> RoundDetail:
    """Cancel a planned round: nobody counts as having met in it."""
    caller.actor.require("matching:write")
    return caller.services.rounds.cancel(caller.community_id, round_id, actor=caller.actor)


@router.get("/members/{member_id}/rounds")
def member_rounds(
    caller: CallerDep, member_id: MemberId, cursor: Cursor = None, limit: Limit = 20
) -> ListOf[MemberRound]:
    """List the rounds a member has a seat in, newest first, with whom they sit. A member key reads its own only."""
    caller.actor.require_member(member_id, "matching:read")
    page = caller.services.rounds.of_member(caller.community_id, member_id, limit=limit, cursor=cursor)
    return list_of(page)


@router.post("/rotations", status_code=201)
def preview_rotation(caller: CallerDep, body: RotationIn) -> RotationDetail:
    """Preview who would change to which group, so that many meet new people while every group stays balanced.

    Members who did not agree to be matched keep their group. Nothing changes until the preview is applied.
    """
    caller.actor.require("matching:write")
    return caller.services.rotations.preview(caller.community_id, body, actor=caller.actor)


@router.get("/rotations")
def list_rotations(
    caller: CallerDep, series: Series = None, status: RotationStatus = None, cursor: Cursor = None, limit: Limit = 20
) -> ListOf[RotationSummary]:
    """List rotations, newest first, with their figures."""
    caller.actor.require("matching:read")
    wanted = None if status is None else SeatingStatus(status)
    page = caller.services.rotations.history(
        caller.community_id, series=series, status=wanted, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.get("/rotations/{rotation_id}")
def get_rotation(caller: CallerDep, rotation_id: RotationId) -> RotationDetail:
    """Show one rotation: the diff, balance before and after, the bound on new acquaintances."""
    caller.actor.require("matching:read")
    return caller.services.rotations.get(caller.community_id, rotation_id, actor=caller.actor)


@router.post("/rotations/{rotation_id}/apply")
def apply_rotation(caller: CallerDep, rotation_id: RotationId) -> RotationDetail:
    """Make a preview the groups of today; the next rotation of the series starts from them."""
    caller.actor.require("matching:write")
    return caller.services.rotations.apply(caller.community_id, rotation_id, actor=caller.actor)


@router.post("/rotations/{rotation_id}/discard")
def discard_rotation(caller: CallerDep, rotation_id: RotationId) -> RotationDetail:
    """Put a preview aside."""
    caller.actor.require("matching:write")
    return caller.services.rotations.discard(caller.community_id, rotation_id, actor=caller.actor)
