"""What a reading of the room is: data that is stored and shown. Data only; code elsewhere fills it."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

DimensionName = Literal["activity", "satisfaction", "interaction_quality", "content_quality", "participation"]
Unit = Literal["share", "net", "count", "seconds"]
Counted = Literal["members", "messages", "messages_read", "questions", "answered_questions", "pairs", "speakers"]
MeasureReason = Literal["too_few", "not_read"]
NoReadingCode = Literal["no_messages", "too_few_messages", "too_few_speakers"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Window(_Part):
    """What was looked at: visible messages sent in [start, end)."""

    start: AwareDatetime
    end: AwareDatetime
    timezone: str
    channel_id: str | None = Field(description="null: all channels")
    channel_name: str | None


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


class Measure(_Part):
    """One figure. Without enough to go on, `value` is null and `reason` says why; it is never a guess."""

    name: str
    unit: Unit = Field(description="share: 0-1; net: -1 to 1; count; seconds")
    value: float | None
    low: float | None = Field(None, description="lower end of the 95 % interval; null where none can be given")
    high: float | None = None
    n: int = Field(description="how many observations the figure rests on")
    n_of: Counted = Field(description="what `n` counts")
    evidence: list[str] = Field([], max_length=3, description="ids of the messages that moved the figure most")
    reason: MeasureReason | None = None


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
