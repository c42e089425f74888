"""Words every feature shares: enumerations and the community's own configuration. No storage, no logic."""

from __future__ import annotations

from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, field_validator

from copilot.currency import CURRENCIES


class Role(StrEnum):
    """What a key may do; see `copilot.community.access`."""

    MEMBER = "member"
    MODERATOR = "moderator"
    OPERATOR = "operator"
    ADMIN = "admin"
    # Looks after members who may need help, and does nothing else; no other role includes it.
    CARE = "care"


class Aspect(StrEnum):
    """The three sides of a member that are embedded apart."""

    IS = "is"
    HAS = "has"
    WANTS = "wants"


class Visibility(StrEnum):
    """Who may see a member: everybody, operators only, or nobody but the member."""

    COMMUNITY = "community"
    OPERATORS = "operators"
    HIDDEN = "hidden"


class ResourceType(StrEnum):
    """The six classes of resources."""

    TECHNOLOGY = "technology"
    FUNDING = "funding"
    PEOPLE = "people"
    KNOWLEDGE = "knowledge"
    INFORMATION = "information"
    CHANNEL = "channel"


class ResourceStatus(StrEnum):
    """Where a resource stands. Only available ones are proposed; confidential ones are offered to whom they name."""

    AVAILABLE = "available"
    CONFIDENTIAL = "confidential"
    PAUSED = "paused"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class RuleKind(StrEnum):
    """What a rule about two members says; the first is a member's own, the others are set by operators."""

    BLOCKED = "blocked"
    CANNOT_MATCH = "cannot_match"
    MUST_MATCH = "must_match"


class Category(StrEnum):
    """Categories of negative behaviour, in the field's words."""

    INSULT = "insult"
    THREAT = "threat"
    HATE = "hate"
    HARASSMENT = "harassment"
    SEXUAL = "sexual"
    SPAM = "spam"
    UNSOLICITED_PROMOTION = "unsolicited_promotion"
    SCAM = "scam"
    MISINFORMATION_CLAIM = "misinformation_claim"
    PRIVACY = "privacy"


class MessageType:
    """ChatLab's message type numbers that the code treats apart; all others are stored as they come."""

    TEXT = 0
    REPLY = 25
    SYSTEM = 80
    RECALLED = 81


class PolicyClause(BaseModel):
    """One rule of the community, cited by cases."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,20}$")
    title_zh: str = ""
    title_en: str = ""
    text_zh: str = ""
    text_en: str = ""
    categories: list[Category] = []


class CommunityValue(BaseModel):
    """What the community stands for, in one sentence per language."""

    model_config = ConfigDict(extra="forbid")

    zh: str = Field("", max_length=200)
    en: str = Field("", max_length=200)

    def said_in(self, locale: str) -> str:
        """Return the sentence in this language, or in the other one when it is missing."""
        return (self.zh or self.en) if locale == "zh-CN" else (self.en or self.zh)


class ChannelConfig(BaseModel):
    """What the operators say about one channel."""

    model_config = ConfigDict(extra="forbid")

    id: str
    name: str = ""
    purpose: str = ""
    promo_allowed: bool = False
    group: str = Field("", max_length=100, description="channels of one group are also read as one room")


class CommunityConfig(BaseModel):
    """A community as its operators describe it (community.yaml)."""

    model_config = ConfigDict(extra="forbid")

    slug: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,39}$")
    name: str = Field(min_length=1, max_length=100)
    name_en: str = ""
    locale: str = Field("zh-CN", pattern=r"^(zh-CN|en)$")
    timezone: str = "Asia/Shanghai"
    currency: str | None = Field(
        None, description="ISO 4217; not given: what the community has, CNY or USD by locale if new"
    )
    kind: str = Field("light", pattern=r"^(light|heavy)$")
    values: list[CommunityValue] = Field([], max_length=20)
    policy_clauses: list[PolicyClause] = Field([], max_length=50)
    channels: list[ChannelConfig] = Field([], max_length=500)

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str | None) -> str | None:
        if value is not None and value not in CURRENCIES:
            raise ValueError(f"unknown currency {value!r}; known: {', '.join(CURRENCIES)}")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {value!r}") from error
        return value
