"""What a moderator decides, checked before any row is touched. The verdict is apart from the action."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from copilot.community.text import clean_text
from copilot.errors import InvalidInput
from copilot.moderation.decision_wording import refusal
from copilot.moderation.models import Action, Severity, Verdict

REASON_MAX_CHARS = 2_000
CLAUSE_MAX_CHARS = 20
MAX_MUTE_HOURS = 24 * 90
# They are done to a person: without a known sender there is nobody.
PERSONAL = frozenset({Action.WARNING, Action.MUTE, Action.REMOVAL})


@dataclass(frozen=True)
class Ruling:
    """What a moderator decides; the default action is none.

    Attributes:
        clause_id: the clause of the policy that was breached; that of the case when left empty.
        severity: as a person sees it; that of the case when left out.
        mute_hours: how long a mute lasts; of a mute alone.
    """

    verdict: Verdict
    action: Action = Action.NONE
    reason: str = ""
    clause_id: str = ""
    severity: Severity | None = None
    mute_hours: int | None = None

    @classmethod
    def parse(
        cls,
        verdict: str,
        action: str = "none",
        reason: str = "",
        *,
        clause_id: str = "",
        severity: str | None = None,
        mute_hours: int | None = None,
    ) -> Ruling:
        """Return a checked ruling.

        Raises:
            InvalidInput: an unknown word, a violation or an action without a reason, an action against the verdict,
                a mute without its length, or an endless reason.
        """
        _require_word("verdict", verdict, list(Verdict))
        _require_word("action", action, list(Action))
        if severity is not None:
            _require_word("severity", severity, list(Severity))
        ruling = cls(
            Verdict(verdict), Action(action), checked_reason(reason), clause_id.strip(),
            None if severity is None else Severity(severity), mute_hours,
        )  # fmt: skip
        ruling.require_sense()
        return ruling

    def require_sense(self) -> None:
        """Pass or raise.

        Raises:
            InvalidInput: its parts do not go together.
        """
        if not self.reason and (self.action is not Action.NONE or self.verdict is Verdict.VIOLATION):
            raise InvalidInput(field="reason", **refusal("reason_missing"))
        if self.verdict is Verdict.NO_VIOLATION and self.action not in {Action.NONE, Action.NOTE}:
            raise InvalidInput(field="action", **refusal("no_violation_no_action"))
        if self.action is not Action.MUTE and self.mute_hours is not None:
            raise InvalidInput(field="mute_hours", **refusal("hours_without_mute"))
        if self.action is Action.MUTE and not 1 <= (self.mute_hours or 0) <= MAX_MUTE_HOURS:
            raise InvalidInput(
                field="mute_hours", limit=MAX_MUTE_HOURS, **refusal("mute_needs_hours", limit=MAX_MUTE_HOURS)
            )

    def as_json(self) -> dict[str, Any]:
        """Return the ruling as a proposal stores it."""
        return asdict(self)


def checked_reason(text: str) -> str:
    """Return a reason without control characters.

    Raises:
        InvalidInput: it is too long.
    """
    words = clean_text(text)
    if len(words) > REASON_MAX_CHARS:
        raise InvalidInput(field="reason", limit=REASON_MAX_CHARS, **refusal("reason_too_long", limit=REASON_MAX_CHARS))
    return words


def _require_word(field: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        raise InvalidInput(field=field, **refusal("unknown_word", field=field, known=", ".join(known)))
