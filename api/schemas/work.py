"""Jobs, keys, usage and the audit log as clients see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.schemas.common import Body, Record
from copilot.community.models import Role
from copilot.strict_fields import Moment


class JobOut(Record):
    """Long work and how far it is."""

    id: str = Field(examples=["job_01h2xcejqtf2nbrexx3vqjhp41"])
    kind: str = Field(examples=["import"])
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = Field(description="rows done in the current stage")
    total: int | None = Field(description="rows in all, when known")
    result: dict[str, Any] = Field(description="outcome of each finished stage")
    error: dict[str, Any] | None
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobIn(Body):
    """Work to start. Imports are started by uploading a file."""

    kind: Literal["sync", "read", "snapshot", "reindex", "check", "webhooks"] = Field(examples=["sync"])


class KeyIn(Body):
    """A key to make."""

    name: str = Field(min_length=1, max_length=100, examples=["console of the night shift"])
    role: Role
    scopes: list[str] | None = Field(None, max_length=50, description="a subset of the role's scopes; null: all")
    member_id: str | None = Field(None, max_length=64, description="required for role member, refused for others")
    expires_at: Moment | None = None


class KeyOut(Record):
    """A key without its secret."""

    id: str
    name: str
    role: Role
    scopes: list[str]
    member_id: str | None
    hint: str = Field(description="the last four characters")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class NewKeyOut(KeyOut):
    """A key just made; the only answer that ever shows the secret."""

    secret: str


class AuditOut(Record):
    """Who did what when."""

    id: str
    at: datetime
    actor: str
    action: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any]


class UsageOut(Record):
    """Model calls of one feature in a span of days."""

    feature: str
    outcome: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    mean_latency_ms: float


class WhoAmI(Record):
    """The key that asked."""

    community: str = Field(description="slug")
    name: str
    role: Role
    scopes: list[str]
    member_id: str | None
