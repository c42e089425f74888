"""A member's notes as a post: every sentence with the places in the notes it comes from. Data only."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from copilot.topics.models import Degraded, DraftedBy

MAX_NOTES_CHARS = 8_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Span(_Part):
    """A slice of the notes: characters `start` to `end`, end excluded."""

    start: int = Field(ge=0)
    end: int = Field(ge=1)


class Sentence(_Part):
    """A sentence of the post. `spans` are what it rests on; `literal` says that it is exactly those slices."""

    text: str
    spans: list[Span] = Field(min_length=1)
    literal: bool = True


class Section(_Part):
    """A part of the framework with what the notes say on it; without a sentence, `ask` are the questions still open."""

    heading: str
    sentences: list[Sentence]
    ask: list[str] = []


class PostContent(_Part):
    """The post. Title options, headings and the closing call are the topic's; every sentence is the member's."""

    titles: list[str]
    sections: list[Section]
    closing: str
    short: list[Sentence] = Field(description="the most telling sentences, within the framework's short length")
    left_out: list[Span] = Field(
        [], description="what of the notes is in no section: fillers, repetitions, greetings, orders to a model"
    )
    markdown: str


class Post(_Part):
    """Notes arranged into the framework of a topic, as stored."""

    id: str
    topic_id: str
    member_id: str
    framework: str
    notes: str
    content: PostContent
    drafted_by: DraftedBy
    degraded: Degraded | None = None
    created_at: datetime
