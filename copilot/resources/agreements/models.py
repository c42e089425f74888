"""What agreements look like from outside. Data only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from copilot.resources.agreements.templates import FieldKind
from copilot.resources.loan_models import MAX_VALUE_MINOR, OutcomeSide
from copilot.resources.models import Data, Day

WHOLE = 10_000
MAX_FIELD_CHARS = 1000
MOST_VALUES = 20
FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Party = Literal["lender", "borrower", "community"]
AgreementStatus = Literal["proposed", "in_force", "replaced"]


class TextValue(Data):
    """What is written into a field."""

    field: FieldKey
    text: str = Field(min_length=1, max_length=MAX_FIELD_CHARS)


class NumberValue(Data):
    """Money in minor units of the community's currency, days, or a plain number."""

    field: FieldKey
    number: StrictInt = Field(ge=0, le=MAX_VALUE_MINOR)


class DayValue(Data):
    """A day."""

    field: FieldKey
    day: Day


class Share(Data):
    """One side's share; all of them sum to 10,000, which is 100 %."""

    party: Party
    basis_points: StrictInt = Field(ge=0, le=WHOLE, description="hundredths of a per cent")


class AgreementDraft(Data):
    """What is agreed on besides what the loan says by itself: parties, resource, units and days."""

    template: FieldKey | None = Field(
        None, description="key of a template; left out, the one that goes with what the resource asks in return"
    )
    texts: list[TextValue] = Field([], max_length=MOST_VALUES)
    numbers: list[NumberValue] = Field([], max_length=MOST_VALUES)
    days: list[DayValue] = Field([], max_length=MOST_VALUES)
    shares: list[Share] = Field([], max_length=3)


class Acceptance(Data):
    """A yes to the version with this hash, and to no other."""

    content_hash: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the version that was read")
    side: OutcomeSide | None = Field(None, description="operators say for whom they note it")


class FieldView(Data):
    """A field of a template."""

    key: str
    kind: FieldKind
    label: str
    required: StrictBool


class TemplateView(Data):
    """A template in the community's language."""

    key: str
    version: int
    title: str
    when_to_use: str
    fields: list[FieldView]
    notice: str


class ClauseView(Data):
    """One clause, filled in."""

    heading: str
    text: str


class AcceptedBy(Data):
    """Who accepted a version, and when."""

    side: OutcomeSide
    member_id: str | None = Field(description="null: the community itself, or a member who was erased")
    name: str
    by_operator: bool = Field(description="noted by an operator, not said by the side itself")
    accepted_at: datetime
    content_hash: str


class AgreementView(Data):
    """One version of an agreement: a record of what two sides said, not legal advice."""

    id: str
    loan_id: str
    number: int = Field(description="version, from 1")
    status: AgreementStatus
    template: str
    template_version: int
    title: str
    lender_id: str | None
    lender_name: str
    borrower_id: str | None
    borrower_name: str
    units: int
    starts_on: date
    ends_on: date
    currency: str
    clauses: list[ClauseView]
    notice: str = Field(description="that this is a record and not legal advice")
    content_hash: str = Field(description="SHA-256 of the whole version; accepting names it")
    complete: bool = Field(description="false: a part went with a member who was erased; the hash is of the whole")
    differs_from_loan: bool = Field(
        description="days, units or sides of the loan are not those of this version any more"
    )
    proposed_side: Literal["lender", "borrower", "operator"]
    created_at: datetime
    accepted: list[AcceptedBy]
    waiting_for: list[OutcomeSide] = Field(
        description="who has not accepted yet; empty for a version that was replaced"
    )
