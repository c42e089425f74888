"""What the community's ladder suggests for the next violation. It only suggests: nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Strike
from copilot.moderation.decision_wording import suggestion_sentence
from copilot.moderation.models import Action, Severity
from copilot.moderation.terms import terms_of


@dataclass(frozen=True)
class Suggestion:
    """The next step.

    Attributes:
        strikes: in force, with the one that a violation of this severity would add.
        action: what the ladder says for so many; None when it says nothing.
        mute_hours: of a mute.
    """

    strikes: int
    action: Action | None
    mute_hours: int | None
    sentence: str


def suggestion_for(unit: Unit, member_id: str, severity: str) -> Suggestion:
    """Return what the ladder suggests if a case of this severity is a violation."""
    terms = terms_of(unit).terms
    strikes = strikes_in_force(unit, member_id) + bool(terms.strike_days[Severity(severity)])
    step = terms.suggested(strikes)
    action, hours = (step.action, step.mute_hours) if step is not None else (None, None)
    sentence = suggestion_sentence(reader_locale(unit), strikes, action.value if action else None, hours)
    return Suggestion(strikes, action, hours, sentence)


def strikes_in_force(unit: Unit, member_id: str) -> int:
    """Return how many strikes of a member neither expired nor were voided."""
    in_force = (Strike.member_id == member_id, Strike.voided_at.is_(None), Strike.expires_at > unit.now)
    return unit.session.scalar(select(func.count(Strike.id)).where(*in_force)) or 0
