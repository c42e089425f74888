"""What partners look like from outside. Data only."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt, StringConstraints

from copilot.community.models import ResourceType
from copilot.community.text import clean_line, clean_text

MAX_CODES = 200
MAX_OFFERS = 200
MAX_PARTNERS = 50
MAX_INVITED_DAYS = 30
MAX_TOKEN_CHARS = 40_000
MAX_POLICY = 20
Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}-[A-Z]{2}-[0-9]{3,9}$")]
Url = Annotated[str, StringConstraints(min_length=8, max_length=2000)]
Token = Annotated[str, StringConstraints(pattern=r"^cpi_[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$", max_length=MAX_TOKEN_CHARS)]
# What comes from elsewhere is made storable, as what is imported is.
Line = Annotated[str, AfterValidator(clean_line)]
Words = Annotated[str, AfterValidator(clean_text)]
Aspect = Literal["language", "currency", "timezone", "policy", "terms"]


class Data(BaseModel):
    """A value with no field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class ShareScope(Data):
    """Which resources may cross: whole classes, and single ones by their code; neither is none."""

    classes: list[ResourceType] = Field([], max_length=len(ResourceType))
    codes: list[Code] = Field([], max_length=MAX_CODES)

    def covers(self, kind: str, code: str | None) -> bool:
        """Whether a resource of this class and code is within it."""
        return kind in {item.value for item in self.classes} or (code is not None and code in self.codes)


def everything() -> ShareScope:
    """Return the scope that leaves nothing out."""
    return ShareScope(classes=list(ResourceType))


EVERYTHING = everything()


class PartnerState(StrEnum):
    """How an agreement stands, for both sides alike."""

    INVITED = "invited"
    WAITING = "waiting"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Culture(Data):
    """What a community says of itself to a partner."""

    name: Line = Field("", max_length=200)
    locale: Line = Field("", max_length=20)
    currency: Line = Field("", max_length=10)
    timezone: Line = Field("", max_length=100)
    policy: list[Annotated[Words, StringConstraints(max_length=1000)]] = Field([], max_length=MAX_POLICY)


class CultureDifference(Data):
    """Something that is not the same on both sides; `terms` is of one resource, beside what is usual for its class."""

    aspect: Aspect
    ours: str
    theirs: str
    text: str = Field(description="a sentence in this community's language")


class PartnerView(Data):
    """An agreement with another community, as this one sees it."""

    id: str
    state: PartnerState
    side: Literal["inviter", "invited"]
    is_remote: bool = Field(description="whether the partner is served by another instance")
    partner: Culture | None = Field(description="null until somebody accepted")
    gives: ShareScope = Field(description="what this community shares, of what its owners let cross")
    takes: ShareScope = Field(description="what this community wants to be shown")
    differences: list[CultureDifference]
    next_step: str = Field(description="what it waits for, in words; empty when nothing")
    invited_until: datetime
    agreed_at: datetime | None = Field(description="when this side said yes")
    revoked_at: datetime | None
    revoked_by: Literal["", "us", "them"]
    created_at: datetime


class InvitationView(PartnerView):
    """A new agreement with the token that whoever is invited accepts; no other answer shows it."""

    token: str


class Terms(Data):
    """What this side gives and takes, and where it is served for partners on other instances."""

    gives: ShareScope = Field(default_factory=ShareScope)
    takes: ShareScope = Field(default_factory=everything)
    url: Url | None = Field(
        None, description="address of this service as others reach it; needed for partners on other instances only"
    )


class InviteFields(Terms):
    """An invitation to make."""

    days: StrictInt = Field(7, ge=1, le=MAX_INVITED_DAYS, description="how long it can be accepted")


class AcceptFields(Terms):
    """An invitation to accept."""

    token: Token


class ScopeChange(Data):
    """What is to change of an agreement; what is left out stays."""

    gives: ShareScope | None = None
    takes: ShareScope | None = None


class SharingFields(Data):
    """Whether a resource may cross, and with its owner's name."""

    is_shared: StrictBool
    with_name: StrictBool = Field(False, description="only the owner, or an admin in the owner's name, may say so")


class SharingView(Data):
    """How a resource stands towards partners."""

    resource_id: str
    is_shared: bool
    with_name: bool
    seen_by: list[str] = Field(description="names of the partners who may be shown it now")


class FromPartner(Data):
    """Across which border something comes."""

    partnership_id: str
    name: str
    is_remote: bool


class SharedOffer(Data):
    """A resource as it crosses a border: nobody's id, and a name only where the owner said so."""

    id: str = Field(min_length=1, max_length=64)
    code: Line = Field(max_length=40)
    type: ResourceType
    title: Line = Field(max_length=200)
    description: Words = Field("", max_length=4000)
    city: Line = Field("", max_length=100)
    tags: list[Annotated[Line, StringConstraints(max_length=50)]] = Field([], max_length=20)
    terms: Words = Field("", max_length=4000)
    max_days: int | None = None
    mode: Literal["lend", "grant"] = "lend"
    in_return: Line = Field("", max_length=40)
    owner_name: Line | None = Field(None, max_length=200)

    def text(self) -> str:
        """Return what is embedded: the same words as of a resource here."""
        parts = (self.title, self.description, self.city, " ".join(self.tags))
        return "\n".join(part for part in parts if part.strip())


class PartnerResource(SharedOffer):
    """A partner's resource; it is asked for through the operators of both sides."""

    from_partner: FromPartner
    type_name: str
    differences: list[CultureDifference]


class Unreachable(Data):
    """A partner whose resources cannot be shown now."""

    partnership_id: str
    name: str
    reason: str


class PartnerResources(Data):
    """What partners share, by partner and code."""

    items: list[PartnerResource]
    unreachable: list[Unreachable]


class PartnerEvidence(Data):
    """The member's own words that a match rests on."""

    record_id: str
    quote: str


class PartnerMatch(Data):
    """A partner's resource that answers what a member wants."""

    resource: PartnerResource
    score: float = Field(description="how near the words are, 0 to 1; not comparable to matches within the community")
    reason: str
    evidence: list[PartnerEvidence]


class PartnerMatches(Data):
    """Matches across the border, best first."""

    member_id: str
    items: list[PartnerMatch]
    unreachable: list[Unreachable]
    note: str = Field(description="why there is nothing; empty when there is something")
