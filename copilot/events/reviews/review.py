"""Reviews of events that are over: counted, kept, and shown with the comments as they are today."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from copilot.community.access import Actor
from copilot.community.store import Store, Unit
from copilot.community.tables import Event, EventReview
from copilot.community.text import clean_line, clean_text
from copilot.errors import NotFound
from copilot.events.life.event_rows import event_currency, refusal
from copilot.events.reviews import figures
from copilot.events.reviews.lessons import Evidence, lessons_of
from copilot.events.reviews.models import (
    MAX_LESSON_CHARS,
    MAX_LESSONS,
    Attendance,
    Figure,
    Interaction,
    Lesson,
    Relations,
    ReviewView,
    Written,
)
from copilot.events.reviews.spending import STORED_AS, recorded_lines, spending_of
from copilot.events.reviews.themes import FoundTheme, find_themes, shown_themes


class ReviewContent(BaseModel):
    """A review as it is stored: figures and places in comments, never their words."""

    model_config = ConfigDict(extra="forbid")

    attendance: Attendance
    satisfaction: Figure
    feedback_share: Figure
    interaction: Interaction | None
    relations: Relations | None
    themes: list[FoundTheme]
    lessons: list[Lesson]
    notes: list[str]


class ReviewService:
    """Reviews events. Safe between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(self, community_id: str, event_id: str, written: Written | None = None, *, actor: Actor) -> ReviewView:
        """Review an event from its records and keep the review; made again, it replaces the figures.

        What people wrote stays unless `written` replaces it: summary and lessons of an imported review, too. Lessons of
        people come first, then at most three that follow from the figures, five in all.

        Raises:
            NotFound: there is no such event.
            Conflict: it is not over, or was cancelled.
        """
        written = written or Written()
        with self._store.read(community_id) as unit:
            event = unit.get(Event, event_id)
            _require_over(unit, event)
            content = _read(unit, event, unit.community().locale)
        with self._store.write(community_id) as unit:
            event = unit.get(Event, event_id)
            row = unit.find(EventReview, event_id) or unit.add(
                EventReview(event_id=event_id, summary="", lessons=[], content={}, created_at=unit.now)
            )
            lessons = _by_people(row) if written.lessons is None else _cleaned(written.lessons)
            if written.summary is not None:
                row.summary = clean_text(written.summary)
            spent = row.content.get(STORED_AS)
            content.lessons = [*lessons, *content.lessons][:MAX_LESSONS]
            row.lessons = [lesson.text for lesson in content.lessons]
            kept = {} if spent is None else {STORED_AS: spent}
            row.content, row.created_at = {**content.model_dump(mode="json"), **kept}, unit.now
            event.status = "finished"
            unit.audit(actor.key_id, "event.reviewed", ("event", event_id), lessons=len(row.lessons))
            unit.session.flush()
            return _view(unit, row)

    def get(self, community_id: str, event_id: str) -> ReviewView:
        """Return the review of an event, made here or imported.

        Raises:
            NotFound: there is no such event, or it was not reviewed.
        """
        with self._store.read(community_id) as unit:
            unit.get(Event, event_id)
            row = unit.find(EventReview, event_id)
            if row is None or not _is_review(row):
                raise NotFound("this event was not reviewed yet", kind="event_review", id=event_id)
            return _view(unit, row)


def read_review(row: EventReview) -> None:
    """Check that what an erasure left of a stored review can still be read.

    Raises:
        ValueError: it cannot.
    """
    recorded_lines(row)
    _figures(row)


def _figures(row: EventReview) -> ReviewContent | None:
    """Return what was counted; None when only people wrote, or only money was recorded."""
    figures_of = {name: value for name, value in row.content.items() if name != STORED_AS}
    return ReviewContent.model_validate(figures_of) if figures_of else None


def _is_review(row: EventReview) -> bool:
    """Whether there is more than what was spent."""
    return _figures(row) is not None or bool(row.summary or row.lessons)


def _require_over(unit: Unit, event: Event) -> None:
    if event.status == "cancelled":
        raise refusal("event_cancelled")
    if event.ends_at > unit.now:
        raise refusal("not_over")


def _read(unit: Unit, event: Event, locale: str) -> ReviewContent:
    came = figures.attendance(unit, event, locale)
    satisfaction = figures.satisfaction(unit, event, locale)
    share = figures.feedback_share(unit, event, came.came, locale)
    themes = find_themes(figures.comments(unit, event.id))
    interaction, why = figures.interaction(unit, event, locale)
    relations = figures.relations(unit, event) if came.came > 1 else None
    evidence = Evidence(
        attendance=came, satisfaction=satisfaction, feedback_share=share, interaction=interaction,
        # Nobody can have been introduced yet on the evening itself.
        relations=relations if interaction is not None and figures.introduces(unit) else None, themes=themes, spent_cents=event.spent_cents,
        budget_cents=event.budget_cents, currency=event_currency(unit, event),
        spending=spending_of(unit, event, unit.find(EventReview, event.id)),
    )  # fmt: skip
    return ReviewContent(
        attendance=came, satisfaction=satisfaction, feedback_share=share, interaction=interaction,
        relations=relations, themes=themes, lessons=lessons_of(evidence, locale), notes=[why] if why else [],
    )  # fmt: skip


def _by_people(row: EventReview) -> list[Lesson]:
    """Return the lessons that people wrote: all of an imported review's, the operator's of one made here."""
    content = _figures(row)
    if content is not None:
        return [lesson for lesson in content.lessons if lesson.rests_on == "operator"]
    return _cleaned([str(lesson)[:MAX_LESSON_CHARS] for lesson in row.lessons])


def _cleaned(lessons: list[str]) -> list[Lesson]:
    texts = [text for lesson in lessons if (text := clean_line(lesson))]
    return [Lesson(key="written", text=text, rests_on="operator") for text in texts][:MAX_LESSONS]


def _view(unit: Unit, row: EventReview) -> ReviewView:
    content = _figures(row)
    spending = spending_of(unit, unit.get(Event, row.event_id), row)
    known = spending if spending.spent_cents is not None else None
    if content is None:
        return ReviewView(
            event_id=row.event_id, summary=row.summary, lessons=_by_people(row), attendance=None, satisfaction=None,
            interaction=None, relations=None, themes=[], spending=known, created_at=row.created_at,
        )  # fmt: skip
    said = {comment.id: comment.text for comment in figures.comments(unit, row.event_id)}
    return ReviewView(
        event_id=row.event_id, summary=row.summary, lessons=content.lessons, attendance=content.attendance,
        satisfaction=content.satisfaction, feedback_share=content.feedback_share, interaction=content.interaction,
        relations=content.relations, themes=shown_themes(content.themes, said, unit.community().locale),
        spending=known, notes=content.notes, created_at=row.created_at,
    )  # fmt: skip
