"""Communities, keys, jobs, the audit log and the notes that derived data is stale."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import Base, JsonList, JsonObject, Scoped


class Community(Base):
    __tablename__ = "community"

    id: Mapped[str] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(default="zh-CN")
    timezone: Mapped[str] = mapped_column(default="Asia/Shanghai")
    kind: Mapped[str] = mapped_column(default="light")
    values: Mapped[JsonList] = mapped_column(default=list)
    policy: Mapped[JsonList] = mapped_column(default=list)
    settings: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class ApiKey(Scoped):
    """A key; only its SHA-256 is stored (the key itself has 256 random bits, so no slow hash is needed)."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]
    scopes: Mapped[JsonList] = mapped_column(default=list)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    key_hash: Mapped[str] = mapped_column(unique=True)
    hint: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class ConsoleSession(Scoped):
    """A browser that is signed in with a key, or a link (`kind`) that lets one in, once.

    Only the SHA-256 of the token is stored (256 random bits, as of keys). What it may do is asked of the key each time.
    """

    __tablename__ = "console_session"
    __table_args__ = (Index("ix_console_session_expires", "community_id", "expires_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    api_key_id: Mapped[str] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # Signed out, or the link was used.
    ended_at: Mapped[datetime | None]


class AuditEntry(Scoped):
    """Who did what when; never updated, never deleted but with the community."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_community_at", "community_id", "at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[JsonObject] = mapped_column(default=dict)


class IdempotencyRecord(Scoped):
    __tablename__ = "idempotency_record"

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    api_key_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")
    status: Mapped[int | None]
    headers: Mapped[JsonObject] = mapped_column(default=dict)
    body: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Job(Scoped):
    """Progress and outcome of long work, as people see it; DBOS keeps its own book beside it."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_community_created", "community_id", "created_at", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="queued")
    params: Mapped[JsonObject] = mapped_column(default=dict)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[JsonObject] = mapped_column(default=dict)
    error: Mapped[JsonObject | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class StaleMark(Scoped):
    """A note, written with the change itself, that derived data must be made again.

    `token` changes with every mark: whoever clears it clears only the mark it saw.
    """

    __tablename__ = "stale_mark"
    # Readers take marks oldest first, so that messages of one import are read beside their neighbours.
    __table_args__ = (Index("ix_stale_mark_waiting", "community_id", "purpose", "marked_at", "record_id"),)

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
    marked_at: Mapped[datetime]


class VectorRow(Scoped):
    """What the vector index may hold for one text: the text's hash and the embedder that made the vector.

    A row is written before its vector (with an empty hash) and deleted after it, so that every vector is on record.
    """

    __tablename__ = "vector_row"
    __table_args__ = (
        Index("ix_vector_row_owner", "community_id", "owner_kind", "owner_id"),
        Index("ix_vector_row_member", "community_id", "member_id"),
    )

    community_id: Mapped[str] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"), primary_key=True)
    aspect: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(primary_key=True)
    owner_kind: Mapped[str]
    owner_id: Mapped[str]
    # Whose words these are. Not a foreign key: the row outlives the member until the index has let go of the vector.
    member_id: Mapped[str | None]
    text_hash: Mapped[str]
    embedder: Mapped[str]
    embedded_at: Mapped[datetime]


class Erasure(Scoped):
    """Proof that a member's data was deleted; holds a salted hash, so that an import does not bring them back."""

    __tablename__ = "erasure"
    __table_args__ = (UniqueConstraint("community_id", "subject_hash"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    subject_hash: Mapped[str]
    erased_at: Mapped[datetime]
    requested_by: Mapped[str]
    counts: Mapped[JsonObject] = mapped_column(default=dict)
    index_confirmed_at: Mapped[datetime | None]


class LlmCall(Scoped):
    """One request to a model endpoint and what came of it."""

    __tablename__ = "llm_call"
    __table_args__ = (Index("ix_llm_call_community_at", "community_id", "created_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    feature: Mapped[str]
    prompt_id: Mapped[str]
    prompt_hash: Mapped[str]
    model: Mapped[str]
    mode: Mapped[str]
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    completion_tokens: Mapped[int] = mapped_column(default=0)
    tokens_estimated: Mapped[bool] = mapped_column(default=False)
    latency_ms: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str]
    error_code: Mapped[str | None]
    created_at: Mapped[datetime]
