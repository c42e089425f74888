"""A library with a few people around it, and short names for what they do."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from copilot.clock import FixedClock
from copilot.community.access import Actor
from copilot.community.store import Store
from copilot.resources.loan_models import LoanRequest, LoanStep, LoanView
from copilot.resources.models import ResourceFields, ResourceView, TermsOfUse
from copilot.resources.service import ResourceDesks
from copilot.vectors.exact import ExactIndex
from tests.conftest import NOW
from tests.events.life import add_members, oneself, operator

TODAY = NOW.date()


def day(number: int) -> date:
    """Return the day so many days from today."""
    return TODAY + timedelta(days=number)


@dataclass
class Exchange:
    """What tests act on: `people[0]` owns, the others borrow."""

    store: Store
    clock: FixedClock
    community: str
    people: list[str]
    desks: ResourceDesks
    index: ExactIndex = field(default_factory=ExactIndex)

    @property
    def owner(self) -> Actor:
        return self.member(0)

    @property
    def operator(self) -> Actor:
        return operator(self.community)

    def member(self, number: int) -> Actor:
        return oneself(self.community, self.people[number])

    def add(self, actor: Actor | None = None, terms: dict[str, Any] | None = None, **more: Any) -> ResourceView:
        values = {"type": "technology", "title": "毫米波雷达样机", "capacity": 1, **more}
        fields = ResourceFields.model_validate({**values, "terms_of_use": TermsOfUse.model_validate(terms or {})})
        return self.desks.library.create(self.community, fields, actor or self.owner)

    def ask(self, resource: ResourceView, who: int, first: int = 0, last: int = 3, units: int = 1) -> LoanView:
        asked = LoanRequest(units=units, starts_on=day(first), ends_on=day(last), words="想做一次居家试用")
        return self.desks.loans.request(self.community, resource.id, asked, self.member(who))

    def step(self, loan: LoanView, step: str, actor: Actor | None = None, **more: Any) -> LoanView:
        asked = LoanStep.model_validate({"step": step, **more})
        return self.desks.loans.step(self.community, loan.id, asked, actor or self.owner)

    def lent(self, resource: ResourceView, who: int, first: int = 0, last: int = 3) -> LoanView:
        loan = self.ask(resource, who, first, last)
        self.step(loan, "accept")
        return self.step(loan, "hand_over")

    def status(self, loan: LoanView) -> str:
        return self.desks.loans.get(self.community, loan.id, self.operator).status.value


def exchange(store: Store, clock: FixedClock, community: str, count: int = 5, **more: Any) -> Exchange:
    people = add_members(store, community, count, **{"consent_match": True, **more})
    index = ExactIndex()
    return Exchange(store, clock, community, people, ResourceDesks(store, index), index)
