"""Pairs that are scored in bulk, and proposals that were stored. Plain data."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from copilot.matching.models import Direction, Exclusion, MatchKind, Reason, Unit
from copilot.matching.scores.scoring import Mutuality, Strength

MAX_PAIRS = 200


class PairIn(BaseModel):
    """A member and a target, each by its id or by the name it has outside: external id, code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member: str = Field(min_length=1, max_length=200, examples=["M004"])
    other: str = Field(min_length=1, max_length=200, examples=["M027"])
    kind: MatchKind = Field("member", description="what `other` is")


class PairError(BaseModel):
    """Why a pair could not be scored."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    message: str


class PairOutcome(BaseModel):
    """One pair scored, or why not; everything else of the two is in the explanation."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member: str = Field(description="as given")
    other: str = Field(description="as given")
    kind: MatchKind
    member_id: str | None = None
    target_id: str | None = None
    score: Unit | None = Field(None, description="absent with an error, and when one of them switched off AI")
    mutuality: Mutuality | None = Field(None, description="who gains; only between members")
    strengths: dict[Direction, Strength] = {}
    components: dict[str, Unit] = {}
    exclusions: list[Exclusion] = Field([], description="what forbids proposing it, in the order of judging")
    error: PairError | None = None


class StoredMatch(BaseModel):
    """A proposal as it is stored, with those of its reasons that still stand word for word."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match_id: str
    member_id: str
    kind: MatchKind
    target_id: str
    target_name: str
    status: str
    score: Unit
    components: dict[str, Unit]
    weights_version: int = Field(ge=0, description="the weights it was scored with; 0 are those of the software")
    reasons: list[Reason]
    created_at: datetime
    updated_at: datetime


class Distributed(BaseModel):
    """What came of matching everybody."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    members: int = Field(description="members looked at")
    proposals: int = Field(description="proposals that stand now")
    without: int = Field(description="members for whom nothing was good enough or free")
    most_exposed: int = Field(
        description="how many members the most proposed target was given to, counting earlier ones"
    )
