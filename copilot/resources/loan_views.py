"""Turns loans into what a reader sees of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, false, or_, select

from copilot.community.access import Actor
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Loan, LoanEntry, LoanOutcome, Resource
from copilot.errors import NotFound
from copilot.resources.loan_models import EntryView, LoanView, OutcomeView
from copilot.resources.transitions import ENDED_IN_USE, LoanStatus, Step, open_steps
from copilot.resources.viewing import OPERATE, members_of, names_of, sides_of
from copilot.resources.waiting import positions
from copilot.resources.wording import said

_ENDED = frozenset(status.value for status in ENDED_IN_USE)


def seen_loans(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor has part in a loan, or is an operator."""
    if actor.may(OPERATE):
        return Loan.id.is_not(None)
    if actor.member_id is None or not actor.may("self:read"):
        return false()
    owned = exists().where(
        Resource.id == Loan.resource_id, Resource.community_id == Loan.community_id,
        Resource.owner_id == actor.member_id,
    )  # fmt: skip
    return or_(Loan.member_id == actor.member_id, owned)


def find_loan(unit: Unit, actor: Actor, loan_id: str) -> Loan:
    """Return a loan that the actor has part in.

    Raises:
        NotFound: there is none here, or it is none of the actor's business; the two are not told apart.
    """
    row: Loan | None = unit.session.scalar(
        select(Loan).where(Loan.id == loan_id, seen_loans(actor)).execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(f"there is no loan {loan_id!r} in this community", kind="loan", id=loan_id)
    return row


def loan_views(unit: Unit, actor: Actor, rows: Sequence[Loan]) -> list[LoanView]:
    """Return what the actor sees of loans they have part in, in the order given."""
    locale = reader_locale(unit)
    resources = unit.get_many(Resource, [row.resource_id for row in rows])
    people = members_of(unit, [*(row.member_id for row in rows), *(item.owner_id for item in resources.values())])
    names = names_of(actor, people)
    places, outcomes = positions(unit, rows), _outcomes(unit, [row.id for row in rows if row.status in _ENDED])
    views = []
    for row in rows:
        resource = resources[row.resource_id]
        # Who deals with each other in a loan must know with whom, also when the other hides from the rest.
        is_party = bool(sides_of(actor, row, resource.owner_id))
        known = {key: person.name for key, person in people.items()} if is_party else names
        views.append(
            LoanView(
                id=row.id, resource_id=row.resource_id, library_code=resource.library_code, title=resource.title,
                owner_id=resource.owner_id if resource.owner_id in known else None,
                member_id=row.member_id if row.member_id in known else None,
                member_name=known.get(row.member_id or "", ""), units=row.units, starts_on=row.starts_on,
                ends_on=row.ends_on, mode=row.mode, status=LoanStatus(row.status),
                sentence=said(f"status.{row.status}", locale, position=places.get(row.id, 0), day=row.ends_on),
                position=places.get(row.id), requested_at=row.requested_at, decided_at=row.decided_at,
                handed_at=row.handed_at, back_at=row.back_at, closed_at=row.closed_at,
                extension_until=row.extension_until, extensions=row.extensions, outcomes=outcomes.get(row.id, []),
                next_steps=next_steps(actor, row, resource.owner_id),
            )
        )  # fmt: skip
    return views


def next_steps(actor: Actor, loan: Loan, owner_id: str | None) -> list[Step]:
    """Return what the actor may do with a loan now."""
    steps = open_steps(loan.status, sides_of(actor, loan, owner_id), loan.mode)
    return [step for step in steps if step is not Step.REFUSE_EXTENSION or loan.extension_until is not None]


def entry_views(rows: Sequence[LoanEntry]) -> list[EntryView]:
    """Return lines of a loan's history."""
    return [
        EntryView.model_validate(
            {
                "id": row.id, "at": row.at, "side": row.side, "step": row.step, "from_status": row.from_status,
                "to_status": row.to_status, "words": row.text,
            }
        )
        for row in rows
    ]  # fmt: skip


def _outcomes(unit: Unit, loan_ids: Sequence[str]) -> dict[str, list[OutcomeView]]:
    found: dict[str, list[OutcomeView]] = {}
    statement = select(LoanOutcome).where(LoanOutcome.loan_id.in_(loan_ids)).order_by(LoanOutcome.side)
    for row in unit.session.scalars(statement) if loan_ids else ():
        view = OutcomeView.model_validate(
            {
                "side": row.side, "result": row.result, "value_minor": row.value_minor, "words": row.words,
                "given_at": row.given_at,
            }
        )  # fmt: skip
        found.setdefault(row.loan_id, []).append(view)
    return found
