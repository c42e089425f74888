"""Events from JSONL: one event a line, with its sign-ups, feedback and review."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from copilot.community.importers.base import (
    ImportedEvent,
    ImportedFeedback,
    ImportedSignup,
    ReadContext,
    Record,
    RowError,
    RowProblem,
)
from copilot.community.importers.chat import part
from copilot.community.importers.json_lines import json_lines
from copilot.community.importers.source import Source
from copilot.community.importers.values import identity, line, moment, paragraph, required, whole_number
from copilot.errors import InvalidInput

_STATUSES = frozenset({"going", "attended", "no_show", "cancelled", "waitlisted"})
_MAX_PEOPLE = 5_000
_MAX_LESSONS = 20
_MAX_CENTS = 2_000_000_000  # 20 million yuan; the column holds 32 bits


def read(source: Source, context: ReadContext) -> Iterator[Record]:
    """Yield one event per line."""
    if context.mapping:
        raise InvalidInput("events have fixed fields; a mapping cannot be used", field="mapping")
    for number, item in json_lines(source):
        if isinstance(item, RowError):
            yield item
            continue
        try:
            yield _event(number, item, context)
        except RowProblem as problem:
            yield problem.at(number)


def _event(number: int, item: dict[str, Any], context: ReadContext) -> ImportedEvent:
    limit = context.limits.max_text_chars
    starts_at = required(moment(item.get("starts_at"), "starts_at", context.timezone), "starts_at")
    ends_at = required(moment(item.get("ends_at"), "ends_at", context.timezone), "ends_at")
    if ends_at <= starts_at:
        raise RowProblem("out_of_range", "ends_at must be after starts_at", "ends_at")
    values: dict[str, Any] = {
        "title": required(line(item.get("title"), "title"), "title"),
        "format": required(line(item.get("format"), "format", 40), "format"),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "city": line(item.get("city"), "city"),
        "goal": paragraph(item.get("goal"), "goal", limit),
        "capacity": whole_number(item.get("capacity"), "capacity", least=0, most=1_000_000),
        "budget_cents": whole_number(item.get("budget_cents"), "budget_cents", least=0, most=_MAX_CENTS),
        "spent_cents": whole_number(item.get("spent_cents"), "spent_cents", least=0, most=_MAX_CENTS),
    }
    review = part(item, "review")
    return ImportedEvent(
        line=number,
        code=required(identity(item.get("code"), "code"), "code"),
        values=values,
        venue=identity(item.get("venue"), "venue"),
        host=identity(item.get("host"), "host"),
        speakers=tuple(identity(speaker, "speakers") for speaker in _listed(item, "speakers", 100)),
        signups=tuple(_signup(entry, context) for entry in _listed(item, "signups", _MAX_PEOPLE)),
        feedback=tuple(_feedback(entry, limit) for entry in _listed(item, "feedback", _MAX_PEOPLE)),
        review_summary=paragraph(review.get("summary"), "review.summary", limit),
        review_lessons=tuple(
            paragraph(lesson, "lessons", limit) for lesson in _listed(review, "lessons", _MAX_LESSONS)
        ),
    )


def _listed(item: dict[str, Any], field: str, most: int) -> list[Any]:
    value = item.get(field)
    if value is None:
        return []
    if not isinstance(value, list):
        raise RowProblem("wrong_type", f"{field} must be a list", field)
    if len(value) > most:
        raise RowProblem("too_many", f"{field} has {len(value):,} entries; at most {most:,}", field)
    return value


def _signup(entry: Any, context: ReadContext) -> ImportedSignup:
    if not isinstance(entry, dict):
        raise RowProblem("wrong_type", "a sign-up must be an object", "signups")
    status = line(entry.get("status"), "signups.status", 40) or "going"
    if status not in _STATUSES:
        raise RowProblem("unknown_word", f"signups.status must be one of {', '.join(sorted(_STATUSES))}", "signups")
    at = moment(entry.get("signed_up_at"), "signups.signed_up_at", context.timezone)
    return ImportedSignup(required(identity(entry.get("member"), "signups.member"), "signups.member"), status, at)


def _feedback(entry: Any, limit: int) -> ImportedFeedback:
    if not isinstance(entry, dict):
        raise RowProblem("wrong_type", "feedback must be an object", "feedback")
    rating = whole_number(entry.get("rating"), "feedback.rating", least=1, most=5)
    if rating is None:
        raise RowProblem("missing", "feedback needs a rating", "feedback.rating")
    member = required(identity(entry.get("member"), "feedback.member"), "feedback.member")
    return ImportedFeedback(member, rating, paragraph(entry.get("comment"), "feedback.comment", limit))
