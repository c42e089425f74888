"""What a case rests on: messages with their evidence, findings over several messages, and ids that merged cases had."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class CaseItem(Scoped):
    """One message in one category as one source found it; a case holds one or many."""

    __tablename__ = "case_item"
    __table_args__ = (
        UniqueConstraint("community_id", "message_id", "category", "found_by"),
        Index("ix_case_item_case", "community_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    category: Mapped[str]
    # signal (rules and models), report, pattern or llm
    found_by: Mapped[str]
    severity: Mapped[str]
    # 0-1, how certain the source is; of a report it is 0, because what reports weigh is counted over all of a case.
    score: Mapped[float]
    clause_id: Mapped[str] = mapped_column(default="")
    # Half-open span of code points in the stored text; `quote` is exactly text[start:end].
    evidence_start: Mapped[int]
    evidence_end: Mapped[int]
    quote: Mapped[str]
    # What it answers and what stood before it, by id.
    context_ids: Mapped[JsonList] = mapped_column(default=list)
    detector: Mapped[str]
    detector_version: Mapped[str]
    # From which score on the source asked a person, then in force.
    threshold: Mapped[float]
    # What the source said before the community's curve, and the version of its tuning; empty where none was in force.
    raw_score: Mapped[float | None]
    tuning_version: Mapped[int | None]
    created_at: Mapped[datetime]
    # The source does not find it any more.
    withdrawn_at: Mapped[datetime | None]


class CaseFinding(Scoped):
    """What was found over several messages of a case: a pattern, its window and its counts."""

    __tablename__ = "case_finding"
    __table_args__ = (Index("ix_case_finding_case", "community_id", "case_id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    found_by: Mapped[str]
    category: Mapped[str]
    detector: Mapped[str]
    detector_version: Mapped[str]
    score: Mapped[float]
    threshold: Mapped[float]
    # Ids of the members it was done to.
    affected: Mapped[JsonList] = mapped_column(default=list)
    # Window, counts and the sentence per locale.
    evidence: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class CaseAlias(Scoped):
    """The id of a case that was merged into another: links that people keep still lead there."""

    __tablename__ = "case_alias"

    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"), index=True)
    merged_at: Mapped[datetime]
