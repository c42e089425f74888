"""Deciding a case and undoing it. A decision is one transaction, lists every side effect, and can be taken back whole.

Nothing leaves the service but signed webhooks: those who run the group are told of mutes and removals, and carry them out.
"""

from __future__ import annotations

from copilot.community.store import Store
from copilot.errors import Conflict
from copilot.moderation.case_views import CaseView, DecisionView, decision_view, view_of
from copilot.moderation.cases import checked_actor
from copilot.moderation.decision_wording import refusal
from copilot.moderation.merging import find_case
from copilot.moderation.proposals import require_no_proposal
from copilot.moderation.recording import Authority, record, standing_decision, take_back
from copilot.moderation.rulings import REASON_MAX_CHARS, Ruling, checked_reason
from copilot.moderation.terms import terms_of
from copilot.moderation.wellness import require_capacity


class DecisionDesk:
    """Decides cases and takes decisions back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, community_id: str, case_id: str, ruling: Ruling, *, actor: str) -> DecisionView:
        """Close the case with `ruling` and carry out what follows inside the service.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds the case, it is not open, it takes two people or waits for the second, or the
                moderator has seen enough severe cases today.
            InvalidInput: no clause of the policy is cited, or it would be done to a sender nobody knows.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            if terms_of(unit).terms.need_two(ruling, case.category):
                raise Conflict(
                    case_id=case.id, reason="second_opinion_required", **refusal("second_needed", case_id=case.id)
                )
            require_no_proposal(unit, case.id)
            require_capacity(unit, case, actor)
            return decision_view(record(unit, case, ruling, Authority(actor)))

    def undo(self, community_id: str, case_id: str, *, actor: str, reason: str = "") -> CaseView:
        """Take the standing decision back, reverse every effect and open the case again, in one transaction.

        An appeal that waits is settled by it. Taking back never needs two people.

        Raises:
            NotFound: there is no such case here.
            Conflict: no decision stands.
            InvalidInput: the reason is too long.
        """
        actor, words = checked_actor(actor), checked_reason(reason)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            take_back(unit, case, standing_decision(unit, case), actor, words)
            return view_of(case, unit.now)


__all__ = ["REASON_MAX_CHARS", "DecisionDesk", "Ruling"]
