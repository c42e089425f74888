"""The resource exchange: codes, changes, calendars, duplicates, and loans with what both sides said of them.

Ids and dates of a loan outlive a borrower who is erased; words stand in rows of their own, which go with who wrote them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonObject, Scoped


class ResourceCode(Scoped):
    """Every readable code that was ever given; the resource may be gone, its code is not given again.

    It does not say to which resource: that would outlive the erasure of whoever owned it.
    """

    __tablename__ = "resource_code"
    __table_args__ = (Index("ix_resource_code_series", "community_id", "series", "number", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    # Class and subclass, such as TEC-SW.
    series: Mapped[str]
    number: Mapped[int]
    given_at: Mapped[datetime]


class ResourceChange(Scoped):
    """One change of a resource: who, when, and each field before and after."""

    __tablename__ = "resource_change"
    __table_args__ = (Index("ix_resource_change_resource", "community_id", "resource_id", "at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    actor: Mapped[str]
    kind: Mapped[str]
    # Field -> [before, after].
    changes: Mapped[JsonObject] = mapped_column(default=dict)


class ResourceAudience(Scoped):
    """Whom a resource with chosen borrowers is for: one member, or everybody of one city."""

    __tablename__ = "resource_audience"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    city: Mapped[str] = mapped_column(default="")


class ResourceClosure(Scoped):
    """Days, both included, on which some or all units cannot be had."""

    __tablename__ = "resource_closure"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # None: all of them.
    units: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")


class ResourceDuplicate(Scoped):
    """Two resources that may be one, for a person to decide."""

    __tablename__ = "resource_duplicate"
    __table_args__ = (UniqueConstraint("community_id", "first_id", "second_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    # The smaller id first.
    first_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"))
    second_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    # Cosine of their texts, -1 to 1.
    similarity: Mapped[float]
    # proposed, merged or distinct
    status: Mapped[str] = mapped_column(default="proposed")
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Loan(Scoped):
    """One member's use of units of a resource, from the request to the outcome; see `copilot.resources.transitions`."""

    __tablename__ = "loan"
    __table_args__ = (
        Index("ix_loan_resource_status", "community_id", "resource_id", "status", "queued_at"),
        Index("ix_loan_status_ends", "community_id", "status", "ends_on"),
        Index("ix_loan_requested", "community_id", "requested_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    # None: the borrower was erased; what is out still is.
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    units: Mapped[int]
    # Both included; the unit is due on the last one.
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # lend: units come back; grant: they are spent. As the terms were at the request.
    mode: Mapped[str]
    status: Mapped[str]
    requested_at: Mapped[datetime]
    # Place in the waiting list; kept when a place is found.
    queued_at: Mapped[datetime | None]
    # Accepted or declined.
    decided_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]
    back_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    # Until when the borrower asks to keep it.
    extension_until: Mapped[date | None]
    extensions: Mapped[int] = mapped_column(default=0)
    # What it was when the dispute began.
    disputed_from: Mapped[str | None]


class LoanEntry(Scoped):
    """One step of a loan, append-only; words go with who wrote them, the audit log keeps the step."""

    __tablename__ = "loan_entry"
    __table_args__ = (Index("ix_loan_entry_loan", "community_id", "loan_id", "at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    loan_id: Mapped[str] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    actor: Mapped[str]
    # borrower, lender, operator or system
    side: Mapped[str]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    step: Mapped[str]
    from_status: Mapped[str]
    to_status: Mapped[str]
    text: Mapped[str] = mapped_column(default="")


class LoanOutcome(Scoped):
    """What came of a loan as one side sees it: the lender what was put in, the borrower what was got."""

    __tablename__ = "loan_outcome"
    __table_args__ = (UniqueConstraint("community_id", "loan_id", "side"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    loan_id: Mapped[str] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"))
    # lender or borrower
    side: Mapped[str]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    # met, partly or not_met
    result: Mapped[str]
    # Minor units of the community's currency.
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(default="")
    given_at: Mapped[datetime]


class Agreement(Scoped):
    """One version of what two sides agree on for a loan; texts that somebody wrote stand in `AgreementText`.

    Clauses are kept as the template had them, so that what was accepted reads the same when a template changes.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        UniqueConstraint("community_id", "loan_id", "number"),
        Index("ix_agreement_loan", "community_id", "loan_id", "number"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    loan_id: Mapped[str] = mapped_column(ForeignKey("loan.id", ondelete="CASCADE"))
    # From 1; a change is the next one.
    number: Mapped[int]
    template: Mapped[str]
    template_version: Mapped[int]
    locale: Mapped[str]
    currency: Mapped[str]
    # None: the community itself lends, or a member who was erased.
    lender_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    borrower_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    units: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    # Title, clauses and notice with placeholders.
    wording: Mapped[JsonObject] = mapped_column(default=dict)
    # Numbers and days by field.
    terms: Mapped[JsonObject] = mapped_column(default=dict)
    # SHA-256 of everything above and the texts, at the moment it was proposed.
    content_hash: Mapped[str]
    # proposed, in_force or replaced
    status: Mapped[str]
    proposed_side: Mapped[str]
    created_at: Mapped[datetime]


class AgreementText(Scoped):
    """What one side wrote into an agreement; it goes with who wrote it, the hash of the whole stays."""

    __tablename__ = "agreement_text"

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    field: Mapped[str]
    text: Mapped[str]


class AgreementAcceptance(Scoped):
    """One side's yes to one version, by its hash; it outlives a member who is erased, without saying who it was."""

    __tablename__ = "agreement_acceptance"
    __table_args__ = (UniqueConstraint("community_id", "agreement_id", "side"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    agreement_id: Mapped[str] = mapped_column(ForeignKey("agreement.id", ondelete="CASCADE"))
    # lender or borrower
    side: Mapped[str]
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    # Said by the side itself, or noted by an operator for it.
    by_operator: Mapped[bool] = mapped_column(default=False)
    content_hash: Mapped[str]
    accepted_at: Mapped[datetime]
