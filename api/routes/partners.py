"""Partners: agreements with other communities, what crosses the border, and letters from other instances."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from api.deps import CallerDep, Cursor, Limit, ServicesDep
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.routes.resources import ResourceId
from api.schemas.common import Body, ListOf, list_of
from copilot.partners.letters import Acceptance, Known, Shared, Word
from copilot.partners.models import (
    AcceptFields,
    InvitationView,
    InviteFields,
    PartnerMatches,
    PartnerResources,
    PartnerView,
    ScopeChange,
    SharingFields,
    SharingView,
)

router = APIRouter(tags=["partners"], route_class=IdempotentRoute)
# Answers with a token are stored nowhere: no replay for them.
secrets = APIRouter(tags=["partners"])
letters = APIRouter(prefix="/api/v1/partner-links/{link_id}", tags=["partners"])
PartnerId = Annotated[str, Path(max_length=64, description="id of an agreement")]
LinkId = Annotated[str, Path(max_length=64, description="id of an agreement that both sides share")]


class InviteIn(InviteFields, Body):
    """An invitation to make: what this community gives and takes, and how long it can be accepted."""


class AcceptIn(AcceptFields, Body):
    """An invitation to accept, and what this community gives and takes."""


class ScopeIn(ScopeChange, Body):
    """What is to change of an agreement; what is left out stays."""


class SharingIn(SharingFields, Body):
    """Whether a resource may cross to partners, and with its owner's name."""


async def _raw(request: Request) -> bytes:
    return await request.body()


Raw = Annotated[bytes, Depends(_raw)]


@secrets.post("/partners/invitations", status_code=201)
def invite_partner(caller: CallerDep, body: InviteIn) -> InvitationView:
    """Invite another community; the token is shown once. Nothing crosses before both sides have said yes."""
    return caller.services.partners.agreements.invite(caller.community_id, body, caller.actor)


@router.post("/partners/acceptances", status_code=201)
def accept_partner(caller: CallerDep, body: AcceptIn) -> PartnerView:
    """Accept an invitation of a community here or on another instance; the inviter confirms last."""
    return caller.services.partners.agreements.accept(caller.community_id, body, caller.actor)


@router.get("/partners")
def list_partners(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[PartnerView]:
    """List agreements, newest first, with what differs between the two communities."""
    return list_of(
        caller.services.partners.agreements.page(caller.community_id, caller.actor, limit=limit, cursor=cursor)
    )


@router.get("/partners/{partnership_id}")
def get_partner(caller: CallerDep, partnership_id: PartnerId) -> PartnerView:
    """Show one agreement."""
    return caller.services.partners.agreements.get(caller.community_id, partnership_id, caller.actor)


@router.patch("/partners/{partnership_id}")
def change_partner(caller: CallerDep, partnership_id: PartnerId, body: ScopeIn) -> PartnerView:
    """Change what this community gives or takes; it holds from the next request on."""
    return caller.services.partners.agreements.change(caller.community_id, partnership_id, body, caller.actor)


@router.post("/partners/{partnership_id}/confirm")
def confirm_partner(caller: CallerDep, partnership_id: PartnerId) -> PartnerView:
    """Say yes to whoever accepted this community's invitation."""
    return caller.services.partners.agreements.confirm(caller.community_id, partnership_id, caller.actor)


@router.post("/partners/{partnership_id}/revoke")
def revoke_partner(caller: CallerDep, partnership_id: PartnerId) -> PartnerView:
    """End an agreement at once: neither side sees anything of the other's in the next request."""
    return caller.services.partners.agreements.revoke(caller.community_id, partnership_id, caller.actor)


@router.get("/partner-resources")
def list_partner_resources(
    caller: CallerDep,
    partnership_id: Annotated[str | None, Query(max_length=64, description="only of this agreement")] = None,
) -> PartnerResources:
    """List what partners share now, at most 200 each, with whom it is from and what is different there.

    Each is asked anew: what was revoked is gone, and of one who cannot be reached nothing is shown.
    """
    return caller.services.partners.resources(caller.community_id, caller.actor, partnership_id)


@router.get("/resources/{resource_id}/sharing")
def get_sharing(caller: CallerDep, resource_id: ResourceId) -> SharingView:
    """Show whether a resource crosses to partners, to its owner and operators."""
    return caller.services.partners.sharing(caller.community_id, resource_id, caller.actor)


@router.put("/resources/{resource_id}/sharing")
def set_sharing(caller: CallerDep, resource_id: ResourceId, body: SharingIn) -> SharingView:
    """Let a resource cross to partners, or keep it at home. Whether the owner's name goes with it the owner decides."""
    return caller.services.partners.share(caller.community_id, resource_id, body, caller.actor)


@router.get("/members/{member_id}/partner-matches")
def match_partners(
    caller: CallerDep,
    member_id: MemberId,
    n: Annotated[int, Query(ge=1, le=20, description="how many at most")] = 5,
) -> PartnerMatches:
    """Show partners' resources that answer what a member wants, each marked with whom it is from.

    Nothing of the member crosses the border.
    """
    return caller.services.partners.match(caller.community_id, member_id, caller.actor, n)


@letters.post("/accept")
def letter_accept(services: ServicesDep, request: Request, link_id: LinkId, body: Acceptance, raw: Raw) -> Known:
    """Take an acceptance from another instance; signed as webhooks are, with the invitation's secret."""
    return services.partners.gate.accept(link_id, body, request.headers, raw)


@letters.post("/confirm")
def letter_confirm(services: ServicesDep, request: Request, link_id: LinkId, body: Word, raw: Raw) -> Known:
    """Hear from another instance that it said yes, too."""
    return services.partners.gate.confirm(link_id, body, request.headers, raw)


@letters.post("/revoke")
def letter_revoke(services: ServicesDep, request: Request, link_id: LinkId, body: Word, raw: Raw) -> Known:  # noqa: ARG001  # its form is checked
    """Hear from another instance that it ended the agreement."""
    return services.partners.gate.revoke(link_id, request.headers, raw)


@letters.post("/offers")
def letter_offers(services: ServicesDep, request: Request, link_id: LinkId, body: Word, raw: Raw) -> Shared:
    """Tell another instance what both sides allow, as it is now; the same letter is answered once."""
    return services.partners.gate.offers(link_id, body, request.headers, raw)
