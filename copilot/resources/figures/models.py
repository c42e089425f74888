"""What figures and unmet demand look like from outside. Data only."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from copilot.community.models import ResourceType
from copilot.resources.figures.estimates import State
from copilot.resources.figures.measures import By, FigureName
from copilot.resources.models import Data


class FigureView(Data):
    """One figure of one group, with what it was counted from."""

    name: FigureName
    value: float | None = Field(description="null: no or too little data, see `remark`")
    low: float | None = Field(description="lower end of the 95 % interval; null: none")
    high: float | None
    state: State
    n: int = Field(description="cases; of utilisation the unit-days there were to be had")
    resources: int = Field(description="that the cases belong to")
    numerator: int = Field(description="unit-days, minor units of the currency, uses, requests or days")
    denominator: int
    remark: str = Field(description="why there is no value or no interval, in the community's language")


class FigureLine(Data):
    """The figures of everything, a class, an owner or a month."""

    key: str = Field(description="all, a class, an owner's id (empty: the community's own) or YYYY-MM")
    title: str
    resources: int = Field(description="on offer on at least one day, or used")
    uses: int = Field(description="times something was handed over")
    requests: int = Field(description="asked for in the period and met or answered")
    open_requests: int = Field(description="asked for in the period and not answered yet; in no figure")
    figures: list[FigureView]


class Definition(Data):
    """What a figure counts and leaves out."""

    name: FigureName
    title: str
    text: str


class ResourceFigures(Data):
    """Figures of a period with their definitions."""

    start: date
    end: date
    by: By
    currency: str
    lines: list[FigureLine]
    more: int = Field(description="groups that are not shown: those with the fewest uses")
    definitions: list[Definition]


class ClassDemand(Data):
    """What was asked for of one class and not met, by how it ended."""

    type: ResourceType
    type_name: str
    unmet: int = Field(description="requests of the period that ended without the units having been handed over")
    members: int = Field(description="who asked")
    declined: int
    expired: int
    withdrawn: int
    cancelled: int
    waiting: int = Field(description="in a line now; not among the unmet")
    unit_days: int = Field(description="units times days that the unmet asked for")


class FarWish(Data):
    """A wish of a member, and the resource that comes nearest to it; a person says whether that is near enough."""

    text_id: str
    member_id: str
    text: str
    nearest_resource_id: str | None
    nearest_title: str
    nearest_type: ResourceType | None
    lead: float = Field(
        description="how much nearer that resource is than usual for this wish and this resource; cosines, 0 is usual"
    )


class UnmetDemand(Data):
    """What is asked for and not there: by class from requests, by meaning from wishes in profiles."""

    start: date
    end: date
    by_class: list[ClassDemand]
    by_meaning: list[FarWish] = Field(description="wishes that the library is farthest from, the farthest first")
    wishes: int = Field(description="wishes that were compared")
    sentence: str = Field(description="how to read it, in the community's language")
