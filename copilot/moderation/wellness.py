"""Looking after moderators: blurred text, a bound on severe cases in a day, a word when it is time for a break.

What is counted is the moderator's own audit entries; nobody else is shown the count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select

from copilot.community.ids import derived_id
from copilot.community.reader import reader_locale
from copilot.community.store import Store, Unit
from copilot.community.tables import AuditEntry, Case, ModeratorCare
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.decision_wording import moment_said, refusal, wellness_sentence
from copilot.moderation.models import CaseStatus, Severity
from copilot.moderation.terms import Terms, terms_of

# Work is one stretch as long as no pause between two steps of it is longer.
PAUSE = timedelta(minutes=10)
_LOOKED = ("case.claimed", "case.decided", "decision.proposed")
_MOST_STEPS = 2_000


class Blur(StrEnum):
    """Which text a client shows only when asked to."""

    NONE = "none"
    SEVERE = "severe"
    ALL = "all"


@dataclass(frozen=True)
class Wellness:
    """A moderator's own settings and day.

    Attributes:
        blur: which text is blurred until the case is opened; `severe` is that of cases of high severity.
        severe_per_day: cases of high severity to be seen in a day, at most; the community's when none is set.
        severe_cap: the most that may be set here.
        severe_today: how many were seen since midnight in the community's time zone.
        resets_at: when that starts anew.
        minutes_at_work: since the last pause of ten minutes.
    """

    blur: Blur
    severe_per_day: int
    severe_cap: int
    break_after_minutes: int
    severe_today: int
    resets_at: datetime
    minutes_at_work: int
    break_is_due: bool
    sentence: str


class WellnessDesk:
    """Shows and changes moderators' own settings."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, community_id: str, actor: str) -> Wellness:
        """Return the settings and the day of `actor`."""
        with self._store.read(community_id) as unit:
            return _wellness(unit, actor)

    def put(
        self, community_id: str, actor: str, *, blur: Blur, severe_per_day: int | None, break_after_minutes: int | None
    ) -> Wellness:
        """Replace the settings of `actor`; None is the community's own.

        Raises:
            InvalidInput: more severe cases than the community allows, or a break outside 15-240 minutes.
        """
        with self._store.write(community_id) as unit:
            cap = terms_of(unit).terms.severe_per_day
            if severe_per_day is not None and not 0 <= severe_per_day <= cap:
                raise InvalidInput(field="severe_per_day", limit=cap, **refusal("limit_beyond_cap", cap=cap))
            if break_after_minutes is not None and not 15 <= break_after_minutes <= 240:
                raise InvalidInput("a break is due after 15 to 240 minutes", field="break_after_minutes")
            row_id = derived_id("wel", unit.community_id, actor)
            values = {"blur": blur.value, "severe_per_day": severe_per_day, "break_after_minutes": break_after_minutes}
            unit.upsert(ModeratorCare, [{"id": row_id, "actor": actor, "changed_at": unit.now, **values}])
            unit.audit(actor, "wellness.changed", ("moderator_care", row_id), **values)
            return _wellness(unit, actor)


def require_capacity(unit: Unit, case: Case, actor: str) -> None:
    """Pass, or refuse a severe case to somebody who has seen enough of them today.

    Raises:
        Conflict: `data` says the limit, when it starts anew, and what lifts it.
    """
    if case.severity != Severity.HIGH:
        return
    terms = terms_of(unit).terms
    limit = _limit(_row(unit, actor), terms)
    seen = _severe_today(unit, actor)
    if case.id in seen or len(seen) < limit:
        return
    resets = _midnight(unit) + timedelta(days=1)
    shown = moment_said(resets, unit.community().timezone)
    key = "limit_own" if limit < terms.severe_per_day else "limit_cap"
    raise Conflict(
        reason="wellness_limit", limit=limit, seen=len(seen), resets_at=resets.isoformat(),
        lift="PUT /moderation/wellness" if key == "limit_own" else "PUT /moderation/terms",
        **refusal(key, seen=len(seen), limit=limit, cap=terms.severe_per_day, resets=shown),
    )  # fmt: skip


def _wellness(unit: Unit, actor: str) -> Wellness:
    row, terms = _row(unit, actor), terms_of(unit).terms
    limit = _limit(row, terms)
    after = (row.break_after_minutes if row else None) or terms.break_after_minutes
    seen = len(_severe_today(unit, actor))
    minutes = int(_at_work(_steps(unit, actor), unit.now).total_seconds() // 60)
    is_due = minutes >= after
    return Wellness(
        blur=Blur(row.blur) if row else Blur.SEVERE, severe_per_day=limit, severe_cap=terms.severe_per_day,
        break_after_minutes=after, severe_today=seen, resets_at=_midnight(unit) + timedelta(days=1),
        minutes_at_work=minutes, break_is_due=is_due,
        sentence=wellness_sentence(reader_locale(unit), seen, limit, minutes, break_is_due=is_due),
    )  # fmt: skip


def _row(unit: Unit, actor: str) -> ModeratorCare | None:
    return unit.find(ModeratorCare, derived_id("wel", unit.community_id, actor))


def _limit(row: ModeratorCare | None, terms: Terms) -> int:
    own = row.severe_per_day if row is not None else None
    return terms.severe_per_day if own is None else min(own, terms.severe_per_day)


def _midnight(unit: Unit) -> datetime:
    zone = ZoneInfo(unit.community().timezone)
    return datetime.combine(unit.now.astimezone(zone).date(), time.min, tzinfo=zone)


def _severe_today(unit: Unit, actor: str) -> set[str]:
    """Return the severe cases that `actor` took, decided or proposed for today, and those handed over to them."""
    touched = select(AuditEntry.subject_id).where(
        AuditEntry.at >= _midnight(unit), AuditEntry.actor == actor, AuditEntry.action.in_(_LOOKED)
    )
    held = (Case.claimed_by == actor, Case.status == CaseStatus.OPEN.value, Case.lease_expires_at > unit.now)
    severe = select(Case.id).where(Case.severity == Severity.HIGH.value)
    return {
        *unit.session.scalars(severe.where(Case.id.in_(touched))),
        *unit.session.scalars(severe.where(*held)),
    }


def _steps(unit: Unit, actor: str) -> Sequence[datetime]:
    """Return when `actor` did something in the last day, newest first."""
    statement = (
        select(AuditEntry.at)
        .where(AuditEntry.at >= unit.now - timedelta(days=1), AuditEntry.actor == actor)
        .where(AuditEntry.subject_kind.in_(("case", "proposal", "appeal")))
        .order_by(AuditEntry.at.desc())
        .limit(_MOST_STEPS)
    )
    return unit.session.scalars(statement).all()


def _at_work(steps: Sequence[datetime], now: datetime) -> timedelta:
    """Return how long the stretch of work is that goes on now; zero after a pause."""
    begun = now
    for at in steps:
        if begun - at > PAUSE:
            break
        begun = at
    return now - begun
