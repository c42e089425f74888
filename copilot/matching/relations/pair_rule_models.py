"""Rules about two members as data: what operators hand in, and what is shown of what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.models import RuleKind
from copilot.strict_fields import Moment

NOTE_CHARS = 500


@dataclass(frozen=True)
class RuleBounds:
    """How many rules there may be."""

    blocks_per_member: int = 200
    operator_rules: int = 5_000


class RuleDraft(BaseModel):
    """A rule an operator wants to set about two members; which of them is named first makes no difference."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    kind: Literal["cannot_match", "must_match"] = Field(
        description="keep the two apart, or propose them to each other first"
    )
    member_ids: list[Annotated[str, Field(min_length=1, max_length=64)]] = Field(
        min_length=2, max_length=2, description="ids of the two members"
    )
    note: str = Field("", max_length=NOTE_CHARS, description="why; operators read it")
    expires_at: Moment | None = Field(None, description="when the rule ends by itself; null means never")


class StoredRule(BaseModel):
    """A rule as operators see it. Of a block, the first member is who blocked the second."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    kind: RuleKind
    first_id: str
    first_name: str
    second_id: str
    second_name: str
    note: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    is_in_force: bool = Field(description="false once it has expired")


class StoredBlock(BaseModel):
    """Somebody a member does not want to meet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member_id: str = Field(description="who is blocked")
    name: str = Field(description="empty for somebody who hides")
    note: str
    created_at: datetime
