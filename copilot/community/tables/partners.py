"""Partners: agreements with other communities about resources, vectors of what they show, and what owners let cross.

Nothing of a partner is ever in this community's vector index, and of what other instances show only vectors are kept.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from copilot.community.tables.base import JsonList, JsonObject, Scoped


class Partnership(Scoped):
    """One side of an agreement; the other is a row of another community here, or of another instance."""

    __tablename__ = "partnership"
    __table_args__ = (
        UniqueConstraint("community_id", "link_id"),
        Index("ix_partnership_link", "link_id"),
        Index("ix_partnership_created", "community_id", "created_at", "id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    # The same on both sides.
    link_id: Mapped[str]
    # inviter or invited
    side: Mapped[str]
    # A community of this instance; None: nobody accepted yet, or it is elsewhere. No foreign key: the row says that
    # there was an agreement when the other community is gone, and nothing is visible without the other's row.
    peer_community_id: Mapped[str | None]
    peer_url: Mapped[str] = mapped_column(default="")
    # What the other side said of itself: name, language, currency, time zone, policy.
    peer: Mapped[JsonObject] = mapped_column(default=dict)
    # Signs what the two sides say to each other.
    secret: Mapped[str]
    # Signs the invitation; the inviter's alone.
    signing_key: Mapped[str] = mapped_column(default="")
    gives: Mapped[JsonObject] = mapped_column(default=dict)
    takes: Mapped[JsonObject] = mapped_column(default=dict)
    invited_until: Mapped[datetime]
    # When this side said yes, and when the other one did; of a community here, its own row counts.
    agreed_at: Mapped[datetime | None]
    peer_agreed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    # us or them
    revoked_by: Mapped[str] = mapped_column(default="")
    # When vectors were kept last.
    fetched_at: Mapped[datetime | None]
    created_by: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class PartnerOffer(Scoped):
    """The vector of a text that another instance showed minutes ago; the text itself is asked for each time."""

    __tablename__ = "partner_offer"

    id: Mapped[str] = mapped_column(primary_key=True)
    partnership_id: Mapped[str] = mapped_column(ForeignKey("partnership.id", ondelete="CASCADE"), index=True)
    content: Mapped[JsonObject] = mapped_column(default=dict)
    vector: Mapped[JsonList] = mapped_column(default=list)


class ResourceSharing(Scoped):
    """A resource whose owner lets partners see it; without a row it stays at home."""

    __tablename__ = "resource_sharing"

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    # Whether the owner's name goes with it.
    with_name: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
