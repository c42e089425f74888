"""Handing a claimed case to another moderator without letting go of it in between."""

from __future__ import annotations

from sqlalchemy import update

from copilot.community.store import Store
from copilot.community.tables import Case
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.case_views import CaseView, view_of
from copilot.moderation.cases import CLAIM_LEASE, changed_one, checked_actor
from copilot.moderation.decision_wording import refusal
from copilot.moderation.merging import find_case
from copilot.moderation.models import CaseStatus
from copilot.moderation.persons import can_decide
from copilot.moderation.wellness import require_capacity


class Handover:
    """Gives claimed cases to others."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def give(self, community_id: str, case_id: str, to: str, *, actor: str) -> CaseView:
        """Give a case that `actor` holds to the key `to`, with a new lease of half an hour.

        Raises:
            NotFound: there is no such case here.
            Conflict: `actor` does not hold it now, or the other has seen enough severe cases today.
            InvalidInput: `to` is no key that may decide cases here.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = find_case(unit, case_id)
            if not can_decide(unit, to):
                raise InvalidInput(field="to", **refusal("no_such_moderator", holder=to))
            require_capacity(unit, case, to)
            statement = (
                update(Case)
                .where(
                    Case.id == case.id,
                    Case.status == CaseStatus.OPEN.value,
                    Case.claimed_by == actor,
                    Case.lease_expires_at > unit.now,
                )
                .values(claimed_by=to, claimed_at=unit.now, lease_expires_at=unit.now + CLAIM_LEASE)
                .execution_options(synchronize_session=False)
            )
            if not changed_one(unit, statement):
                raise Conflict(case_id=case.id, claimed_by=case.claimed_by, **refusal("not_held"))
            unit.session.refresh(case)
            unit.audit(actor, "case.handed_over", ("case", case.id), to=to)
            return view_of(case, unit.now)
