"""A member's own start: who asks for them, who or what fits them, what they may write, what is coming."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.quotes import label_in, quoted
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.introduction_status import IntroductionStatus
from copilot.community.tables import AspectProposal, Match, Member
from copilot.errors import NotFound
from copilot.matching.models import MatchKind, Verdict
from copilot.matching.relations.introduction_models import DeclineReason, IntroductionView
from copilot.matching.rules.constraints import as_told_to_members

router = APIRouter()
KINDS: tuple[MatchKind, ...] = ("member", "resource", "event", "thread")
MatchId = Annotated[str, Path(max_length=64)]
_MATCHES, _EVENTS, _TOPICS, _LOOKED_AT = 5, 4, 3, 50


@router.get("/me")
def my_page(visit: VisitDep) -> Response:
    """Show what is new for the member. Matches take a moment to work out and come after it."""
    member_id = own_member(visit)
    services, community_id = visit.services, visit.community_id
    with services.store.read(community_id) as unit:
        name = unit.get(Member, member_id).name
        of_mine = (AspectProposal.member_id == member_id, AspectProposal.status == "proposed")
        proposed = unit.session.scalar(select(func.count(AspectProposal.id)).where(*of_mine)) or 0
    events = services.desks.life.list(community_id, when="coming", limit=_EVENTS).items
    topics = services.topics.history(community_id, member_id=member_id, limit=_TOPICS).items
    return visit.page(
        "me.html", place="me", who=name, asked=waiting_for(visit, member_id), events=events, topics=topics,
        signups=signups_of(visit, member_id), proposed=proposed, kinds=KINDS,
        reasons=tuple(DeclineReason),
    )  # fmt: skip


@router.get("/me/matches")
def my_matches(visit: VisitDep, kind: Annotated[MatchKind, Query()] = "member") -> Response:
    """Show who or what fits the member, with the words it rests on. Others' decisions are not told."""
    member_id = own_member(visit)
    found = visit.services.matching.match(
        visit.community_id, member_id, kind, _MATCHES, actor=visit.actor.key_id
    )  # fmt: skip
    told = found.model_copy(update={"excluded": as_told_to_members(found.excluded)})
    return visit.fragment("my_matches.html", found=told, kinds=KINDS, quoted=quoted, label_in=label_in)


@router.post("/me/matches/{match_id}")
def answer_match(
    visit: WritingDep, match_id: MatchId, verdict: Annotated[Verdict, Form()],
    comment: Annotated[str, Form(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """Accept a proposal, put it off or decline it; accepting asks the other one."""
    member_id = own_member(visit, "self:write")
    visit.services.matching.feedback(visit.community_id, match_id, member_id, verdict, comment)
    if not visit.is_htmx:
        return visit.go(f"{PREFIX}/me")
    with visit.services.store.read(visit.community_id) as unit:
        row = unit.get(Match, match_id)
        return visit.fragment("my_match_answered.html", match_id=match_id, verdict=verdict.value, kind=row.kind)


@router.get("/me/topics")
def my_topics(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List what the member could write about, with the question that waits for it and their own words that answer it."""
    member_id = own_member(visit)
    page = visit.services.topics.history(visit.community_id, member_id=member_id, limit=10, cursor=cursor)
    return visit.page("my_topics.html", place="me_topics", topics=page.items, next_cursor=page.next_cursor)


@router.get("/me/points")
def my_points(visit: VisitDep) -> Response:
    """Say why the member has the points they have."""
    member_id = own_member(visit)
    points = visit.services.recognition.points.why(visit.community_id, member_id)
    return visit.page("my_points.html", place="me", points=points)


@router.post("/me/points/shown")
def show_me(visit: WritingDep, shown: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Take the member off every board, award and slot at once, or let them be shown again."""
    member_id = own_member(visit, "self:write")
    points = visit.services.recognition.points
    points.show(visit.community_id, member_id, shown=shown == "yes", actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/me/points")


def waiting_for(visit: Visit, member_id: str) -> list[IntroductionView]:
    """Return the introductions that wait for this member's answer, each with the message written to them."""
    desk = visit.services.introductions
    page = desk.page(
        visit.community_id, visit.actor, member_id=member_id, status=IntroductionStatus.WAITING, limit=_LOOKED_AT
    )
    asked = [row.id for row in page.items if row.side == "target"]
    found = []
    for introduction_id in asked:
        try:
            found.append(desk.get(visit.community_id, introduction_id, visit.actor))
        except NotFound:  # it ended, or its asker left, between the two looks
            continue
    return found


def signups_of(visit: Visit, member_id: str) -> dict[str, str]:
    """Return how the member's latest sign-ups stand, by event."""
    desk = visit.services.desks.signups
    page = desk.of_member(visit.community_id, member_id, actor=visit.actor, limit=_LOOKED_AT)
    return {row.event_id: row.status.value for row in page.items}
