"""What the profiles feature answers with."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.profiles.findings import Field as ProfileField
from copilot.profiles.findings import Kind

Source = Literal["introduction", "chat"]
Status = Literal["proposed", "confirmed", "declined", "edited"]
Reader = Literal["rules", "model"]


class _Part(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class StoredProposal(_Part):
    """A sentence or value somebody may confirm for their own profile."""

    id: str = Field(examples=["asp_0f3k2m9q8w1e5r7t6y4u"])
    member_id: str
    aspect: Kind
    field: ProfileField = Field(description="empty for a sentence, else the single value that is proposed")
    text: str = Field(description="what would stand in the profile; after an edit, the member's own wording")
    quote: str = Field(description="the exact words of the source; empty once the member withdrew that source")
    source: Source
    message_id: str | None = Field(description="the message it stands in; null for an introduction that was handed in")
    extracted_by: Reader
    status: Status
    profile_text_id: str | None = Field(description="the sentence of the profile that came of it")
    created_at: datetime
    answered_at: datetime | None


class Note(_Part):
    """Why there is nothing, or less than there might be."""

    code: str
    sentence: str


class Degraded(_Part):
    """Why the model's reading was given up; the rules' stands."""

    code: str
    message: str


class Extraction(_Part):
    """What was found in one source: proposals that wait for the member's answer."""

    member_id: str
    locale: str
    source: Source
    items: list[StoredProposal]
    known: int = Field(description="findings left out: in the profile already, or answered before")
    unproven: int = Field(description="findings of the model left out because the source does not say so")
    note: Note | None = None
    degraded: Degraded | None = None
    llm_call_ids: list[str] = []


class Refusal(_Part):
    """A proposal that could not be confirmed, and why."""

    id: str
    code: str
    sentence: str


class Confirmation(_Part):
    """What became of several proposals at once."""

    items: list[StoredProposal]
    refused: list[Refusal]


class SourceConsents(_Part):
    """Which sources a profile may be read from, and what the last change took away."""

    member_id: str
    introduction: bool | None = Field(description="null: never asked; handing in a text is a yes to that text")
    chat: bool | None = Field(description="only true lets messages be read for the profile")
    proposals_deleted: int = 0
    texts_deleted: int = Field(0, description="confirmed sentences that went with `delete_confirmed`")
    values_deleted: int = Field(0, description="confirmed cities, skills and the like that went with it")
    confirmed_left: int = Field(
        0, description="confirmed sentences and values of a withdrawn source that are still there"
    )
    note: Note | None = None
