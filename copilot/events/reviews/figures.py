"""The figures of a review, counted in the store. Thin data gives no reading, with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from copilot.community.permission import allowing_ai
from copilot.community.store import Unit
from copilot.community.tables import (
    CheckIn,
    Event,
    EventFeedback,
    Introduction,
    Member,
    Message,
    Resource,
    ResourceUse,
    Signup,
)
from copilot.events.life.models import SEATED, SignupStatus
from copilot.events.reviews.estimates import mean_interval, rating_interval, share_interval
from copilot.events.reviews.models import Attendance, Figure, Interaction, Relations
from copilot.events.reviews.themes import Comment

WINDOW_DAYS, MIN_WINDOW_DAYS = 14, 3
BORN_WITHIN = timedelta(days=30)
_EDGE = timedelta(days=2)  # quiet days at the ends of the chat
MIN_SIGNUPS, MIN_RATINGS, MIN_ATTENDEES, MIN_MESSAGES = 5, 5, 8, 20
MAX_COMMENTS = 5_000

_NONE: dict[str, tuple[str, str]] = {
    "few_signups": ("只有 {n} 人报名，少于 {least} 人不读数", "{n} sign-ups; fewer than {least} give no reading"),
    "few_ratings": ("只有 {n} 份评分，少于 {least} 份不读数", "{n} ratings; fewer than {least} give no reading"),
    "no_check_in": ("没有签到记录，不知道谁来了", "nobody was checked in: who came is not known"),
    "no_goal": ("方案没有定到场目标", "no attendance goal was set"),
    "too_early": ("结束才 {days} 天，满 {least} 天再看会后互动", "only {days} days have passed; {least} are needed"),
    "few_attendees": ("可读的到场者只有 {n} 人，少于 {least} 人不读数", "{n} attendees can be read; fewer than {least} give no reading"),
    "chat_missing": ("这段时间的聊天记录不全", "the chat of these days is not all here"),
    "few_messages": ("前后一共只有 {n} 条消息，少于 {least} 条不读数", "{n} messages in all; fewer than {least} give no reading"),
}  # fmt: skip


def why(key: str, locale: str, **values: object) -> str:
    """Return why there is no reading, in the community's language."""
    return _NONE[key][0 if locale == "zh-CN" else 1].format(**values)


def attendance(unit: Unit, event: Event, locale: str) -> Attendance:
    """Count who came, against the goal and the sign-ups."""
    by_status: dict[str, int] = {}
    for status, count in unit.session.execute(
        select(Signup.status, func.count()).where(Signup.event_id == event.id).group_by(Signup.status)
    ):
        by_status[status] = int(count)
    came = unit.session.scalar(select(func.count()).select_from(CheckIn).where(CheckIn.event_id == event.id)) or 0
    signed_up = sum(by_status.get(status, 0) for status in SEATED)
    return Attendance(
        goal=event.headcount, signed_up=signed_up, came=came, waited=by_status.get(SignupStatus.WAITLISTED, 0),
        cancelled=by_status.get(SignupStatus.CANCELLED, 0), of_goal=_of_goal(event.headcount, came, locale),
        no_show=_no_show(signed_up, came, locale),
    )  # fmt: skip


def _of_goal(goal: int | None, came: int, locale: str) -> Figure:
    if came == 0:
        return Figure(value=None, n=0, why_none=why("no_check_in", locale))
    if not goal:
        return Figure(value=None, n=came, why_none=why("no_goal", locale))
    return Figure(value=round(came / goal, 4), n=came)  # a count over a wish: nothing was drawn, so no interval


def _no_show(signed_up: int, came: int, locale: str) -> Figure:
    if came == 0:
        return Figure(value=None, n=signed_up, why_none=why("no_check_in", locale))
    if signed_up < MIN_SIGNUPS:
        reason = why("few_signups", locale, n=signed_up, least=MIN_SIGNUPS)
        return Figure(value=None, n=signed_up, why_none=reason)
    share = max(0, signed_up - came) / signed_up
    low, high = share_interval(share, signed_up)
    return Figure(value=round(share, 4), low=round(low, 4), high=round(high, 4), n=signed_up)


def satisfaction(unit: Unit, event: Event, locale: str) -> Figure:
    """Return the mean rating, 1-5."""
    ratings = unit.session.scalars(select(EventFeedback.rating).where(EventFeedback.event_id == event.id)).all()
    if len(ratings) < MIN_RATINGS:
        reason = why("few_ratings", locale, n=len(ratings), least=MIN_RATINGS)
        return Figure(value=None, n=len(ratings), why_none=reason)
    low, high = rating_interval(ratings)
    mean = sum(ratings) / len(ratings)
    return Figure(value=round(mean, 2), low=round(low, 2), high=round(high, 2), n=len(ratings))


def feedback_share(unit: Unit, event: Event, came: int, locale: str) -> Figure:
    """Return the share of attendees who gave feedback, 0-1."""
    if came == 0:
        return Figure(value=None, n=0, why_none=why("no_check_in", locale))
    counted = select(func.count()).select_from(EventFeedback).where(EventFeedback.event_id == event.id)
    share = min(1.0, (unit.session.scalar(counted) or 0) / came)
    low, high = share_interval(share, came)
    return Figure(value=round(share, 4), low=round(low, 4), high=round(high, 4), n=came)


def comments(unit: Unit, event_id: str) -> list[Comment]:
    """Return what attendees wrote who let machines read it, oldest first."""
    rows = unit.session.execute(
        select(EventFeedback.id, EventFeedback.comment, EventFeedback.rating)
        .join(Member, Member.id == EventFeedback.member_id)
        .where(EventFeedback.event_id == event_id, EventFeedback.comment != "", *allowing_ai())
        .order_by(EventFeedback.created_at, EventFeedback.id)
        .limit(MAX_COMMENTS)
    )
    return [Comment(str(row[0]), str(row[1]), int(row[2])) for row in rows]


