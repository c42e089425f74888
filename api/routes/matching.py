"""Matches of a member, what the member says of them, and why a pair is or is not proposed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field, StrictInt

from api.deps import CallerDep, Count, Cursor, JobsDep, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from api.schemas.work import JobOut
from copilot.errors import Denied
from copilot.matching.models import (
    Explanation,
    FeedbackResult,
    FoundMember,
    FoundResource,
    MatchKind,
    MatchList,
    Verdict,
    Wording,
)
from copilot.matching.proposing.shortlist import Filters
from copilot.matching.proposing.stored_matches import Chosen
from copilot.matching.rules.constraints import as_told_to_members
from copilot.matching.scores.pair_models import MAX_PAIRS, PairIn, PairOutcome, StoredMatch
from copilot.matching.service import MatchOptions

router = APIRouter(tags=["matches"], route_class=IdempotentRoute)


class FeedbackIn(Body):
    """What the member thinks of a proposal."""

    verdict: Verdict = Field(examples=["accept"])
    comment: str = Field("", max_length=1000)


class EverybodyIn(Body):
    """What everybody is matched with."""

    kind: MatchKind = Field("member", examples=["member"])
    n: StrictInt = Field(5, ge=1, le=50, description="how many each member is given at most")


class PairsIn(Body):
    """Pairs to score."""

    pairs: list[PairIn] = Field(min_length=1, max_length=MAX_PAIRS)


class PairsOut(BaseModel):
    """An outcome for each pair, in the order they were given."""

    items: list[PairOutcome]


Kind = Annotated[MatchKind, Query(description="members, resources, coming events, or open questions in chat")]


def get_filters(
    city: Annotated[str, Query(max_length=100, description="of a member, resource or event; 成都 is Chengdu")] = "",
    industry: Annotated[str, Query(max_length=100, description="of a member, in Chinese or English")] = "",
    resource_type: Annotated[str, Query(alias="type", max_length=40, description="of a resource")] = "",
) -> Filters:
    """Return what a match must be."""
    return Filters(city=city, industry=industry, type=resource_type)


@router.get("/members/{member_id}/matches")
def matches(
    caller: CallerDep,
    member_id: MemberId,
    filters: Annotated[Filters, Depends(get_filters)],
    kind: Kind = "member",
    n: Count = 5,
    wording: Annotated[Wording, Query(description="who words the reasons; quotes are exact either way")] = "template",
) -> MatchList:
    """Propose people, resources, events or open questions for a member, with sub-scores and reasons that quote both sides.

    What is shown is kept as proposals, so that the member can answer by `match_id` and is not asked again what was
    declined; while the database takes no writes the list is answered all the same. A member key reads its own only, and
    is not told what others decided: `excluded` counts that as `unavailable`. With `wording=model`, which operators may ask
    for ten matches, `worded_by` says of each sentence whether the model's passed the checks.
    """
    caller.actor.require_member(member_id, "matching:read")
    if wording == "model":
        caller.actor.require("matching:read")
    found = caller.services.matching.match(
        caller.community_id, member_id, kind, n, actor=caller.actor.key_id, options=MatchOptions(filters, wording)
    )
    if caller.actor.may("matching:read"):
        return found
    return found.model_copy(update={"excluded": as_told_to_members(found.excluded)})


def get_chosen(
    kind: Annotated[MatchKind | None, Query(description="all kinds when left out")] = None,
    status: Annotated[str | None, Query(max_length=40, description="proposed, accepted, ignored, rejected ...")] = None,
    member_id: Annotated[str | None, Query(max_length=64, description="proposed to this member")] = None,
    target_id: Annotated[str | None, Query(max_length=64, description="this was proposed")] = None,
) -> Chosen:
    """Return which proposals are listed."""
    return Chosen(kind, status, member_id, target_id)


@router.get("/matches")
def list_matches(
    caller: CallerDep, chosen: Annotated[Chosen, Depends(get_chosen)], cursor: Cursor = None, limit: Limit = 50
) -> ListOf[StoredMatch]:
    """List everybody's proposals, the newest first, with those of their reasons that still stand word for word.

    Who took back the consent to be matched is not named, so a page may hold fewer than `limit`.
    """
    caller.actor.require("matching:read")
    page = caller.services.matching.proposals(caller.community_id, chosen, limit=limit, cursor=cursor)
    return list_of(page)


@router.post("/matches", status_code=202)
def match_everybody(caller: CallerDep, jobs: JobsDep, body: EverybodyIn) -> JobOut:
    """Match every member who agreed to it, as a job; the cap on exposure holds over all, by descending score.

    Read the proposals with `GET /matches` when the job is done.
    """
    caller.actor.require("matching:write")
    params = body.model_dump()
    return JobOut.model_validate(jobs.submit(caller.community_id, "matches", params, created_by=caller.actor.key_id))


@router.post("/match-scores")
def score_pairs(caller: CallerDep, body: PairsIn) -> PairsOut:
    """Score up to 200 pairs: every component and every exclusion; a pair that names nobody has an error of its own.

    Nothing is stored and nobody is told.
    """
    caller.actor.require("matching:read")
    outcomes = caller.services.matching.score_pairs(caller.community_id, body.pairs, actor=caller.actor)
    return PairsOut(items=outcomes)


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


@router.get("/members/{member_id}/matches/{target_id}/explanation")
def explain(
    caller: CallerDep,
    member_id: MemberId,
    target_id: Annotated[str, Path(max_length=64, description="id of a member, resource, event or message")],
    kind: Kind = "member",
) -> Explanation:
    """Say why something is, or is not, proposed to a member: every component and every exclusion.

    Hidden members are found by admins only; of members who switched off AI nothing is compared or quoted.
    """
    caller.actor.require("matching:read")
    return caller.services.matching.explain(caller.community_id, member_id, target_id, kind, actor=caller.actor)


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
