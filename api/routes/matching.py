"""Matches of a member, what the member says of them, and why a pair is or is not proposed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Count
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body
from copilot.errors import Denied
from copilot.matching.constraints import as_told_to_members
from copilot.matching.models import (
    Explanation,
    FeedbackResult,
    FoundMember,
    FoundResource,
    MatchKind,
    MatchList,
    Verdict,
)

router = APIRouter(tags=["matches"], route_class=IdempotentRoute)


class FeedbackIn(Body):
    """What the member thinks of a proposal."""

    verdict: Verdict = Field(examples=["accept"])
    comment: str = Field("", max_length=1000)


@router.get("/members/{member_id}/matches")
def matches(
    caller: CallerDep,
    member_id: MemberId,
    kind: Annotated[MatchKind, Query(description="people or resources")] = "member",
    n: Count = 5,
) -> MatchList:
    """Propose people or resources for a member, each with sub-scores and reasons that quote both sides.

    What is shown is kept as proposals, so that the member can answer by `match_id` and is not asked again what was
    declined; while the database takes no writes the list is answered all the same. A member key reads its own only, and
    is not told what others decided: `excluded` counts that as `unavailable`.
    """
    caller.actor.require_member(member_id, "matching:read")
    found = caller.services.matching.match(caller.community_id, member_id, kind, n, actor=caller.actor.key_id)
    if caller.actor.may("matching:read"):
        return found
    return found.model_copy(update={"excluded": as_told_to_members(found.excluded)})


@router.post("/matches/{match_id}/feedback")
def feedback(
    caller: CallerDep,
    match_id: Annotated[str, Path(max_length=64, description="`match_id` of a proposal")],
    body: FeedbackIn,
) -> FeedbackResult:
    """Accept, ignore or reject a proposal. Only the member it was made for can."""
    actor = caller.actor
    actor.require("self:write")
    if actor.member_id is None:
        raise Denied("only the member's own key answers a proposal", scope="self:write")
    return caller.services.matching.feedback(caller.community_id, match_id, actor.member_id, body.verdict, body.comment)


@router.get("/members/{member_id}/matches/{other_id}/explanation")
def explain(
    caller: CallerDep,
    member_id: MemberId,
    other_id: Annotated[str, Path(max_length=64, description="id of the other member")],
) -> Explanation:
    """Say why one member is, or is not, proposed to another: every component and every exclusion.

    Hidden members are found by admins only; of members who switched off AI nothing is compared or quoted.
    """
    caller.actor.require("matching:read")
    return caller.services.matching.explain(caller.community_id, member_id, other_id, actor=caller.actor)


Text = Annotated[str, Query(alias="q", min_length=1, max_length=500, description="what is needed, in plain words")]


@router.get("/search/people")
def search_people(caller: CallerDep, q: Text, n: Count = 5) -> list[FoundMember]:
    """Find consenting members whose offers answer a text, by meaning and words, with the sentence that does."""
    caller.actor.require("matching:read")
    return caller.services.matching.find_people(caller.community_id, q, n)


@router.get("/search/resources")
def search_resources(caller: CallerDep, q: Text, n: Count = 5) -> list[FoundResource]:
    """Find resources that answer a text, by meaning and words."""
    caller.actor.require("matching:read")
    return caller.services.matching.find_resources(caller.community_id, q, n)
