"""Partners: agreements with other communities, what each side shares, and what theirs can be asked for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from pydantic import ValidationError
from starlette.responses import Response

from api.console.form_fields import whole_number
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.models import ResourceType
from copilot.errors import InvalidInput
from copilot.partners.models import (
    MAX_INVITED_DAYS,
    AcceptFields,
    InvitationView,
    InviteFields,
    ScopeChange,
    ShareScope,
    SharingFields,
    everything,
)
from copilot.partners.shelf import offers_of
from copilot.resources.viewing import OPERATE

router = APIRouter()
PartnerId = Annotated[str, Path(max_length=64)]
Classes = Annotated[list[Annotated[str, Form(max_length=40)]], Form(max_length=20)]
Address = Annotated[str, Form(max_length=2000)]
_MOST_TOKEN = 40_000


@router.get("/partners")
def partners_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List agreements with what differs between the two communities, and ask for new ones."""
    visit.actor.require(OPERATE)
    return _page(visit, None, cursor)


@router.get("/partners/resources")
def shared(visit: VisitDep) -> Response:
    """Show what partners share now; those on other instances are asked, which takes a moment."""
    visit.actor.require(OPERATE)
    found = visit.services.partners.resources(visit.community_id, visit.actor)
    return visit.fragment("partner_resources.html", found=found)


@router.post("/partners/invitations")
def invite(
    visit: WritingDep, *, gives: Classes = [], takes: Classes = [],  # noqa: B006  # a form's default, never changed
    days: Annotated[str, Form(max_length=10)] = "7", url: Address = "",
) -> Response:  # fmt: skip
    """Invite another community; the invitation is shown once, and nothing is shared before both said yes."""
    visit.actor.require(OPERATE)
    lasts = whole_number(days, "days")
    if lasts is None or not 1 <= lasts <= MAX_INVITED_DAYS:
        sentence = {
            "zh-CN": f"邀请的有效期是 1 到 {MAX_INVITED_DAYS} 天。",
            "en": f"An invitation lasts from 1 to {MAX_INVITED_DAYS} days.",
        }
        raise InvalidInput(f"days is from 1 to {MAX_INVITED_DAYS}", field="days", sentence=sentence)
    fields = InviteFields(gives=_scope(gives), takes=_scope(takes), url=_url(url), days=lasts)
    made = visit.services.partners.agreements.invite(visit.community_id, fields, visit.actor)
    if visit.is_htmx:
        return visit.fragment("partner_made.html", made=made, **_listed(visit, None))
    return _page(visit, made, None)


@router.post("/partners/acceptances")
def accept(
    visit: WritingDep, *, token: Annotated[str, Form(max_length=_MOST_TOKEN)] = "", url: Address = "",
    gives: Classes = [], takes: Classes = [],  # noqa: B006  # as above
) -> Response:  # fmt: skip
    """Accept the invitation of a community here or on another instance; the inviter confirms last."""
    visit.actor.require(OPERATE)
    try:
        fields = AcceptFields(token="".join(token.split()), gives=_scope(gives), takes=_scope(takes), url=_url(url))
    except ValidationError as error:
        sentence = {
            "zh-CN": "这不是完整的邀请码，请整段粘贴。",
            "en": "This is not a whole invitation. Paste all of it.",
        }
        raise InvalidInput("this is no invitation", field="token", sentence=sentence) from error
    visit.services.partners.agreements.accept(visit.community_id, fields, visit.actor)
    return visit.go(f"{PREFIX}/partners")


@router.post("/partners/{partnership_id}/confirm")
def confirm(visit: WritingDep, partnership_id: PartnerId) -> Response:
    """Say yes to whoever accepted."""
    visit.actor.require(OPERATE)
    visit.services.partners.agreements.confirm(visit.community_id, partnership_id, visit.actor)
    return visit.go(f"{PREFIX}/partners")


@router.post("/partners/{partnership_id}/revoke")
def revoke(visit: WritingDep, partnership_id: PartnerId) -> Response:
    """End it at once: neither side sees anything of the other's from the next request on."""
    visit.actor.require(OPERATE)
    visit.services.partners.agreements.revoke(visit.community_id, partnership_id, visit.actor)
    return visit.go(f"{PREFIX}/partners")


@router.post("/partners/{partnership_id}/scope")
def change_scope(
    visit: WritingDep, partnership_id: PartnerId, *, gives: Classes = [], takes: Classes = [],  # noqa: B006  # as above
) -> Response:  # fmt: skip
    """Change whole classes of what is given and taken; single resources named by their code stay."""
    visit.actor.require(OPERATE)
    agreements = visit.services.partners.agreements
    now = agreements.get(visit.community_id, partnership_id, visit.actor)
    given, taken = (
        ShareScope(classes=_scope(classes).classes, codes=old.codes)
        for classes, old in ((gives, now.gives), (takes, now.takes))
    )
    agreements.change(visit.community_id, partnership_id, ScopeChange(gives=given, takes=taken), visit.actor)
    return visit.go(f"{PREFIX}/partners")


@router.post("/resources/{resource_id}/sharing")
def share(
    visit: WritingDep, resource_id: Annotated[str, Path(max_length=64)],
    shared: Annotated[str, Form(max_length=5)] = "no",
) -> Response:  # fmt: skip
    """Let a resource cross to partners, or keep it at home; a name goes with it by its owner's word alone."""
    visit.actor.require(OPERATE)
    fields = SharingFields(is_shared=shared == "yes")
    visit.services.partners.share(visit.community_id, resource_id, fields, visit.actor)
    return visit.go(f"{PREFIX}/resources/{resource_id}")


def _page(visit: Visit, made: InvitationView | None, cursor: str | None) -> Response:
    return visit.page(
        "partners.html", place="resources", made=made, most_days=MAX_INVITED_DAYS, **_listed(visit, cursor)
    )


def _listed(visit: Visit, cursor: str | None) -> dict[str, Any]:
    """Return the agreements, and of how many resources each lets something cross now."""
    page = visit.services.partners.agreements.page(visit.community_id, visit.actor, limit=20, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        crossing = {
            one.id: len(offers_of(unit, one.gives, everything())) for one in page.items if one.state == "active"
        }
    return {
        "partners": page.items, "next_cursor": page.next_cursor, "crossing": crossing, "classes": tuple(ResourceType),
    }  # fmt: skip


def _scope(names: list[str]) -> ShareScope:
    """Return whole classes as a scope.

    Raises:
        InvalidInput: one is no class.
    """
    known = {one.value: one for one in ResourceType}
    if unknown := [name for name in names if name not in known]:
        raise InvalidInput(f"there is no class {unknown[0]!r}", field="classes", allowed=sorted(known))
    return ShareScope(classes=[known[name] for name in dict.fromkeys(names)])


def _url(text: str) -> str | None:
    given = text.strip()
    if given and not given.startswith(("http://", "https://")):
        sentence = {"zh-CN": "地址以 https:// 开头。", "en": "An address begins with https://."}
        raise InvalidInput("an address begins with https://", field="url", sentence=sentence)
    return given or None
