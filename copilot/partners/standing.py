"""How an agreement stands by both sides' rows as they are now, and what one side tells the other of it."""

from __future__ import annotations

from copilot.community.store import Unit
from copilot.community.tables import Partnership
from copilot.partners.letters import Known
from copilot.partners.models import Culture, PartnerState, PartnerView
from copilot.partners.shelf import culture_of, differences, is_standing, scope_of
from copilot.partners.wording import said


def known(unit: Unit, row: Partnership) -> Known:
    """Return what this side tells the other of an agreement."""
    return Known(
        is_standing=is_standing(row), culture=culture_of(unit.community()), gives=scope_of(row.gives),
        takes=scope_of(row.takes),
    )  # fmt: skip


def state_of(unit: Unit, row: Partnership, peer: Partnership | None) -> PartnerState:
    """Return how an agreement stands by both rows as they are now."""
    is_here = row.peer_community_id is not None
    peer_agreed = row.peer_agreed_at
    if is_here:
        peer_agreed = peer.agreed_at if peer is not None else None
    gone = is_here and row.agreed_at is not None and peer is None
    if row.revoked_at is not None or gone or (peer is not None and peer.revoked_at is not None):
        return PartnerState.REVOKED
    if row.agreed_at is not None and peer_agreed is not None:
        return PartnerState.ACTIVE
    if row.side == "inviter" and row.peer_agreed_at is None:
        return PartnerState.INVITED if unit.now < row.invited_until else PartnerState.EXPIRED
    return PartnerState.WAITING


def agreement_view(unit: Unit, row: Partnership, peer: Partnership | None) -> PartnerView:
    """Return an agreement as this side sees it."""
    community = unit.community()
    state = state_of(unit, row, peer)
    theirs = Culture.model_validate(row.peer) if row.peer else None
    steps = {PartnerState.INVITED: "next.invited"}
    if state is PartnerState.WAITING:
        steps[state] = "next.confirm" if row.agreed_at is None else "next.wait"
    name = theirs.name if theirs else ""
    return PartnerView.model_validate(
        {
            "id": row.id, "state": state, "side": row.side, "partner": theirs, "gives": row.gives, "takes": row.takes,
            "is_remote": bool(row.peer_url),
            "differences": differences(culture_of(community), theirs, community.locale) if theirs else [],
            "next_step": said(steps[state], community.locale, name=name) if state in steps else "",
            "invited_until": row.invited_until, "agreed_at": row.agreed_at,
            "revoked_at": row.revoked_at or (peer.revoked_at if peer else None),
            "revoked_by": row.revoked_by or ("them" if state is PartnerState.REVOKED else ""),
            "created_at": row.created_at,
        }
    )  # fmt: skip
