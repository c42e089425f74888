"""Appeals of members against decisions about them; another person than the one who decided answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.pages.moderation import tabs
from api.console.visit import VisitDep, WritingDep
from copilot.community.tables import Decision, Member
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.case_views import decision_view
from copilot.moderation.rulings import REASON_MAX_CHARS

router = APIRouter(prefix="/moderation/appeals")
Word = Annotated[str, Form(max_length=20)]


@router.get("")
def appeals_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List appeals, newest first, each with the decision it is about."""
    visit.actor.require("moderation:read")
    page = visit.services.moderation.appeals.page(visit.community_id, limit=30, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        members = unit.get_many(Member, [one.member_id for one in page.items])
        rows = unit.get_many(Decision, [one.decision_id for one in page.items])
        decisions = {decision_id: decision_view(row) for decision_id, row in rows.items()}
    return visit.page(
        "appeals.html", place="moderation", appeals=page.items, next_cursor=page.next_cursor, members=members,
        decisions=decisions, may_answer=visit.actor.may("moderation:decide") or visit.actor.may("moderation:appeals"),
        **tabs(visit),
    )  # fmt: skip


@router.post("/{appeal_id}/answer")
def answer(
    visit: WritingDep,
    appeal_id: Annotated[str, Path(max_length=64)],
    outcome: Word = "",
    reason: Annotated[str, Form(max_length=REASON_MAX_CHARS)] = "",
    after: Word = "close",
) -> Response:
    """Uphold or overturn; overturning takes everything back that the decision did."""
    is_moderator = visit.actor.may("moderation:decide")
    if not is_moderator:
        visit.actor.require("moderation:appeals")
    said = AppealAnswer.parse(outcome, reason, after)
    visit.services.moderation.appeals.answer(
        visit.community_id, appeal_id, said, actor=visit.actor.key_id, is_moderator=is_moderator
    )
    return visit.go(f"{PREFIX}/moderation/appeals")
