"""The feedback form: a rating, the plan's questions, a comment; from those who came, and from nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.permission import get_seen
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import CheckIn, Event, EventFeedback
from copilot.community.text import clean_text
from copilot.errors import InvalidInput
from copilot.events.life.event_rows import clock_time, refusal
from copilot.events.life.models import (
    MAX_ANSWERS,
    Answer,
    Feedback,
    FeedbackForm,
    FeedbackView,
)
from copilot.events.life.wording import in_both
from copilot.events.life.wording import said as in_words

OPEN_FOR = timedelta(days=30)


class FeedbackBox:
    """Shows the form and keeps what was said. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def form(self, community_id: str, event_id: str) -> FeedbackForm:
        """Return what attendees are asked, in the community's language.

        Raises:
            NotFound: there is no such event.
        """
        with self._store.read(community_id) as unit:
            event, locale = unit.get(Event, event_id), unit.community().locale
            return FeedbackForm(
                event_id=event.id, title=event.title, opens_at=event.starts_at, closes_at=event.ends_at + OPEN_FOR,
                rating_question=in_words("form.rating", locale), questions=_questions(event),
                comment_question=in_words("form.comment", locale),
            )  # fmt: skip

    def give(
        self, community_id: str, event_id: str, member_id: str, said: Feedback, *, actor: Actor
    ) -> FeedbackView:  # fmt: skip
        """Keep what an attendee says; said again, it replaces what was said before. Questions may stay open.

        Raises:
            NotFound: no such event or member.
            Conflict: the member did not come, or the form is closed.
            InvalidInput: a question that the form does not ask, or one answered twice.
        """
        with self._store.write(community_id) as unit:
            event = unit.get(Event, event_id)
            member = get_seen(unit, actor, member_id)
            _require_form_open(unit, event)
            came = select(CheckIn.id).where(CheckIn.event_id == event_id, CheckIn.member_id == member_id)
            if unit.session.scalar(came) is None:
                raise refusal("only_attendees")
            kept = _answers(event, said.answers)
            values = {
                "id": derived_id("efb", community_id, event_id, member.id), "event_id": event_id,
                "member_id": member.id, "rating": said.rating, "comment": clean_text(said.comment), "answers": kept,
                "created_at": unit.now,
            }  # fmt: skip
            unit.upsert(EventFeedback, [values])
            row = unit.get(EventFeedback, str(values["id"]))
            unit.audit(actor.key_id, "event.feedback_given", ("event_feedback", row.id), event_id=event_id)
            return _view(row, actor)

    def list(
        self, community_id: str, event_id: str, *, actor: Actor, limit: int = 50, cursor: str | None = None
    ) -> Page[FeedbackView]:
        """Return what attendees said, latest first, without their names.

        Raises:
            NotFound: there is no such event.
            InvalidInput: an unknown cursor, or a limit out of bounds.
        """
        with self._store.read(community_id) as unit:
            unit.get(Event, event_id)
            statement = select(EventFeedback).where(EventFeedback.event_id == event_id)
            page = unit.page(statement, (EventFeedback.created_at, EventFeedback.id), limit=limit, cursor=cursor)
            return Page([_view(row, actor) for row in page.items], page.next_cursor)


def _questions(event: Event) -> list[str]:
    return [str(question) for question in event.feedback_questions[:MAX_ANSWERS]]


def _answers(event: Event, answers: Sequence[Answer]) -> list[dict[str, str]]:
    asked, seen, kept = set(_questions(event)), set[str](), []
    for item in answers:
        wrong = "unknown_question" if item.question not in asked else "answered_twice" if item.question in seen else ""
        if wrong:
            sentence = in_both(wrong, question=item.question[:100])
            raise InvalidInput(sentence["en"], field="answers", reason=wrong, sentence=sentence)
        seen.add(item.question)
        answer = clean_text(item.answer)
        if answer:
            kept.append({"question": item.question, "answer": answer})
    return kept


def _require_form_open(unit: Unit, event: Event) -> None:
    if event.status == "cancelled":
        raise refusal("event_cancelled")
    closes = event.ends_at + OPEN_FOR
    if not event.starts_at <= unit.now <= closes:
        timezone = unit.community().timezone
        opens = clock_time(event.starts_at, timezone)
        raise refusal("feedback_closed", opens=opens, closes=clock_time(closes, timezone))


def _view(row: EventFeedback, actor: Actor) -> FeedbackView:
    return FeedbackView(
        id=row.id, event_id=row.event_id, member_id=row.member_id if actor.member_id == row.member_id else None,
        rating=row.rating, comment=row.comment, answers=[Answer.model_validate(item) for item in row.answers],
        created_at=row.created_at,
    )  # fmt: skip
