"""What members are, have and want: proposed from their own words, confirmed by nobody but themselves."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictBool

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.errors import InvalidInput
from copilot.profiles.decisions import Wording
from copilot.profiles.findings import Kind
from copilot.profiles.models import Confirmation, Extraction, Source, SourceConsents, Status, StoredProposal
from copilot.profiles.service import MAX_CONFIRMED_AT_ONCE, MAX_INTRODUCTION_CHARS

router = APIRouter(tags=["profiles"], route_class=IdempotentRoute)
ProposalId = Annotated[str, Path(max_length=64, description="id of a proposal")]


class SelfIntroductionIn(Body):
    """A self-introduction, as it was written."""

    text: str = Field(min_length=1, max_length=MAX_INTRODUCTION_CHARS, description="Chinese, English or both")


class AspectAnswerIn(Body):
    """The member's answer to one proposal."""

    action: Literal["confirm", "decline"]
    text: str | None = Field(None, min_length=1, max_length=4000, description="own wording instead of what is proposed")
    aspect: Kind | None = Field(None, description="another side than proposed, for a sentence")


class AspectConfirmIn(Body):
    """Proposals to confirm as they are."""

    ids: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=MAX_CONFIRMED_AT_ONCE)


class ProfileSourcesIn(Body):
    """Which sources may be read; a source left out stays as it is."""

    # Strict: a consent that was not given in so many words is none.
    introduction: StrictBool | None = Field(None, description="introductions that others hand in")
    chat: StrictBool | None = Field(None, description="the member's own messages")
    delete_confirmed: StrictBool = Field(
        False, description="with a source that is withdrawn, remove what was confirmed from it, too"
    )


def _require_reading(caller: Caller, member_id: str) -> None:
    """Members have their own words read, operators anyone's who allows it."""
    actor = caller.actor
    if not (actor.member_id == member_id and actor.may("self:write")):
        actor.require("matching:write")


@router.post("/members/{member_id}/introduction", status_code=201)
def read_introduction(caller: CallerDep, member_id: MemberId, body: SelfIntroductionIn) -> Extraction:
    """Read a self-introduction and propose what it says: sentences and single values, each with its exact quote.

    Nothing enters the profile before the member confirms it. What was declined before is not proposed again.
    """
    _require_reading(caller, member_id)
    return caller.services.profiles.read_introduction(caller.community_id, member_id, body.text, actor=caller.actor)


@router.post("/members/{member_id}/aspects/scan", status_code=201)
def scan_chat(caller: CallerDep, member_id: MemberId) -> Extraction:
    """Read the member's messages of the last year: introductions, open asks, answers that were well received.

    Only for members who said yes to this source and did not switch off AI.
    """
    _require_reading(caller, member_id)
    return caller.services.profiles.scan_chat(caller.community_id, member_id, actor=caller.actor)


@router.get("/members/{member_id}/aspect-proposals")
def list_proposals(
    caller: CallerDep,
    member_id: MemberId,
    status: Annotated[Status | None, Query(description="only these")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[StoredProposal]:
    """List what was proposed for a member's profile, oldest first; a member key lists its own only."""
    caller.actor.require_member(member_id, "matching:read")
    page = caller.services.profiles.proposals(
        caller.community_id, member_id, actor=caller.actor, status=status, limit=limit, cursor=cursor
    )
    return list_of(page)


@router.post("/members/{member_id}/aspect-proposals/confirm")
def confirm_proposals(caller: CallerDep, member_id: MemberId, body: AspectConfirmIn) -> Confirmation:
    """Confirm several proposals as they are. Those that cannot be are named with the reason; the others go through."""
    caller.actor.require("self:write")
    return caller.services.profiles.confirm_many(caller.community_id, member_id, body.ids, actor=caller.actor)


@router.post("/aspect-proposals/{proposal_id}")
def answer_proposal(caller: CallerDep, proposal_id: ProposalId, body: AspectAnswerIn) -> StoredProposal:
    """Confirm a proposal, in one's own wording if one likes, or decline it for good. Only the member can."""
    caller.actor.require("self:write")
    profiles = caller.services.profiles
    if body.action == "confirm":
        wording = Wording(body.text, body.aspect)
        return profiles.confirm(caller.community_id, proposal_id, wording, actor=caller.actor)
    if body.text is not None or body.aspect is not None:
        raise InvalidInput("a declined proposal takes neither text nor aspect", field="#/")
    return profiles.decline(caller.community_id, proposal_id, actor=caller.actor)


@router.get("/members/{member_id}/consent-sources")
def show_sources(caller: CallerDep, member_id: MemberId) -> SourceConsents:
    """Show which sources the profile may be read from; a member key sees its own only."""
    caller.actor.require_member(member_id, "matching:read")
    return caller.services.profiles.sources(caller.community_id, member_id, actor=caller.actor)


@router.put("/members/{member_id}/consent-sources")
def change_sources(caller: CallerDep, member_id: MemberId, body: ProfileSourcesIn) -> SourceConsents:
    """Say which sources the profile may be read from. Members say yes for themselves; admins can only withdraw.

    A source that is withdrawn loses its open proposals at once; the answer says how much confirmed is left.
    """
    actor = caller.actor
    if not (actor.member_id == member_id and actor.may("self:write")):
        actor.require("members:erase")
    named: dict[Source, bool | None] = {"introduction": body.introduction, "chat": body.chat}
    changes = {source: allowed for source, allowed in named.items() if allowed is not None}
    return caller.services.profiles.change_sources(
        caller.community_id, member_id, changes, actor=actor, delete_confirmed=body.delete_confirmed
    )
