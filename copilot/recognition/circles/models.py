"""Circles and ventures as they are shown. Data only."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

CircleName = Literal["ordinary", "partner", "city"]
Given = Literal["partner", "city"]
SlotKind = Literal["industry", "skill", "role", "person"]
RecordId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
MAX_PEOPLE = 50


class Part(BaseModel):
    """A value with no field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class CircleView(Part):
    """A tier or circle, what comes with it, and how many members are in it."""

    name: CircleName
    label: str
    city: str = Field(description="of city circles")
    benefits: list[str]
    members: int = Field(description="who may be shown")


class CircleList(Part):
    """Tiers first, then city circles by size."""

    items: list[CircleView]


class MemberCircles(Part):
    """Where a member belongs, and what comes with it."""

    member_id: str
    tier: Literal["ordinary", "partner"]
    cities: list[str]
    benefits: list[str]


class SeatFields(Part):
    """Put a member in a circle, or take them out again."""

    is_in: StrictBool
    city: str = Field("", max_length=100, description="of a city circle, for members whose profile names another city")


class Guest(Part):
    """Somebody to ask, and why now."""

    member_id: str
    name: str
    industry: str
    times: int = Field(description="events gone to within 90 days")
    reason: str


class CityEvent(Part):
    """An event to come in this city."""

    id: str
    title: str
    starts_at: datetime


class CityList(Part):
    """Whom to ask to a small event in a city, those first who came least; and what is planned there."""

    city: str
    items: list[Guest]
    events: list[CityEvent]
    note: str


class VentureSlot(Part):
    """Something the venture needs somebody for."""

    label: Label
    kind: Literal["industry", "skill"] = "skill"


class VentureAsk(Part):
    """A goal to find combinations for: industry, skill, a person to start it, and a resource that helps."""

    goal: str = Field(min_length=1, max_length=500)
    starter_id: RecordId | None = Field(None, description="who starts it; null: whoever fits")
    slots: list[VentureSlot] | None = Field(None, min_length=1, max_length=6, description="null: read from the goal")
    city: str = Field("", max_length=80)
    ventures: StrictInt = Field(3, ge=1, le=5)


class Proof(Part):
    """Words of a record that speak for a choice."""

    record_id: str
    quote: str


class VentureRole(Part):
    """Who does what in a venture, and why they."""

    label: str
    kind: SlotKind
    member_id: str
    name: str
    fit: float
    reason: str = Field(description="empty for a starter whom the request named and who fills no other role")
    evidence: list[Proof]


class VentureResource(Part):
    """A resource that helps, and with what role."""

    resource_id: str
    title: str
    role: str
    fit: float
    quote: str


class Venture(Part):
    """A combination of people and resources for one goal: a proposal, nobody has been asked.

    Attributes:
        missing: what the combination has none of: industry, skill, person or resource.
    """

    roles: list[VentureRole]
    resources: list[VentureResource]
    missing: list[Literal["industry", "skill", "person", "resource"]]
    score: float
    first_steps: list[str]


class VentureList(Part):
    """Ventures for a goal, complete ones first, then the best."""

    goal: str
    items: list[Venture]
    uncovered: list[str] = Field(description="what nobody could be found for, with who comes closest")
    note: str
