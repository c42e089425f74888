"""What a set of topics is: data that is stored, checked and shown. Data only; code elsewhere fills it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.demand import DemandKind

# What the profile says; what was answered, built or tried, as told in chat; a resource; an event one was at.
EvidenceKind = Literal["has", "answer", "built", "tried", "sells", "attended"]
InterestKind = Literal["wants", "asked", "industry"]
PLAYBOOK = "playbook"
# Topics that were stored before the model was named say "model".
DraftedBy = Annotated[str, Field(description="playbook, or llm:<model>", examples=[PLAYBOOK])]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Degraded(_Part):
    """Why a better draft was given up."""

    code: str
    message: str


class Note(_Part):
    """Why there are fewer topics than asked for, or none."""

    code: str
    sentence: str


class CheckResult(_Part):
    """What one named check found; the sentence is for people."""

    name: str
    passed: bool
    sentence: str


class Interested(_Part):
    """A record that shows that somebody cares about a gap. `quote` is an exact slice of it, empty for a shared industry."""

    kind: InterestKind
    id: str = Field(description="id of a profile sentence, a message, or for an industry the member")
    member_id: str
    quote: str


class Demand(_Part):
    """The question a topic answers, or the gap it fills. `quote` is an exact slice of the record `question_id`."""

    kind: DemandKind
    question_id: str = Field(description="id of the message; for a gap, of the member's own record it starts from")
    channel_id: str
    channel_name: str
    asker_id: str
    asker_name: str = Field(description="empty when the asker is not shown to the community")
    asked_at: datetime
    quote: str
    subject: str = Field("", description="what titles call the question: an exact slice, too")
    same_ids: list[str] = Field([], description="other messages that ask the same")
    interest: list[Interested] = Field([], description="for a gap, who cares: at most five records of a kind")


class Cited(_Part):
    """A record of the member that speaks for the topic. `quote` is an exact slice of it."""

    kind: EvidenceKind
    id: str
    quote: str


class OutlineStep(_Part):
    """A section of the post, as questions to answer."""

    heading: str
    questions: list[str]


class Offer(_Part):
    """What may be offered for writing; whether it is given is the operator's decision."""

    kind: str
    offer: str


class Lengths(_Part):
    """Three sizes of the same post."""

    voice_seconds: int
    short_chars: int
    article_chars: int


class Topic(_Part):
    """One topic for one member, with everything to start writing."""

    id: str = ""
    rank: int
    demand: Demand
    evidence: list[Cited] = Field(min_length=1)
    fit: float = Field(ge=0.0, le=1.0, description="how well the member's words meet the question, 0-1")
    reason: str
    framework: str
    framework_title: str
    titles: list[str] = Field(min_length=1)
    opening: str
    outline: list[OutlineStep] = Field(min_length=1)
    show: list[str] = []
    closing: str = ""
    lengths: Lengths
    incentives: list[Offer] = []
    novelty: float = Field(
        1.0, ge=0.0, le=1.0, description="how far the question is from what is published already, 0 (the same) to 1"
    )
    message: str = Field(description="draft of the operator's message to the member; never sent by the service")
    drafted_by: DraftedBy


class TopicSet(_Part):
    """The answer to "what could this member write about?"."""

    community_id: str
    member_id: str
    member_name: str
    locale: str
    wanted: int
    topics: list[Topic]
    note: Note | None = None
    drafted_by: DraftedBy = PLAYBOOK
    degraded: Degraded | None = None
    checks: list[CheckResult] = []
    llm_call_ids: list[str] = []


class StoredTopic(_Part):
    """A topic as it was stored."""

    topic: Topic
    member_id: str
    status: str
    checks: list[CheckResult]
    degraded: Degraded | None
    created_at: datetime


class ReluctantMember(_Part):
    """Somebody who knows much and says little."""

    member_id: str
    name: str
    known_texts: int = Field(description="sentences about what the member has to offer")
    messages: int = Field(description="messages in the window")
    last_message_at: datetime | None
    suggested_at: datetime | None = Field(description="when topics were last suggested, within the month")
    score: float = Field(description="known_texts / (1 + messages), higher first")
    reason: str
