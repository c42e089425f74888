"""How it was: what a member who came says of an event."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path
from pydantic import Field
from sqlalchemy import select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.own import own_member
from api.console.visit import VisitDep, WritingDep
from copilot.community.tables import EventFeedback
from copilot.errors import InvalidInput
from copilot.events.life.models import MAX_ANSWER_CHARS, MAX_ANSWERS, MAX_COMMENT_CHARS, Answer, Feedback

router = APIRouter(prefix="/me/events/{event_id}/feedback")
EventId = Annotated[str, Path(max_length=64)]
Questions = Annotated[list[Annotated[str, Field(max_length=300)]], Form(max_length=MAX_ANSWERS)]
Answers = Annotated[list[Annotated[str, Field(max_length=MAX_ANSWER_CHARS)]], Form(max_length=MAX_ANSWERS)]


@router.get("")
def feedback_page(visit: VisitDep, event_id: EventId) -> Response:
    """Ask what the event's plan asks, with what the member said before."""
    member_id = own_member(visit)
    form = visit.services.desks.feedback.form(visit.community_id, event_id)
    with visit.services.store.read(visit.community_id) as unit:
        mine = (EventFeedback.event_id == event_id, EventFeedback.member_id == member_id)
        said = unit.session.scalar(select(EventFeedback).where(*mine))
        answers = {row["question"]: row["answer"] for row in said.answers} if said is not None else {}
        before = {"rating": said.rating, "comment": said.comment} if said is not None else {"rating": 0, "comment": ""}
    return visit.page("my_feedback.html", place="me_events", form=form, answers=answers, before=before)


@router.post("")
def give(
    visit: WritingDep, event_id: EventId, rating: Annotated[int, Form(ge=1, le=5)], *, question: Questions = [],  # noqa: B006
    answer: Answers = [], comment: Annotated[str, Form(max_length=MAX_COMMENT_CHARS)] = "",  # noqa: B006  # FastAPI copies both
) -> Response:  # fmt: skip
    """Keep what was said; said again, it replaces what was said before."""
    member_id = own_member(visit, "self:write")
    if len(question) != len(answer):
        raise InvalidInput("the form is not whole", field="answer")
    given = [Answer(question=one, answer=text) for one, text in zip(question, answer, strict=True) if text.strip()]
    said = Feedback(rating=rating, comment=comment.strip(), answers=given)
    visit.services.desks.feedback.give(visit.community_id, event_id, member_id, said, actor=visit.actor)
    return visit.go(f"{PREFIX}/me/events?thanks=yes#mine")
