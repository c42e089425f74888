"""What cannot be planned, refused with a sentence in both languages: lengths that do not suit a format, days gone by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from copilot.errors import InvalidInput
from copilot.events.briefs.brief import MAX_MINUTES
from copilot.events.wording import both
from copilot.playbook_models import Playbook

MAX_DAYS_AHEAD = 730
MAX_ROUNDS = 3


@dataclass(frozen=True)
class Length:
    """How long an event lasts by the clock; `daily` is the length of each day but the last, None for a single stretch."""

    minutes: int
    daily: int | None = None


def refuse_length(length: Length, playbook: Playbook) -> None:
    """Refuse a slot that is too short or too long for the format; of several days each counts for itself.

    Raises:
        InvalidInput: `duration_too_short` or `duration_too_long`.
    """
    minutes = length.daily or length.minutes
    if minutes < playbook.min_minutes:
        raise _refusal(
            "duration_minutes", "duration_too_short", f"the shortest {playbook.format} takes {playbook.min_minutes} minutes",
            format=playbook.title, minimum=playbook.min_minutes, minutes=minutes,
        )  # fmt: skip
    # Longer slots than usual are filled with more rounds, within reason.
    longest = min(playbook.max_minutes * MAX_ROUNDS, MAX_MINUTES)
    if minutes > longest:
        raise _refusal(
            "duration_minutes", "duration_too_long", f"the longest {playbook.format} takes {longest} minutes",
            format=playbook.title, maximum=longest, minutes=minutes,
        )  # fmt: skip


def refuse_past(starts_at: datetime, now: datetime) -> None:
    """Refuse a start that is not ahead, or more than two years away; both aware, on the community's clock.

    Raises:
        InvalidInput: `date_in_past` or `date_too_far`.
    """
    day, clock = starts_at.date().isoformat(), f"{starts_at:%H:%M}"
    if starts_at <= now:
        raise _refusal(
            "starts_on", "date_in_past", f"{day} {clock} is already past", day=day, time=clock,
            now=now.strftime("%Y-%m-%d %H:%M"),
        )  # fmt: skip
    if starts_at - now > timedelta(days=MAX_DAYS_AHEAD):
        raise _refusal("starts_on", "date_too_far", f"{day} is more than two years away", day=day)


def _refusal(field: str, reason: str, message: str, **values: object) -> InvalidInput:
    said = both(reason, **values)
    return InvalidInput(message, field=field, pointer="/brief", reason=reason, sentence=said, **values)
