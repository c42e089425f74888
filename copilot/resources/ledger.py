"""Moves a loan from one state to another: checked against the table, with its line of history and of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from copilot.community.ids import derived_id, new_id
from copilot.community.outbox import emit
from copilot.community.store import Unit
from copilot.community.tables import Loan, LoanEntry, Resource, ResourceUse
from copilot.resources.transitions import OPEN, LoanStatus, Side, Step, targets


@dataclass(frozen=True)
class Doer:
    """Who takes a step: the key for the audit log, the part they act in, and the member whose words these are."""

    key_id: str
    side: Side
    author_id: str | None = None
    words: str = ""


SYSTEM = Doer("system", Side.SYSTEM)


def move(unit: Unit, loan: Loan, step: Step, target: LoanStatus, doer: Doer) -> None:
    """Move a loan; the caller holds the resource's lock.

    Raises:
        RuntimeError: the table does not have this move; callers ask `targets` first.
    """
    if target not in targets(step, loan.status):
        raise RuntimeError(f"no step {step.value} from {loan.status} to {target.value}")
    origin, loan.status = loan.status, target.value
    if target not in OPEN:
        loan.closed_at = unit.now
    elif step is Step.DISPUTE or step is Step.SETTLE:
        loan.closed_at = None
    write_entry(unit, loan, step.value, origin, doer)
    unit.audit(
        doer.key_id, f"loan.{step.value}", ("loan", loan.id),
        resource_id=loan.resource_id, side=doer.side.value, before=origin, after=loan.status,
    )  # fmt: skip


def write_entry(unit: Unit, loan: Loan, step: str, origin: str, doer: Doer) -> None:
    """Write one line of a loan's history."""
    unit.insert(
        LoanEntry,
        [
            {
                "id": new_id("len"), "loan_id": loan.id, "at": unit.now, "actor": doer.key_id, "side": doer.side.value,
                "author_id": doer.author_id, "step": step, "from_status": origin, "to_status": loan.status,
                "text": doer.words,
            }
        ],
    )  # fmt: skip


def hand_out(unit: Unit, loan: Loan) -> None:
    """Note that the units are out, where matching and reviews of events look for it."""
    loan.handed_at = unit.now
    unit.add(
        ResourceUse(
            id=use_id(unit, loan), resource_id=loan.resource_id, member_id=loan.member_id, lent_at=unit.now,
            units=loan.units,
        )
    )  # fmt: skip


def take_back(unit: Unit, loan: Loan) -> None:
    """Note that the units can be had again."""
    loan.back_at = unit.now
    use = unit.find(ResourceUse, use_id(unit, loan))
    if use is not None:
        use.returned_at = unit.now


def give_out_again(unit: Unit, loan: Loan) -> None:
    """Note that units which were said to be back are out after all."""
    loan.back_at = None
    use = unit.find(ResourceUse, use_id(unit, loan))
    if use is not None:
        use.returned_at = None


def use_id(unit: Unit, loan: Loan) -> str:
    """Return the id of the use that stands for a loan."""
    return derived_id("use", unit.community_id, loan.id)


def tell(
    unit: Unit, event: Literal["resource.requested", "resource.overdue"], loan: Loan, resource: Resource
) -> None:  # fmt: skip
    """Tell webhooks of a loan, by ids and dates; of a confidential resource, too, since ids say nothing of it."""
    emit(
        unit, event,
        {
            "loan_id": loan.id, "resource_id": resource.id, "owner_id": resource.owner_id, "member_id": loan.member_id,
            "units": loan.units, "status": loan.status, "starts_on": loan.starts_on.isoformat(),
            "ends_on": loan.ends_on.isoformat(),
        },
    )  # fmt: skip
