"""Members, what they say of themselves, and the resources of the community."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, inspect, select
from sqlalchemy.orm import Mapped, mapped_column, object_session

from copilot.community.tables.base import JsonList, JsonObject, Scoped
from copilot.community.tables.chat import Message


class Member(Scoped):
    __tablename__ = "member"
    __table_args__ = (
        UniqueConstraint("community_id", "platform", "external_id"),
        Index("ix_member_community_name", "community_id", "name", "id"),
        # The latest of a city, without walking through all members.
        Index("ix_member_community_city", "community_id", "city", "created_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    platform: Mapped[str]
    external_id: Mapped[str]
    name: Mapped[str]
    headline: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    industry: Mapped[str] = mapped_column(default="")
    role: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    skills: Mapped[JsonList] = mapped_column(default=list)
    joined_at: Mapped[datetime | None]
    # None: never asked. Only True lets a member be matched.
    consent_match: Mapped[bool | None]
    # False: not embedded, not ranked, not sent to any model.
    consent_ai: Mapped[bool] = mapped_column(default=True)
    visibility: Mapped[str] = mapped_column(default="community")
    # Which of the three above a person decided: name -> {"by": member | admin, "at": time}. Imports respect it.
    consents_decided: Mapped[JsonObject] = mapped_column(default=dict)
    # Which sources the profile may be read from: introduction | chat -> true or false; absent was never asked.
    consent_sources: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    # How others reach the member (wechat, email, phone ...): shown to nobody but whom both said yes to.
    contacts: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    attributes: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """The member's vectors depend on texts, consent and visibility; what models read, on the consent to AI."""
        return [("vector", "member", self.id), *(("reading", "message", m) for m in self._messages_to_read_again())]

    def _messages_to_read_again(self) -> list[str]:
        session = object_session(self)
        if session is None or self not in session.dirty or not inspect(self).attrs.consent_ai.history.has_changes():
            return []
        sent = select(Message.id).where(Message.sender_id == self.id, Message.community_id == self.community_id)
        return list(session.scalars(sent))


class ProfileText(Scoped):
    """One short text of one aspect, with the record it came from."""

    __tablename__ = "profile_text"
    __table_args__ = (Index("ix_profile_text_member", "community_id", "member_id", "aspect", "position"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[str] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    aspect: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]
    source: Mapped[str] = mapped_column(default="import")
    source_id: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """A changed text is embedded again with its member."""
        return [("vector", "member", self.member_id)]


class Resource(Scoped):
    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("community_id", "code"),
        Index("ix_resource_library_code", "community_id", "library_code", unique=True),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    type: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    # With its owner, a resource goes: without one it would be the community's own and open to everybody.
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    terms: Mapped[str] = mapped_column(default="")
    capacity: Mapped[int | None]
    expires_on: Mapped[date | None]
    city: Mapped[str] = mapped_column(default="")
    tags: Mapped[JsonList] = mapped_column(default=list)
    # Only `available` is proposed to anybody. The others: confidential (offered to whom its terms name), paused, stale,
    # withdrawn, merged.
    status: Mapped[str] = mapped_column(default="available")
    attributes: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    # Class, subclass and number, such as TEC-SW-014; None until the library has given one.
    library_code: Mapped[str | None]
    subclass: Mapped[str] = mapped_column(default="", server_default="")
    # Whatever its status: nobody but the owner, operators and whom the terms name may know of it.
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())
    # everyone, or chosen: those in `ResourceAudience`
    who: Mapped[str] = mapped_column(default="everyone", server_default="everyone")
    # lend: units come back; grant: they are spent
    mode: Mapped[str] = mapped_column(default="lend", server_default="lend")
    max_days: Mapped[int | None]
    # nothing, introduction_fee, revenue_share, swap, write_up or other; empty: not said
    in_return: Mapped[str] = mapped_column(default="", server_default="")
    accepts_at_once: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirm_every_days: Mapped[int] = mapped_column(default=90, server_default="90")
    confirmed_at: Mapped[datetime | None]
    # When it becomes stale; None: the library has not looked at it yet.
    confirm_by: Mapped[datetime | None]
    merged_into: Mapped[str | None]

    def stale_marks(self) -> list[tuple[str, str, str]]:
        """A changed resource is embedded again."""
        return [("vector", "resource", self.id)]


class ResourceUse(Scoped):
    __tablename__ = "resource_use"

    id: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), index=True)
    member_id: Mapped[str | None] = mapped_column(ForeignKey("member.id", ondelete="SET NULL"), index=True)
    lent_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    units: Mapped[int] = mapped_column(default=1, server_default="1")
