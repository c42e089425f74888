"""What members report, and messages that somebody was given the id of."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.community.message_view import MOST_AROUND, MessageInContext, message_in_context
from copilot.community.models import Category
from copilot.errors import Denied
from copilot.moderation.reports import TEXT_MAX_CHARS, ReportView

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
ReportId = Annotated[str, Path(max_length=64, description="id of a report", examples=["rpt_0f3k2m9q8w1e5r7t6y4u"])]
Around = Annotated[int, Query(ge=0, le=MOST_AROUND, description="messages of the same channel to show")]


class MessageReportIn(Body):
    """What is wrong with a message."""

    message_id: str = Field(max_length=64, description="id of the message")
    category: Category
    text: str = Field("", max_length=TEXT_MAX_CHARS, description="in the reporter's own words; moderators read it")
    member_id: str | None = Field(
        None, max_length=64, description="who told it, when an operator writes it down; their own when left out"
    )


@router.post("/reports", status_code=201)
def report_message(caller: CallerDep, body: MessageReportIn) -> ReportView:
    """Report a message to the moderators.

    The reported member never learns who reported; moderators see what is said, not by whom, and operators see both.
    How far somebody's earlier reports were borne out weighs in the order of cases and refuses nothing.
    """
    reporter_id = _reporter(caller, body.member_id)
    return caller.services.moderation.reports.submit(
        caller.community_id, reporter_id, body.message_id, body.category.value, body.text, actor=caller.actor.key_id
    )


@router.get("/reports")
def list_reports(caller: CallerDep, cursor: Cursor = None, limit: Limit = 50) -> ListOf[ReportView]:
    """List one's own reports, newest first, with what became of them: received, looked at, acted on."""
    page = caller.services.moderation.reports.page(caller.community_id, _own(caller), limit, cursor)
    return list_of(page)


@router.get("/reports/{report_id}")
def get_report(caller: CallerDep, report_id: ReportId) -> ReportView:
    """Show one's own report and what became of it."""
    return caller.services.moderation.reports.get(caller.community_id, report_id, _own(caller))


@router.get("/messages/{message_id}")
def get_message(
    caller: CallerDep,
    message_id: Annotated[str, Path(max_length=64, description="id of a message")],
    before: Around = 5,
    after: Around = 5,
) -> MessageInContext:
    """Show a message with those around it, such as the evidence of a case or of a reading of the room.

    The text of a message that was hidden or taken back is withheld, and the answer says which.
    """
    if not caller.actor.may("atmosphere:read"):
        caller.actor.require("moderation:read")
    with caller.services.store.read(caller.community_id) as unit:
        return message_in_context(unit, message_id, before, after)


def _reporter(caller: Caller, member_id: str | None) -> str:
    """Return whose report it is: the member's own, or that of somebody for whom an operator writes it down."""
    if member_id is None or member_id == caller.actor.member_id:
        caller.actor.require("self:write")
        if caller.actor.member_id is None:
            raise Denied("this key speaks for no member; name who told it as member_id", scope="self:write")
        return caller.actor.member_id
    caller.actor.require("moderation:reporters")
    return member_id


def _own(caller: Caller) -> str:
    caller.actor.require("self:read")
    if caller.actor.member_id is None:
        raise Denied("only a member's own key lists reports; moderators find them at their cases", scope="self:read")
    return caller.actor.member_id
