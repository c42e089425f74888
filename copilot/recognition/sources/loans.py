"""Resources lent and returned: proved by the borrower, who says what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from copilot.community.acts import Act
from copilot.community.store import Unit
from copilot.community.tables import Loan, LoanOutcome, Resource

_DISPUTED = "disputed"
_NOT_MET = "not_met"


class ReturnedLoans:
    """An act of the owner's for each loan that is back and was of use to the borrower."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterator[Act]:
        """Yield the acts whose outcome the borrower gave in the window."""
        statement = (
            select(Loan.id, Loan.member_id, Resource.owner_id, LoanOutcome.given_at)
            .join(Resource, Resource.id == Loan.resource_id)
            .join(LoanOutcome, LoanOutcome.loan_id == Loan.id)
            .where(
                LoanOutcome.side == "borrower", LoanOutcome.result != _NOT_MET, Loan.back_at.is_not(None),
                Loan.status != _DISPUTED, Loan.member_id.is_not(None), Resource.owner_id.is_not(None),
                LoanOutcome.given_at >= since, LoanOutcome.given_at < until,
            )
            .order_by(Loan.id)
        )  # fmt: skip
        for loan_id, borrower_id, owner_id, given_at in unit.session.execute(statement):
            if owner_id is not None:
                yield Act("resource_returned", owner_id, borrower_id, given_at, "loan", loan_id)

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return loans that are disputed, or are out again after all."""
        if evidence_kind != "loan":
            return set()
        rows = unit.get_many(Loan, evidence_ids).values()
        return {row.id for row in rows if row.status == _DISPUTED or row.back_at is None}
