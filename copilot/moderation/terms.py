"""How a community deals with what moderators uphold: data that operators change, versioned by the audit log."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError
from sqlalchemy import select

from copilot.community.ids import derived_id
from copilot.community.models import Category
from copilot.community.store import Store, Unit
from copilot.community.tables import Community, ModerationTerms
from copilot.errors import InvalidInput
from copilot.moderation.decision_wording import refusal
from copilot.moderation.models import Action, Severity
from copilot.moderation.rulings import MAX_MUTE_HOURS, Ruling


class LadderStep(BaseModel):
    """What is suggested when somebody has this many strikes in force, the new one among them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strikes: StrictInt = Field(ge=1, le=20)
    action: Action
    mute_hours: StrictInt | None = Field(None, ge=1, le=MAX_MUTE_HOURS, description="of a mute alone")


class Terms(BaseModel):
    """What follows violations here. The ladder suggests and decides nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    strike_days: dict[Severity, Annotated[StrictInt, Field(ge=0, le=730)]] = Field(
        {Severity.LOW: 0, Severity.MEDIUM: 90, Severity.HIGH: 180},
        description="how long a strike for a violation of this severity lasts; 0 means none follows",
    )
    ladder: list[LadderStep] = Field(
        [
            LadderStep(strikes=1, action=Action.WARNING, mute_hours=None),
            LadderStep(strikes=2, action=Action.MUTE, mute_hours=24),
            LadderStep(strikes=3, action=Action.MUTE, mute_hours=168),
            LadderStep(strikes=4, action=Action.REMOVAL, mute_hours=None),
        ],
        max_length=10,
    )
    second_opinion_actions: list[Action] = Field([Action.REMOVAL], max_length=6, description="removal always is")
    second_opinion_categories: list[Category] = Field(
        [], max_length=20, description="every action on a violation in one of these takes two people"
    )
    proposal_hours: StrictInt = Field(72, ge=1, le=336, description="a proposal nobody answers lapses after this")
    appeal_days: StrictInt = Field(14, ge=1, le=90, description="how long a member can appeal")
    severe_per_day: StrictInt = Field(
        25, ge=1, le=500, description="cases of high severity a moderator sees in a day, at most"
    )
    break_after_minutes: StrictInt = Field(60, ge=15, le=240, description="of work without a pause, before a reminder")
    audit_per_week: StrictInt = Field(
        0, ge=0, le=200, description="unflagged messages of a week drawn by chance for somebody to look at; 0: none"
    )

    def need_two(self, ruling: Ruling, category: str) -> bool:
        """Whether a ruling about a case of this category takes two people."""
        if ruling.action in {Action.NONE, Action.NOTE}:
            return False
        return ruling.action in self.second_opinion_actions or category in self.second_opinion_categories

    def suggested(self, strikes: int) -> LadderStep | None:
        """Return the highest step of the ladder that `strikes` in force reach."""
        reached = [step for step in self.ladder if step.strikes <= strikes]
        return reached[-1] if reached else None


class TermsView(BaseModel):
    """The terms in force; version 0 are those everybody starts with."""

    version: int
    changed_by: str
    terms: Terms


def parse_terms(given: object) -> Terms:
    """Return terms that came from outside.

    Raises:
        InvalidInput: they are none, removal would take one person only, or the ladder is out of order.
    """
    try:
        terms = Terms.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = refusal("not_terms", field=where or "terms", problem=first["msg"])
        raise InvalidInput(field=where or "terms", **said) from error
    return checked_terms(terms)


def checked_terms(terms: Terms) -> Terms:
    """Return the terms, complete.

    Raises:
        InvalidInput: removal would take one person only, or the ladder is out of order.
    """
    if Action.REMOVAL not in terms.second_opinion_actions:
        raise InvalidInput(field="second_opinion_actions", **refusal("removal_needs_two"))
    numbers = [step.strikes for step in terms.ladder]
    if numbers != sorted(set(numbers)):
        raise InvalidInput(field="ladder", **refusal("ladder_order"))
    if any((step.action is Action.MUTE) != (step.mute_hours is not None) for step in terms.ladder):
        raise InvalidInput(field="ladder", **refusal("ladder_mute"))
    days = {**Terms().strike_days, **terms.strike_days}
    return terms.model_copy(update={"strike_days": days})


def terms_of(unit: Unit) -> TermsView:
    """Return the terms in force."""
    row = unit.find(ModerationTerms, _row_id(unit))
    if row is None:
        return TermsView(version=0, changed_by="", terms=Terms())
    return TermsView(version=row.version, changed_by=row.changed_by, terms=Terms.model_validate(row.content))


class TermsDesk:
    """Shows and changes the terms of communities."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, community_id: str) -> TermsView:
        """Return the terms in force."""
        with self._store.read(community_id) as unit:
            return terms_of(unit)

    def put(self, community_id: str, terms: Terms, *, actor: str) -> TermsView:
        """Replace the terms; strikes and proposals that are there keep their dates.

        Raises:
            InvalidInput: see `checked_terms`.
        """
        complete = checked_terms(terms)
        with self._store.write(community_id) as unit:
            unit.session.execute(select(Community.id).with_for_update())  # one after the other
            before = terms_of(unit)
            if before.terms == complete and before.version:
                return before
            content = complete.model_dump(mode="json")
            row = unit.find(ModerationTerms, _row_id(unit))
            if row is None:
                row = unit.add(ModerationTerms(id=_row_id(unit), version=0))
            row.version, row.content = before.version + 1, content
            row.changed_by, row.changed_at = actor, unit.now
            unit.audit(
                actor, "terms.changed", ("moderation_terms", row.id), version=row.version,
                before=before.terms.model_dump(mode="json"), after=content,
            )  # fmt: skip
            unit.session.flush()
            return terms_of(unit)


def _row_id(unit: Unit) -> str:
    return derived_id("trm", unit.community_id)
