"""Turns versions of agreements into what their two sides and operators see of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Agreement, AgreementAcceptance, AgreementText, Loan, Member, Resource
from copilot.resources.agreements.filling import clauses, content_hash
from copilot.resources.agreements.models import AcceptedBy, AgreementView
from copilot.resources.figures.wording import line_title
from copilot.resources.loan_models import OutcomeSide
from copilot.resources.viewing import members_of

SIDES: tuple[OutcomeSide, ...] = ("lender", "borrower")


@dataclass(frozen=True)
class Around:
    """What versions of one loan's agreement are shown with."""

    loan: Loan
    resource: Resource
    people: Mapping[str, Member]
    community_name: str


def around(unit: Unit, loan: Loan, rows: Sequence[Agreement]) -> Around:
    """Return what stands around these versions now."""
    named = [member for row in rows for member in (row.lender_id, row.borrower_id)]
    return Around(loan, unit.get(Resource, loan.resource_id), members_of(unit, named), unit.community().name)


def texts_of(unit: Unit, ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return the texts of versions by version and field."""
    found: dict[str, dict[str, str]] = {key: {} for key in ids}
    for item in unit.session.scalars(select(AgreementText).where(AgreementText.agreement_id.in_(list(ids)))):
        found[item.agreement_id][item.field] = item.text
    return found


def accepted_of(unit: Unit, ids: Sequence[str]) -> dict[str, list[AgreementAcceptance]]:
    """Return who accepted versions, the first to do so first."""
    found: dict[str, list[AgreementAcceptance]] = {key: [] for key in ids}
    statement = select(AgreementAcceptance).where(AgreementAcceptance.agreement_id.in_(list(ids)))
    for item in unit.session.scalars(
        statement.order_by(AgreementAcceptance.accepted_at, AgreementAcceptance.side.desc())
    ):
        found[item.agreement_id].append(item)
    return found


def differs(row: Agreement, loan: Loan, resource: Resource) -> bool:
    """Whether the loan is not what this version speaks of any more."""
    then = (row.lender_id, row.borrower_id, row.units, row.starts_on, row.ends_on)
    return then != (resource.owner_id, loan.member_id, loan.units, loan.starts_on, loan.ends_on)


def agreement_views(unit: Unit, loan: Loan, rows: Sequence[Agreement]) -> list[AgreementView]:
    """Return versions as their sides see them; who deals with each other in a loan knows with whom."""
    ids = [row.id for row in rows]
    known, texts, accepted = around(unit, loan, rows), texts_of(unit, ids), accepted_of(unit, ids)
    return [_view(row, known, texts[row.id], accepted[row.id]) for row in rows]


def _view(
    row: Agreement, known: Around, texts: Mapping[str, str], accepted: Sequence[AgreementAcceptance]
) -> AgreementView:  # fmt: skip
    names = _names(row, known)
    done = {item.side for item in accepted}
    return AgreementView.model_validate(
        {
            "id": row.id, "loan_id": row.loan_id, "number": row.number, "status": row.status, "template": row.template,
            "template_version": row.template_version, "title": row.wording["title"], "lender_id": row.lender_id,
            "lender_name": names["lender"], "borrower_id": row.borrower_id, "borrower_name": names["borrower"],
            "units": row.units, "starts_on": row.starts_on, "ends_on": row.ends_on, "currency": row.currency,
            "clauses": clauses(row, texts, names), "notice": row.wording["notice"], "content_hash": row.content_hash,
            "complete": content_hash(row, texts) == row.content_hash,
            "differs_from_loan": differs(row, known.loan, known.resource), "proposed_side": row.proposed_side,
            "created_at": row.created_at,
            "accepted": [
                AcceptedBy.model_validate(
                    {
                        "side": item.side, "member_id": item.member_id, "name": names[item.side],
                        "by_operator": item.by_operator, "accepted_at": item.accepted_at,
                        "content_hash": item.content_hash,
                    }
                )
                for item in accepted
            ],
            "waiting_for": [side for side in SIDES if side not in done] if row.status == "proposed" else [],
        }
    )  # fmt: skip


def _names(row: Agreement, known: Around) -> dict[str, str]:
    gone = line_title("gone", row.locale)
    # Without its owner a resource goes, too: one that is here and had none is the community's own.
    lender = known.community_name if row.lender_id is None else _name(known, row.lender_id, gone)
    return {"lender": lender, "borrower": gone if row.borrower_id is None else _name(known, row.borrower_id, gone)}


def _name(known: Around, member_id: str, gone: str) -> str:
    return known.people[member_id].name if member_id in known.people else gone