def interaction(unit: Unit, event: Event, locale: str) -> tuple[Interaction | None, str]:
    """Compare what attendees wrote in equally long windows before the start and after the end; or say why not."""
    days = min(WINDOW_DAYS, (unit.now - event.ends_at).days)
    if days < MIN_WINDOW_DAYS:
        return None, why("too_early", locale, days=days, least=MIN_WINDOW_DAYS)
    people = list(unit.session.scalars(_readable(event.id)))
    if len(people) < MIN_ATTENDEES:
        return None, why("few_attendees", locale, n=len(people), least=MIN_ATTENDEES)
    length = timedelta(days=days)
    if not _is_covered(unit, event.starts_at - length, event.ends_at + length):
        return None, why("chat_missing", locale)
    before = _messages(unit, event.id, (event.starts_at - length, event.starts_at))
    after = _messages(unit, event.id, (event.ends_at, event.ends_at + length))
    total = sum(before.values()) + sum(after.values())
    if total < MIN_MESSAGES:
        return None, why("few_messages", locale, n=total, least=MIN_MESSAGES)
    changes = [(after.get(person, 0) - before.get(person, 0)) / days for person in people]
    low, high = mean_interval(changes)
    replies_before, pairs_before = _replies(unit, event.id, (event.starts_at - length, event.starts_at))
    replies_after, pairs_after = _replies(unit, event.id, (event.ends_at, event.ends_at + length))
    mean = sum(changes) / len(changes)
    return Interaction(
        days=days, messages_before=sum(before.values()), messages_after=sum(after.values()),
        replies_before=replies_before, replies_after=replies_after, pairs_before=pairs_before, pairs_after=pairs_after,
        change=Figure(value=round(mean, 3), low=round(low, 3), high=round(high, 3), n=len(people)),
    ), ""  # fmt: skip


def relations(unit: Unit, event: Event) -> Relations:
    """Count what began between attendees from the start of the event until thirty days after its end."""
    came = select(CheckIn.member_id).where(CheckIn.event_id == event.id)
    until = event.ends_at + BORN_WITHIN
    asked = select(func.count(), func.count(Introduction.revealed_at)).where(
        Introduction.asker_id.in_(came), Introduction.target_id.in_(came),
        Introduction.created_at.between(event.starts_at, until),
    )  # fmt: skip
    introductions, connected = unit.session.execute(asked).one()
    lent = (
        select(func.count())
        .select_from(ResourceUse)
        .join(Resource, Resource.id == ResourceUse.resource_id)
        .where(
            Resource.owner_id.in_(came), ResourceUse.member_id.in_(came), Resource.owner_id != ResourceUse.member_id,
            ResourceUse.lent_at.between(event.starts_at, until),
        )
    )  # fmt: skip
    linked = select(func.count()).select_from(Message).where(
        Message.sender_id.in_(_readable(event.id).order_by(None)), Message.recalled_at.is_(None),
        Message.sent_at.between(event.starts_at, until),
        or_(Message.text.contains("http://"), Message.text.contains("https://")),
    )  # fmt: skip
    return Relations(
        introductions=int(introductions), connected=int(connected), cooperations=unit.session.scalar(lent) or 0,
        shared=unit.session.scalar(linked) or 0,
    )  # fmt: skip


def _readable(event_id: str) -> Select[str]:
    """Return the statement of attendees who let machines read what they write."""
    return (
        select(CheckIn.member_id)
        .join(Member, Member.id == CheckIn.member_id)
        .where(CheckIn.event_id == event_id, *allowing_ai())
        .order_by(CheckIn.member_id)
    )


def _is_covered(unit: Unit, start: datetime, end: datetime) -> bool:
    """Whether the chat of the whole window is here: an import that begins in the middle would look like a rise."""
    first, last = unit.session.execute(select(func.min(Message.sent_at), func.max(Message.sent_at))).one()
    return first is not None and first <= start + _EDGE and last >= end - _EDGE


def introduces(unit: Unit) -> bool:
    """Whether introductions are made here at all: where they are not, none of an event says nothing."""
    return unit.session.scalar(select(Introduction.id).limit(1)) is not None


def _messages(unit: Unit, event_id: str, window: tuple[datetime, datetime]) -> dict[str, int]:
    rows = unit.session.execute(
        select(Message.sender_id, func.count())
        .where(
            Message.sender_id.in_(_readable(event_id).order_by(None)), Message.recalled_at.is_(None),
            Message.sent_at >= window[0], Message.sent_at < window[1],
        )
        .group_by(Message.sender_id)
    )  # fmt: skip
    return {str(sender): int(count) for sender, count in rows}


def _replies(unit: Unit, event_id: str, window: tuple[datetime, datetime]) -> tuple[int, int]:
    """Return how many messages of an attendee answer another one's, and between how many pairs."""
    answered, people = aliased(Message), _readable(event_id).order_by(None)
    rows = unit.session.execute(
        select(Message.sender_id, answered.sender_id, func.count())
        .join(answered, answered.id == Message.reply_to_id)
        .where(
            Message.sender_id.in_(people), answered.sender_id.in_(people), Message.sender_id != answered.sender_id,
            Message.recalled_at.is_(None), Message.sent_at >= window[0], Message.sent_at < window[1],
        )
        .group_by(Message.sender_id, answered.sender_id)
    ).all()  # fmt: skip
    return sum(int(count) for _, _, count in rows), len({frozenset((one, other)) for one, other, _ in rows})
