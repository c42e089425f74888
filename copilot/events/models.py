"""The content of an event plan: what is stored, checked, shown and exported. Data only; code elsewhere fills it.

Amounts are integer minor units of the budget's currency. Minutes count from the start of the event. Days are on the community's calendar.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.currency import CNY
from copilot.playbook_models import CostUnit, SegmentKind

RecordKind = Literal["member", "resource"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Pick(_Part):
    """A record chosen for something, with the words of the record that speak for it."""

    kind: RecordKind
    id: str
    name: str
    why: str = Field("", description="text of the record, or what history shows")
    why_id: str = Field("", description="record the words come from")


class Segment(_Part):
    """One part of the agenda. `speaker` None with `to_confirm` True: somebody is needed and nobody is known."""

    key: str
    title: str
    kind: SegmentKind
    start_minute: int
    minutes: int
    role: str | None = None
    speaker: Pick | None = None
    to_confirm: bool = False
    notes: str = ""

    @property
    def end_minute(self) -> int:
        """Minute at which the part is over."""
        return self.start_minute + self.minutes


class RolePlan(_Part):
    """A job at the event and who may do it."""

    key: str
    title: str
    duties: str
    pick: Pick | None = None
    to_confirm: bool = True


class ResourcePlan(_Part):
    """Something the event needs and the record that offers it."""

    key: str
    title: str
    type: str
    required: bool
    pick: Pick | None = None
    terms: str = ""
    to_confirm: bool = True


class BudgetLine(_Part):
    """quantity x unit_cents = total_cents."""

    key: str
    title: str
    unit: CostUnit
    quantity: int
    unit_cents: int
    total_cents: int
    optional: bool = False


class Covered(_Part):
    """A cost that a record of the community carries, so that it is no line."""

    key: str
    title: str
    resource_id: str
    sentence: str


class Budget(_Part):
    """`total_cents` is the sum of the lines; with a cap, total + reserve stays within it."""

    lines: list[BudgetLine]
    total_cents: int
    reserve_cents: int
    cap_cents: int | None
    covered: list[Covered] = []
    dropped: list[str] = Field([], description="titles of optional lines left out to stay under the cap")
    currency: str = Field(CNY, pattern=r"^[A-Z]{3}$", description="ISO 4217; amounts are its minor units")


class PromotionStep(_Part):
    """One message to send, by a person."""

    due_on: date
    title: str
    channel: str
    text: str


class Task(_Part):
    """Work with a day and an owner role."""

    key: str
    title: str
    due_on: date
    owner_role: str
    depends_on: list[str] = []
    on_holiday: str = Field("", description="name of the holiday the day falls on, if it could not be moved")


class RiskPlan(_Part):
    """What can go wrong, how one notices, who acts and how."""

    key: str
    title: str
    trigger: str
    fallback: str
    owner_role: str


class MetricTarget(_Part):
    """A number by which the event is judged."""

    key: str
    title: str
    target: float
    unit: str


class RunItem(_Part):
    """One line of the run sheet, with clock times."""

    starts_at: datetime
    ends_at: datetime
    title: str
    owner: str


class Citation(_Part):
    """What the plan rests on: a playbook with its content hash, or a past event."""

    kind: Literal["playbook", "event"]
    id: str
    detail: str = ""


class PlanContent(_Part):
    """A whole plan."""

    language: str
    title: str
    goal: str
    format: str
    topic: str
    audience: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    online: bool
    city: str
    place: str
    headcount: int
    open_places: int = Field(description="sign-ups to open, from the past turn-out; the head count without one")
    venue: Pick | None
    agenda: list[Segment]
    roles: list[RolePlan]
    resources: list[ResourcePlan]
    budget: Budget
    promotion: list[PromotionStep]
    risks: list[RiskPlan]
    prep_tasks: list[Task]
    follow_up: list[Task]
    run_sheet: list[RunItem]
    feedback_questions: list[str]
    interactions: list[str]
    metrics: list[MetricTarget]
    lessons: list[str]
    citations: list[Citation]
    to_confirm: list[str]

    def starts(self, segment: Segment) -> datetime:
        """Clock time at which a part of the agenda starts, aware."""
        return self.starts_at + timedelta(minutes=segment.start_minute)


class CheckResult(_Part):
    """What one named check found."""

    name: str
    passed: bool
    severity: Literal["error", "warning"] = "error"
    sentence: str


class Degraded(_Part):
    """Why a better draft was given up."""

    code: str
    message: str
