"""What a reading of the room is: data that is stored and shown. Data only; code elsewhere fills it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DimensionName = Literal["activity", "satisfaction", "interaction_quality", "content_quality", "participation"]
Unit = Literal["share", "net", "count", "seconds", "mean"]
Counted = Literal[
    "members",
    "messages",
    "messages_read",
    "questions",
    "answered_questions",
    "pairs",
    "speakers",
    "days",
    "newcomers",
    "threads",
    "replies",
    "ratings",
    "answers",
    "weeks",
    "moments",
]
MeasureReason = Literal["too_few", "not_read", "no_events"]
BaselineReason = Literal["too_little_history", "odd_window"]
Kind = Literal["light", "heavy"]
NoReadingCode = Literal["no_messages", "too_few_messages", "too_few_speakers"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Window(_Part):
    """What was looked at: visible messages sent in [start, end)."""

    start: AwareDatetime
    end: AwareDatetime
    timezone: str
    channel_id: str | None = Field(description="null: all channels, or a group of them")
    channel_name: str | None
    group: str | None = Field(None, description="the channels whose attribute `group` has this value")


class Counts(_Part):
    """What lay in the window. Recalled, hidden and system messages are left out."""

    messages: int
    messages_read: int = Field(description="by the local models; not bare media, nor members who let no AI read them")
    coverage: float | None = Field(description="messages_read / messages, 0-1; null without messages")
    speakers: int
    known_members: int = Field(
        description="members of the community who had joined, or written, by the end of the window"
    )
    questions: int


class Baseline(_Part):
    """What earlier windows of the same length usually showed, or why nothing is said of it.

    `middle` is their median, `low` to `high` where 95 % of new windows would lie if nothing changed (a robust spread by
    the median absolute deviation); `residual` tells how many standard deviations this window lies above the middle.
    """

    n: int = Field(description="earlier windows with this figure")
    middle: float | None = None
    low: float | None = None
    high: float | None = None
    residual: float | None = None
    by_weekday: bool = Field(False, description="the middle is this weekday's own, drawn towards that of all days")
    reason: BaselineReason | None = None


class Target(_Part):
    """What a room of this kind of operation aims at; see `copilot/atmosphere/targets.py`."""

    at_least: float | None = None
    at_most: float | None = None
    met: bool | None = Field(None, description="null while the 95 % interval lies on both sides of it")


class Measure(_Part):
    """One figure. Without enough to go on, `value` is null and `reason` says why; it is never a guess."""

    name: str
    unit: Unit = Field(description="share: 0-1; net: -1 to 1; count; seconds; mean: an average")
    value: float | None
    low: float | None = Field(None, description="lower end of the 95 % interval; null where none can be given")
    high: float | None = None
    n: int = Field(description="how many observations the figure rests on")
    n_of: Counted = Field(description="what `n` counts")
    evidence: list[str] = Field([], max_length=3, description="ids of the messages that moved the figure most")
    reason: MeasureReason | None = None
    baseline: Baseline | None = Field(None, description="null where nothing was compared")
    target: Target | None = Field(None, description="null where this kind of operation has none")


class Dimension(_Part):
    """One side of the atmosphere; the first measure is the one to look at first."""

    measures: list[Measure] = Field(min_length=1)

    @property
    def headline(self) -> Measure:
        """The first measure."""
        return self.measures[0]

    def measure(self, name: str) -> Measure | None:
        """Return the measure with this name."""
        return next((item for item in self.measures if item.name == name), None)


class Sentiment(_Part):
    """Shares of the read messages by their most probable sentiment; they sum to 1.

    The intervals say how far chance may carry the shares, not how often the model errs on a single message.
    """

    negative: Measure
    neutral: Measure
    positive: Measure
    model_versions: list[str] = Field(description="of the models that read; more than one while a new one catches up")


class NoReading(_Part):
    """Why nothing is said."""

    code: NoReadingCode
    sentence: str


class Suggestion(_Part):
    """One step to consider, because a figure's whole interval lies beyond its bound; `passage` is cited as it stands."""

    dimension: DimensionName
    measure: str
    sentence: str
    passage_id: str
    heading: str
    passage: str


class AtmosphereReading(_Part):
    """The answer to "how is the room?": five dimensions, or the reason for no reading."""

    community_id: str
    locale: str
    kind: Kind = Field("light", description="of operation; it decides the targets")
    window: Window
    counts: Counts
    no_reading: NoReading | None = None
    sentiment: Sentiment | None = None
    dimensions: dict[DimensionName, Dimension] = {}
    suggestion: Suggestion | None = None


class ReplyPair(_Part):
    """Who answers whom how often, by the platform's own reply links."""

    from_id: str
    from_name: str
    to_id: str
    to_name: str
    count: int
