"""Weekly reports: the facts one is composed from, as stored, and what it says. Data only."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from copilot.atmosphere.models import AtmosphereReading, DimensionName, Kind, Unit

Audience = Literal["operators", "members"]
ActionSource = Literal["alert", "target", "questions", "load", "owner", "habit"]
Direction = Literal["up", "down"]
Verdict = Literal["better", "worse", "other"]
LineKind = Literal["best_message", "open_question", "asked_member", "action", "change", "event", "evidence"]
DropReason = Literal["gone", "not_exact", "not_shown", "not_in_figures"]
WrittenBy = Literal["model", "template"]
ChartName = Literal["activity", "tone", "answered", "days"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Point(_Part):
    """One figure of one window."""

    value: float | None
    low: float | None = None
    high: float | None = None


class WeekPoint(_Part):
    """The figures of one local week that charts show."""

    week: str
    messages: int
    speakers: int
    tone: Point
    answered: Point


class DayPoint(_Part):
    """One local day of the week."""

    day: str = Field(examples=["2026-11-09"])
    messages: int
    speakers: int
    negative: float | None
    neutral: float | None
    positive: float | None


class Excerpt(_Part):
    """A part of a stored text: exactly `text[start:end]` of record `id`."""

    id: str
    member_id: str
    start: int = Field(ge=0)
    end: int
    quote: str


class BestMessage(_Part):
    """A message that helped."""

    excerpt: Excerpt
    sent_at: AwareDatetime
    answered: int = Field(description="different people whose questions it answered")
    thanked: int = Field(description="different people who replied with thanks")
    replied: int = Field(description="different people who replied")
    words: int = Field(description="content words")
    points: float = Field(
        description="2 per person answered, 2 per person who thanked, log2(1 + people who replied), up to 1 for substance"
    )
    why: str = ""


class AskedMember(_Part):
    """Somebody who might know: a sentence of their profile stands nearest to the question."""

    member_id: str
    excerpt: Excerpt


class OpenQuestion(_Part):
    """A question that nobody answered by link or mention."""

    excerpt: Excerpt
    sent_at: AwareDatetime
    age_hours: float
    followed: bool = Field(description="somebody wrote a plain message soon after; it may have been an answer")
    ask: list[AskedMember] = []


class Action(_Part):
    """One thing to do, why, who does it, and the passage it is cited from."""

    source: ActionSource
    why: str
    who: str
    passage_id: str
    heading: str
    quote: str = Field(description="exactly as it stands in the passage")
    alert_id: str | None = None


class Today(_Part):
    """At most three things that a week gives reason to do, most urgent first."""

    week: str = Field(description="that of the newest message, YYYY-Www")
    is_over: bool
    locale: str = Field(description="the community's language, in which they are written")
    actions: list[Action]


class Step(_Part):
    """A passage of the knowledge base, as it stood when the report was made."""

    passage_id: str
    heading: str
    text: str


class WaitingAlert(_Part):
    """An alert of the week, or one still open."""

    id: str
    sentence: str
    who: str
    seriousness: float
    measure: str
    step: Step | None


class Change(_Part):
    """A figure beyond the room's own usual range, allowing for how many figures were compared.

    While there are too few earlier weeks for a usual range, the week before takes its place.
    """

    dimension: DimensionName
    measure: str
    unit: Unit
    value: float
    low: float | None
    high: float | None
    n: int
    usual: float
    usual_low: float
    usual_high: float
    windows: int = Field(description="earlier weeks the usual range rests on; 1: the week before, with its interval")
    direction: Direction
    verdict: Verdict
    sentence: str


class UpcomingEvent(_Part):
    """A published event of the next two weeks."""

    id: str
    title: str
    starts_at: AwareDatetime
    going: int
    capacity: int | None


class Carried(_Part):
    """What the last eight weeks say of load and of the owner; sentences without names."""

    loaded: list[str] = Field([], max_length=20, description="ids of members who carry too much")
    shoulders: str = ""
    owner: str = ""
    owner_rises: bool = False


class WeeklySnapshot(_Part):
    """Everything a report is composed from: composing it again gives the same report."""

    version: int = 1
    community_id: str
    name: str
    locale: str
    kind: Kind
    week: str
    made_at: AwareDatetime
    is_over: bool = Field(description="the week had ended when this was made")
    reading: AtmosphereReading
    previous: AtmosphereReading | None = Field(description="the week before; compared with while history is short")
    weeks: list[WeekPoint] = Field(max_length=30)
    days: list[DayPoint] = Field(max_length=8)
    alerts: list[WaitingAlert] = Field(max_length=20)
    held_back: int
    best: list[BestMessage] = Field(max_length=20)
    questions: list[OpenQuestion] = Field(max_length=50)
    question_count: int
    open_count: int
    experts: str = Field("", description="why nobody is named to ask; empty when people were looked for")
    events: list[UpcomingEvent] = Field(max_length=20)
    carried: Carried
    takers: dict[str, str] = Field(description="who takes steps, by dimension; `` for everything else")
    steps: dict[str, Step] = Field(description="passages the report may cite, by id")


class Figure(_Part):
    """A number the summary may say, as it is written there."""

    name: str
    text: str


class Summary(_Part):
    """The first paragraph: worded from the figures alone."""

    text: str
    written_by: WrittenBy
    degraded: str | None = Field(None, description="why a model's words were not used; null also when none was asked")
    prompt: str | None = Field(None, description="prompt id, version and hash")
    model: str | None = None
    llm_call_ids: list[str] = []


class Dropped(_Part):
    """How many lines did not leave, and why."""

    kind: LineKind
    reason: DropReason
    count: int


class WeeklyReport(_Part):
    """The report of a local week, Monday to Monday. For operators; `members` sees neither names nor anybody's words."""

    community_id: str
    name: str
    locale: str
    week: str = Field(examples=["2026-W46"])
    audience: Audience
    made_at: AwareDatetime
    is_over: bool
    thin: str | None = Field(description="why little can be said of this week; null when enough was said")
    summary: Summary
    figures: list[Figure]
    reading: AtmosphereReading
    weeks: list[WeekPoint]
    days: list[DayPoint]
    changes: list[Change]
    compared: int = Field(description="figures that were compared with what is usual")
    actions: list[Action]
    best: list[BestMessage]
    questions: list[OpenQuestion]
    question_count: int
    open_count: int
    experts: str
    events: list[UpcomingEvent]
    carried: Carried
    alerts_held_back: int
    names: dict[str, str] = Field(description="of the members named by id; empty for members")
    dropped: list[Dropped]


class WeeklyHead(_Part):
    """A stored report in a list."""

    id: str
    week: str
    messages: int
    made_at: AwareDatetime
    made_by: str
