"""Introductions: who waits for whom, the answers of the two, and how they can be reached once both said yes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.community.access import Actor
from copilot.community.contact_details import MAX_CONTACT_CHARS, contacts_of, state_contacts
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.tables import Member
from copilot.errors import Denied, InvalidInput
from copilot.matching.relations.introduction_models import DeclineReason, IntroductionSummary, IntroductionView, Reply

router = APIRouter(tags=["introductions"], route_class=IdempotentRoute)
IntroductionId = Annotated[str, Path(max_length=64, description="id of an introduction")]
Contact = Annotated[str, Field(max_length=MAX_CONTACT_CHARS)]
_COMMENT_CHARS = 1000


class AnswerIn(Body):
    """What the asked member says."""

    answer: Reply = Field(examples=["decline"])
    reason: DeclineReason | None = Field(None, description="of a decline, and only of one; operators alone read it")
    comment: str = Field("", max_length=_COMMENT_CHARS, description="operators alone read it")


class ReportIn(Body):
    """What the other one did."""

    comment: str = Field(min_length=1, max_length=_COMMENT_CHARS, description="operators alone read it")


class ContactsIn(Body):
    """How to reach a member; a field left out stays as it is, an empty one is taken out."""

    wechat: Contact | None = None
    email: Contact | None = None
    phone: Contact | None = None
    telegram: Contact | None = None
    other: Contact | None = None


class ContactsOut(Body):
    """How a member can be reached; a kind that was never stated is null."""

    wechat: str | None = None
    email: str | None = None
    phone: str | None = None
    telegram: str | None = None
    other: str | None = None


@router.get("/members/{member_id}/introductions")
def member_introductions(
    caller: CallerDep, member_id: MemberId, cursor: Cursor = None, limit: Limit = 20
) -> ListOf[IntroductionSummary]:
    """List a member's introductions, newest first: those they asked for and those they were asked.

    A member is told of the other's no, silence or report alike that it was not taken up. Contacts are in no list.
    """
    caller.actor.require_member(member_id, "matching:read")
    return _page(caller, member_id, None, cursor, limit)


@router.get("/introductions")
def list_introductions(
    caller: CallerDep,
    status: Annotated[IntroductionStatus | None, Query(description="only in this state, such as reported")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> ListOf[IntroductionSummary]:
    """List introductions of all members that the caller may know of, newest first, as they really stand."""
    caller.actor.require("matching:read")
    if status is IntroductionStatus.NOT_TAKEN_UP:
        raise InvalidInput("members are told this of several states; name one of those", field="status")
    return _page(caller, None, status, cursor, limit)


@router.get("/introductions/{introduction_id}")
def get_introduction(caller: CallerDep, introduction_id: IntroductionId) -> IntroductionView:
    """Show one introduction.

    The two see the message written to them and, once both said yes and while both agree, each other's contacts.
    Operators see both messages, who ended it and why, and no contacts.
    """
    if not caller.actor.may("matching:read"):
        caller.actor.require("self:read")
    return caller.services.introductions.get(caller.community_id, introduction_id, caller.actor)


@router.post("/introductions/{introduction_id}/answer")
def answer(caller: CallerDep, introduction_id: IntroductionId, body: AnswerIn) -> IntroductionSummary:
    """Accept, decline or ignore. Only the asked member can; the same answer again changes nothing."""
    actor = _member(caller.actor)
    view = caller.services.introductions.answer(
        caller.community_id, introduction_id, actor, body.answer, reason=body.reason, comment=body.comment
    )
    return _without_contacts(view)


@router.post("/introductions/{introduction_id}/withdraw")
def withdraw(caller: CallerDep, introduction_id: IntroductionId) -> IntroductionSummary:
    """Take back an introduction that waits. Only who asked for it can."""
    actor = _member(caller.actor)
    return _without_contacts(caller.services.introductions.withdraw(caller.community_id, introduction_id, actor))


@router.post("/introductions/{introduction_id}/report")
def report(caller: CallerDep, introduction_id: IntroductionId, body: ReportIn) -> IntroductionSummary:
    """Report the other one to the operators and block the pair; the other one is not told."""
    actor = _member(caller.actor)
    return _without_contacts(
        caller.services.introductions.report(caller.community_id, introduction_id, actor, body.comment)
    )


@router.get("/members/{member_id}/contacts")
def get_contacts(caller: CallerDep, member_id: MemberId) -> ContactsOut:
    """Show a member's own contacts. Nobody else's key can, whatever its role."""
    _require_self(caller.actor, member_id, "self:read")
    with caller.services.store.read(caller.community_id) as unit:
        return ContactsOut(**contacts_of(unit.get(Member, member_id)))


@router.put("/members/{member_id}/contacts")
def put_contacts(caller: CallerDep, member_id: MemberId, body: ContactsIn) -> ContactsOut:
    """State how to reach oneself. What a member states or takes out, no import changes."""
    _require_self(caller.actor, member_id, "self:write")
    with caller.services.store.write(caller.community_id) as unit:
        return ContactsOut(**state_contacts(unit, member_id, body.model_dump(include=body.model_fields_set)))


def _page(
    caller: Caller, member_id: str | None, status: IntroductionStatus | None, cursor: str | None, limit: int
) -> ListOf[IntroductionSummary]:
    page = caller.services.introductions.page(
        caller.community_id, caller.actor, member_id=member_id, status=status, limit=limit, cursor=cursor
    )
    return list_of(page)


def _without_contacts(view: IntroductionView) -> IntroductionSummary:
    # Answers to POST may be kept for replay: what is shown only while both agree must not be among them.
    return IntroductionSummary(**{name: getattr(view, name) for name in IntroductionSummary.model_fields})


def _member(actor: Actor) -> Actor:
    actor.require("self:write")
    if actor.member_id is None:
        raise Denied("only the member's own key acts in an introduction", scope="self:write")
    return actor


def _require_self(actor: Actor, member_id: str, scope: str) -> None:
    actor.require(scope)
    if actor.member_id != member_id:
        raise Denied("only the member's own key sees or changes these contacts", scope=scope)
