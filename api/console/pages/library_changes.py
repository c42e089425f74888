"""What operators change in the library: something new, offered or not, and asked for on behalf of a member."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from starlette.responses import Response

from api.console.form_fields import day_of, member_of, whole_within
from api.console.navigation import PREFIX
from api.console.visit import Visit, WritingDep
from copilot.community.models import ResourceType
from copilot.resources.loan_models import MAX_WORDS, LoanRequest
from copilot.resources.models import (
    MAX_DAYS,
    MAX_TEXT_CHARS,
    MAX_TITLE_CHARS,
    MAX_UNITS,
    ResourceFields,
    ResourcePatch,
    TermsOfUse,
)
from copilot.resources.viewing import OPERATE

router = APIRouter(prefix="/resources")
ResourceId = Annotated[str, Path(max_length=64)]
Who = Annotated[str, Form(max_length=200)]
Number = Annotated[str, Form(max_length=10)]


@router.post("")
def add(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep, kind: Annotated[ResourceType, Form()], *,
    title: Annotated[str, Form(min_length=1, max_length=MAX_TITLE_CHARS)], owner: Who = "",
    description: Annotated[str, Form(max_length=MAX_TEXT_CHARS)] = "", city: Annotated[str, Form(max_length=100)] = "",
    capacity: Number = "", max_days: Number = "", mode: Annotated[Literal["lend", "grant"], Form()] = "lend",
    terms: Annotated[str, Form(max_length=MAX_TEXT_CHARS)] = "",
) -> Response:  # fmt: skip
    """Add a resource of the community, or of a member who is named; its code in the library is worked out."""
    visit.actor.require(OPERATE)
    fields = ResourceFields(
        type=kind, title=title, description=description, owner_id=_named(visit, owner), terms=terms, city=city.strip(),
        capacity=whole_within(capacity, "capacity", 0, MAX_UNITS),
        terms_of_use=TermsOfUse(mode=mode, max_days=whole_within(max_days, "max_days", 1, MAX_DAYS)),
    )  # fmt: skip
    made = visit.services.exchange.library.create(visit.community_id, fields, visit.actor)
    return visit.go(f"{PREFIX}/resources/{made.id}")


@router.post("/{resource_id}/status")
def change_status(
    visit: WritingDep, resource_id: ResourceId, to: Annotated[Literal["available", "paused", "withdrawn"], Form()]
) -> Response:
    """Pause a resource, offer it again, or take it back for good."""
    visit.actor.require(OPERATE)
    visit.services.exchange.library.change(visit.community_id, resource_id, ResourcePatch(status=to), visit.actor)
    return visit.go(f"{PREFIX}/resources/{resource_id}")


@router.post("/{resource_id}/requests")
def ask_for(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep, resource_id: ResourceId, *, member: Who = "", starts: Number = "", ends: Number = "",
    units: Number = "1", words: Annotated[str, Form(max_length=MAX_WORDS)] = "",
) -> Response:  # fmt: skip
    """Note that a member asks for units on some days; the same steps follow as when they ask themselves."""
    visit.actor.require(OPERATE)
    with visit.services.store.read(visit.community_id) as unit:
        borrower = member_of(unit, visit.actor, member, "member")
    asked = LoanRequest(
        member_id=borrower.id, units=whole_within(units, "units", 1, MAX_UNITS) or 1, starts_on=day_of(starts, "starts"),
        ends_on=day_of(ends, "ends"), words=words.strip(),
    )  # fmt: skip
    loan = visit.services.exchange.loans.request(visit.community_id, resource_id, asked, visit.actor)
    return visit.go(f"{PREFIX}/loans/{loan.id}")


def _named(visit: Visit, text: str) -> str | None:
    if not text.strip():
        return None
    with visit.services.store.read(visit.community_id) as unit:
        return member_of(unit, visit.actor, text, "owner").id
