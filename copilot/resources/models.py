"""What the exchange looks like from outside: resources, their terms and calendars. Data only; loans are in `loan_models`."""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from copilot.community.models import ResourceStatus, ResourceType

MAX_TITLE_CHARS = 200
MAX_TEXT_CHARS = 4000
MAX_TAGS = 20
MAX_CHOSEN = 200
MAX_CITIES = 20
MAX_CLOSURES = 200
MAX_DAYS = 730
MAX_UNITS = 1_000_000
MAX_CALENDAR_DAYS = 366


def _only_day(value: object) -> object:
    """Refuse what would be read as a day without being written as one, such as seconds since 1970."""
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError("a day is written YYYY-MM-DD")
    if not isinstance(value, str | date) or isinstance(value, datetime):
        raise ValueError("a day is written YYYY-MM-DD")  # pydantic turns this one into a field error
    return value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Day = Annotated[date, BeforeValidator(_only_day)]
Who = Literal["everyone", "chosen"]
Mode = Literal["lend", "grant"]
InReturn = Literal["nothing", "introduction_fee", "revenue_share", "swap", "write_up", "other"]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=50)]
RecordId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
# What an owner may set; the others come about by themselves.
SetStatus = Literal["available", "paused", "withdrawn"]


class Data(BaseModel):
    """A value with no field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class TermsOfUse(Data):
    """Who may use it, how long, and for what in return."""

    who: Who = Field("everyone", description="chosen: the members and cities below and nobody else")
    member_ids: list[RecordId] = Field([], max_length=MAX_CHOSEN)
    cities: list[Annotated[str, StringConstraints(min_length=1, max_length=100)]] = Field([], max_length=MAX_CITIES)
    max_days: StrictInt | None = Field(
        None, ge=1, le=MAX_DAYS, description="longest use; null is no limit below two years"
    )
    mode: Mode = Field("lend", description="lend: units come back; grant: they are spent")
    in_return: InReturn | None = Field(None, description="null: not said")
    confidential: StrictBool = Field(
        False, description="known to nobody but the owner, operators and whom it is for; needs who = chosen"
    )
    accepts_at_once: StrictBool = Field(False, description="requests are accepted while units last, without asking")


class ResourceFields(Data):
    """What describes a resource, for one that is made."""

    type: ResourceType
    subclass: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="two letters of the code, see /resource-classes; guessed from the words when left out"
    )
    title: str = Field(min_length=1, max_length=MAX_TITLE_CHARS)
    description: str = Field("", max_length=MAX_TEXT_CHARS)
    owner_id: RecordId | None = Field(None, description="null: the community's own; members make their own only")
    terms: str = Field("", max_length=MAX_TEXT_CHARS, description="conditions in the owner's words")
    terms_of_use: TermsOfUse = Field(default_factory=TermsOfUse)
    capacity: StrictInt | None = Field(None, ge=0, le=MAX_UNITS, description="units; null is no limit")
    expires_on: Day | None = Field(None, description="last day")
    city: str = Field("", max_length=100)
    tags: list[Tag] = Field([], max_length=MAX_TAGS)
    confirm_every_days: StrictInt = Field(90, ge=7, le=MAX_DAYS)


class ResourcePatch(Data):
    """What is to change; a field left out stays as it is."""

    type: ResourceType | None = None
    subclass: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    title: str | None = Field(None, min_length=1, max_length=MAX_TITLE_CHARS)
    description: str | None = Field(None, max_length=MAX_TEXT_CHARS)
    terms: str | None = Field(None, max_length=MAX_TEXT_CHARS)
    terms_of_use: TermsOfUse | None = Field(None, description="all of them: they replace what was there")
    capacity: StrictInt | None = Field(None, ge=0, le=MAX_UNITS, description="null takes the limit away")
    expires_on: Day | None = Field(None, description="null takes the last day away")
    city: str | None = Field(None, max_length=100)
    tags: list[Tag] | None = Field(None, max_length=MAX_TAGS)
    confirm_every_days: StrictInt | None = Field(None, ge=7, le=MAX_DAYS)
    status: SetStatus | None = None


class ResourceView(Data):
    """Something the community or a member can give."""

    id: str
    code: str = Field(description="the code it was imported under, or its readable one")
    library_code: str | None = Field(description="class, subclass and number; never given to another resource")
    type: ResourceType
    type_name: str
    subclass: str
    subclass_name: str
    title: str
    description: str
    owner_id: str | None = Field(description="null for the community's own and where the owner is hidden")
    terms: str
    terms_of_use: TermsOfUse = Field(description="whom it is for is shown to the owner and operators alone")
    capacity: int | None
    units_out: int = Field(description="units that are in use or promised today")
    units_free: int | None = Field(description="units that can be had today; null is no limit")
    expires_on: date | None
    city: str
    tags: list[str]
    status: ResourceStatus
    confirm_every_days: int
    confirmed_at: datetime | None
    confirm_by: datetime | None = Field(description="when it leaves the matches unless the owner confirms it")
    merged_into: str | None


class ChangeView(Data):
    """One line of a resource's history."""

    id: str
    at: datetime
    actor: str
    kind: str
    changes: dict[str, list[Any]] = Field(description="field -> before, after")


class Closure(Data):
    """Days, both included, on which units cannot be had."""

    starts_on: Day
    ends_on: Day
    units: StrictInt | None = Field(None, ge=1, le=MAX_UNITS, description="null: all of them")
    note: str = Field("", max_length=200)


class CalendarDay(Data):
    """One day of a resource."""

    on: date
    out: int = Field(description="units lent, granted or promised")
    closed: bool = Field(description="whether the owner closed all units")
    free: int | None = Field(description="null is no limit")


class Calendar(Data):
    """What of a resource can be had, day by day."""

    resource_id: str
    closures: list[Closure]
    days: list[CalendarDay]


class SubclassView(Data):
    """A subclass of a class."""

    code: str
    name: str


class ClassView(Data):
    """A class of resources."""

    type: ResourceType
    code: str
    name: str
    subclasses: list[SubclassView]


class ResourceClasses(Data):
    """All classes, as they stand in codes."""

    classes: list[ClassView]


class DuplicateStatus(StrEnum):
    """What became of two resources that may be one."""

    PROPOSED = "proposed"
    MERGED = "merged"
    DISTINCT = "distinct"


class DuplicateSide(Data):
    """One of the two."""

    id: str
    library_code: str | None
    title: str
    owner_id: str | None


class DuplicateView(Data):
    """Two resources that may be one."""

    id: str
    first: DuplicateSide
    second: DuplicateSide
    similarity: float = Field(description="cosine of their texts, -1 to 1")
    status: DuplicateStatus
    decided_at: datetime | None
    created_at: datetime


class DuplicateSearch(Data):
    """What a search for duplicates found."""

    looked_at: int = Field(description="resources whose vectors were compared")
    proposed: int = Field(description="pairs that were not known before")
    threshold: float
