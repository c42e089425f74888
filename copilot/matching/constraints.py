"""Who may be proposed to whom: every rule once, for all kinds, each with a name and an explanation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from copilot.community.models import Visibility
from copilot.community.tables import Match
from copilot.matching.models import Exclusion, Verdict
from copilot.matching.records import Party, Setting

# How long a "no" holds before the same proposal may come again.
REST = timedelta(days=30)
ACCEPTED = "accepted"
DECLINED = ("ignored", "rejected")
STATUS_AFTER: dict[Verdict, str] = {
    Verdict.ACCEPT: ACCEPTED,
    Verdict.IGNORE: "ignored",
    Verdict.REJECT: "rejected",
}


@dataclass(frozen=True)
class Pairing:
    """A possible proposal of `target` to `asker`; `history` holds earlier proposals between them, either way."""

    asker: Party
    target: Party
    setting: Setting
    history: Sequence[Match] = ()


def _is_own(pairing: Pairing) -> bool:
    return pairing.target.person_id is not None and pairing.target.person_id == pairing.asker.id


def _lacks_consent(pairing: Pairing) -> bool:
    return not (pairing.asker.consent_match and pairing.target.consent_match)


def _lacks_ai_consent(pairing: Pairing) -> bool:
    return not (pairing.asker.consent_ai and pairing.target.consent_ai)


def _is_hidden(pairing: Pairing) -> bool:
    return pairing.asker.visibility == Visibility.HIDDEN or pairing.target.visibility != Visibility.COMMUNITY


def _is_expired(pairing: Pairing) -> bool:
    return pairing.target.expires_on is not None and pairing.target.expires_on < pairing.setting.today


def _is_withdrawn(pairing: Pairing) -> bool:
    return pairing.target.kind == "resource" and pairing.target.status != "available"


def _is_connected(pairing: Pairing) -> bool:
    # A member is connected by saying yes and being told yes; a resource says nothing.
    needed = {pairing.asker.id, pairing.target.id} if pairing.target.kind == "member" else {pairing.asker.id}
    return needed <= _accepting(pairing)


def _awaits_answer(pairing: Pairing) -> bool:
    return pairing.asker.id in _accepting(pairing) and not _is_connected(pairing)


def _accepting(pairing: Pairing) -> set[str]:
    return {match.member_id for match in pairing.history if match.status == ACCEPTED}


def _rests(pairing: Pairing) -> bool:
    return any(rests(match, pairing.setting) for match in pairing.history)


def rests(match: Match, setting: Setting) -> bool:
    """Whether a declined proposal is too recent to be made again."""
    return match.status in DECLINED and setting.now - match.updated_at < REST


# LOW_SCORE has no rule here: it is judged on the score, after these.
RULES: tuple[tuple[Exclusion, Callable[[Pairing], bool]], ...] = (
    (Exclusion.OWN, _is_own),
    (Exclusion.CONSENT, _lacks_consent),
    (Exclusion.CONSENT_AI, _lacks_ai_consent),
    (Exclusion.VISIBILITY, _is_hidden),
    (Exclusion.EXPIRED, _is_expired),
    (Exclusion.WITHDRAWN, _is_withdrawn),
    (Exclusion.ALREADY_CONNECTED, _is_connected),
    (Exclusion.AWAITING_ANSWER, _awaits_answer),
    (Exclusion.RECENTLY_PROPOSED, _rests),
)


def exclusions(pairing: Pairing) -> list[Exclusion]:
    """Return every rule that forbids the proposal, in order; empty when it may be made."""
    return [name for name, forbids in RULES if forbids(pairing)]


def is_findable(target: Party, setting: Setting, *, require_consent: bool = True) -> bool:
    """Whether a member or resource may be named to others at all, whoever asks (consent, visibility, validity)."""
    open_to_all = Pairing(
        Party(id="", kind="member", name="", person_id=None, consent_match=True, consent_ai=True,
              visibility=Visibility.COMMUNITY.value),
        target, setting,
    )  # fmt: skip
    found = exclusions(open_to_all)
    return not [name for name in found if require_consent or name is not Exclusion.CONSENT]
