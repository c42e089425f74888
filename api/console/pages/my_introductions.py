"""A member's introductions: who asks, whom they asked, and how to reach each other once both said yes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.matching.relations.introduction_models import DeclineReason, Reply

router = APIRouter()
IntroductionId = Annotated[str, Path(max_length=64)]
Comment = Annotated[str, Form(max_length=1000)]


@router.get("/me/introductions")
def my_introductions(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List them, newest first, as far as the member is told."""
    member_id = own_member(visit)
    page = visit.services.introductions.page(
        visit.community_id, visit.actor, member_id=member_id, limit=20, cursor=cursor
    )
    return visit.page("my_introductions.html", place="me", introductions=page.items, next_cursor=page.next_cursor)


@router.get("/me/introductions/{introduction_id}")
def my_introduction(visit: VisitDep, introduction_id: IntroductionId) -> Response:
    """Show one, with contacts while both agree."""
    own_member(visit)
    return _page(visit, introduction_id)


@router.post("/me/introductions/{introduction_id}/answer")
def answer(
    visit: WritingDep, introduction_id: IntroductionId, reply: Annotated[Reply, Form()], *,
    reason: Annotated[DeclineReason | None, Form()] = None, comment: Comment = "",
) -> Response:  # fmt: skip
    """Accept, decline or put off what one is asked."""
    own_member(visit, "self:write")
    why = (reason or DeclineReason.OTHER) if reply is Reply.DECLINE else None
    visit.services.introductions.answer(
        visit.community_id, introduction_id, visit.actor, reply, reason=why, comment=comment
    )
    return _changed(visit, introduction_id)


@router.post("/me/introductions/{introduction_id}/withdraw")
def withdraw(visit: WritingDep, introduction_id: IntroductionId) -> Response:
    """Take back what one asked for."""
    own_member(visit, "self:write")
    visit.services.introductions.withdraw(visit.community_id, introduction_id, visit.actor)
    return _changed(visit, introduction_id)


@router.post("/me/introductions/{introduction_id}/report")
def report(visit: WritingDep, introduction_id: IntroductionId, comment: Comment) -> Response:
    """Report the other one to the operators and block the pair."""
    own_member(visit, "self:write")
    visit.services.introductions.report(visit.community_id, introduction_id, visit.actor, comment)
    return _changed(visit, introduction_id)


def _changed(visit: Visit, introduction_id: str) -> Response:
    return visit.go(f"{PREFIX}/me/introductions/{introduction_id}")


def _page(visit: Visit, introduction_id: str) -> Response:
    view = visit.services.introductions.get(visit.community_id, introduction_id, visit.actor)
    return visit.page("my_introduction.html", place="me", one=view, reasons=tuple(DeclineReason))
