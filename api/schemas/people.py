"""Members, resources and channels as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field, StrictBool

from api.schemas.common import Body, Record


class TextOut(Record):
    """One sentence of a profile."""

    id: str = Field(examples=["txt_0f3k2m9q8w1e5r7t6y4u"])
    aspect: Literal["is", "has", "wants"]
    text: str
    source: str = Field(description="where it came from: import, introduction or chat")


class MemberOut(Record):
    """A member; the profile's sentences are in the single view."""

    id: str = Field(examples=["mem_0f3k2m9q8w1e5r7t6y4u"])
    external_id: str = Field(description="id on the platform the member came from")
    name: str
    headline: str
    city: str
    industry: str
    role: str
    language: str
    skills: list[str]
    visibility: Literal["community", "operators", "hidden"]
    consent_match: bool | None = Field(description="null: never asked; only true lets the member be matched")
    consent_ai: bool = Field(description="false: not embedded, not ranked, not sent to any model")
    joined_at: datetime | None


class MemberDetail(MemberOut):
    """A member with profile."""

    texts: list[TextOut]


class ConsentIn(Body):
    """What a member allows; a field left out stays as it is."""

    # Strict: a consent that was not given in so many words is none.
    consent_match: StrictBool | None = Field(None, description="be proposed to others and receive proposals")
    consent_ai: StrictBool | None = Field(None, description="be embedded and ranked")
    visibility: Literal["community", "operators", "hidden"] | None = None


class ErasureOut(Record):
    """Proof of a deletion."""

    id: str
    erased_at: datetime
    requested_by: str
    counts: dict[str, int] = Field(
        description="rows deleted, by table; `detached_*`: rows of others that named the member; `documents_scrubbed`; "
        "`dropped_*`: documents that could not be read without the member; `replays_dropped`: kept answers",
        examples=[{"member": 1, "profile_text": 6, "message": 31, "vector_row": 9, "documents_scrubbed": 2}],
    )
    index_confirmed_at: datetime | None = Field(description="when the vector index was checked to hold nothing")


class ChannelOut(Record):
    """A chat channel."""

    id: str
    external_id: str
    name: str
    purpose: str
    promo_allowed: bool
    platform: str
