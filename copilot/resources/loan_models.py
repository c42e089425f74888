"""What loans look like from outside. Data only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field, StrictInt

from copilot.resources.models import MAX_UNITS, Data, Day, Mode, RecordId
from copilot.resources.transitions import LoanStatus, Side, Step

MAX_WORDS = 2000
MAX_VALUE_MINOR = 10**12
AskedStep = Literal[
    "accept", "decline", "withdraw", "cancel", "hand_over", "hand_back", "confirm_return", "deny_return", "use_up",
    "ask_extension", "refuse_extension", "extend", "dispute", "settle",
]  # fmt: skip
SettledAs = Literal["returned", "used", "lost", "lent", "granted"]
Result = Literal["met", "partly", "not_met"]
OutcomeSide = Literal["lender", "borrower"]
ReminderKind = Literal[
    "confirm", "decide", "hand_over", "due_soon", "overdue", "confirm_return", "extension", "dispute", "outcome",
    "outcome_lender",
]  # fmt: skip


class LoanRequest(Data):
    """Who wants how many units, and for which days."""

    member_id: RecordId | None = Field(None, description="who asks; a member key leaves it out")
    units: StrictInt = Field(1, ge=1, le=MAX_UNITS)
    starts_on: Day
    ends_on: Day = Field(description="last day of use, on which it is due")
    words: str = Field("", max_length=MAX_WORDS, description="what for; the owner and operators read it")


class LoanStep(Data):
    """A step and what it needs."""

    step: AskedStep
    words: str = Field(
        "", max_length=MAX_WORDS, description="a reason; needed to decline, cancel, deny, dispute, settle"
    )
    until: Day | None = Field(None, description="of an extension: the new last day")
    settled_as: SettledAs | None = Field(None, description="of a settled dispute: where the loan stands from now on")


class OutcomeIn(Data):
    """What came of it, as one side sees it, in money, in words or both."""

    side: OutcomeSide | None = Field(None, description="operators say for whom they type it in")
    result: Result
    value_minor: StrictInt | None = Field(
        None, ge=0, le=MAX_VALUE_MINOR,
        description="minor units of the community's currency: what the lender put in, or what the borrower got",
    )  # fmt: skip
    words: str = Field("", max_length=MAX_WORDS)


class OutcomeView(Data):
    """What came of a loan, as one side sees it."""

    side: OutcomeSide
    result: Result
    value_minor: int | None
    words: str
    given_at: datetime


class LoanView(Data):
    """One use of a resource, from the request to the outcome."""

    id: str
    resource_id: str
    library_code: str | None
    title: str
    owner_id: str | None
    member_id: str | None = Field(description="null: erased, or hidden from who asks")
    member_name: str
    units: int
    starts_on: date
    ends_on: date
    mode: Mode
    status: LoanStatus
    sentence: str = Field(description="how it stands, in the community's language")
    position: int | None = Field(description="place in the waiting list, from 1; null when not waiting")
    requested_at: datetime
    decided_at: datetime | None
    handed_at: datetime | None
    back_at: datetime | None
    closed_at: datetime | None
    extension_until: date | None = Field(description="until when the borrower asks to keep it")
    extensions: int
    outcomes: list[OutcomeView]
    next_steps: list[Step] = Field(description="what who asks may do with it now")


class EntryView(Data):
    """One step of a loan."""

    id: str
    at: datetime
    side: Side
    step: Step | Literal["request"]
    from_status: str
    to_status: LoanStatus
    words: str


class ExchangeReminder(Data):
    """Whom to write to about what, with a draft. The service sends nothing."""

    kind: ReminderKind
    resource_id: str
    loan_id: str | None
    member_id: str | None = Field(description="whom to write to; null: operators themselves")
    name: str
    due_on: date | None
    text: str
