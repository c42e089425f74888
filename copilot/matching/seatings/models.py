"""What rounds and rotations are asked for and answer with. Plain data: the API and the CLI show it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from copilot.matching.models import Evidence, Reason
from copilot.matching.optimum import Status, Unit
from copilot.matching.seatings.rotation_models import Balance

MAX_ROUND_MEMBERS, MAX_ROUNDS_AT_ONCE = 600, 12
MAX_ROTATION_MEMBERS, MAX_GROUPS, MAX_PINS = 1_000, 30, 500
MAX_SECONDS = 60.0

Series = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=128)]
Pair = tuple[Name, Name]


class SeatingStatus(StrEnum):
    """A round is planned, then held or cancelled; a rotation is previewed, then applied or discarded."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"
    PREVIEW = "preview"
    APPLIED = "applied"
    DISCARDED = "discarded"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RoundAsk(_Part):
    """Rounds to plan. Members are ids or external ids; without them all who consent and fit the filter take part."""

    series: Series = Field("coffee", description="rounds of one series do not repeat meetings", examples=["coffee"])
    members: list[Name] | None = Field(None, max_length=MAX_ROUND_MEMBERS, examples=[None])
    city: str = Field("", max_length=80)
    industry: str = Field("", max_length=80)
    active_days: int | None = Field(None, ge=1, le=365, description="who wrote in that many last days")
    size: int = Field(2, ge=2, le=20, description="members a group; 2 makes pairs and one three when odd")
    odd_tables: Literal["smaller", "larger"] = "smaller"
    no_repeat_rounds: int = Field(3, ge=0, le=52, description="nobody meets again whom they met that lately")
    allow_repeats: bool = Field(False, description="make the fewest repeats where they cannot be avoided")
    rounds: int = Field(1, ge=1, le=MAX_ROUNDS_AT_ONCE)
    replace_planned: bool = Field(False, description="cancel the rounds still planned and plan in their stead")
    preview: bool = Field(False, description="store nothing")
    seconds: float = Field(20.0, ge=1.0, le=MAX_SECONDS, allow_inf_nan=False, description="wall time for all rounds")
    seed: int = Field(0, ge=0, le=2**31 - 1)


class HeldIn(_Part):
    """Who of those seated did not come: they have not met the others."""

    absent: list[Name] = Field([], max_length=MAX_ROUND_MEMBERS)


class LeftOut(_Part):
    """A named member who may not be placed, and why."""

    member_id: str
    code: Literal["consent", "consent_ai", "visibility"]
    text: str


class Seated(_Part):
    """Somebody in a group. `is_open` is false for who may no longer be placed: plan again before it is held."""

    member_id: str
    name: str
    is_open: bool = True


class Intro(_Part):
    """A line to open with, and the words it quotes."""

    text: str
    evidence: list[Evidence]


class RoundGroup(_Part):
    """Who sits together.

    Attributes:
        score: mean reciprocal score of its pairs, as planned.
        repeated: pairs who met in the rounds that were looked back on.
        reason_for: to whom the reasons are addressed: one of the pair that fits best.
    """

    name: str
    members: list[Seated]
    score: Unit
    repeated: list[tuple[str, str]]
    intro: Intro | None
    reason_for: str | None
    reasons: list[Reason]


class RoundFigures(_Part):
    """How good a round is: no round with as few repeats has a total above the bound."""

    members: int = Field(ge=0)
    groups: int = Field(ge=0)
    total: float = Field(ge=0.0, description="sum of the scores of all pairs who share a group")
    bound: float = Field(ge=0.0)
    gap: Unit
    proof: Status
    repeats: int = Field(ge=0)
    odd_again: int = Field(ge=0, description="members in the odd group twice in a row")
    seconds: float = Field(ge=0.0)


class RoundSummary(_Part):
    """One round in a list. `id` is absent in a preview."""

    id: str | None
    series: str
    number: int = Field(ge=1)
    status: SeatingStatus
    size: int
    figures: RoundFigures
    created_by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class RoundDetail(RoundSummary):
    """One round with its groups; `degraded` says why there are no reasons and opening lines."""

    groups: list[RoundGroup]
    degraded: Literal["index_unavailable"] | None = None


class PlannedRounds(_Part):
    """The answer to a plan; totals are sums over the rounds."""

    rounds: list[RoundDetail]
    left_out: list[LeftOut]
    cancelled: list[str] = Field(description="rounds that were planned before and are replaced")
    total: float
    bound: float
    gap: Unit
    seconds: float


class MemberRound(_Part):
    """One round as one of its members sees it."""

    round_id: str
    series: str
    number: int
    status: SeatingStatus
    created_at: AwareDatetime
    group: str
    beside: list[Seated] = Field(description="the others of the group")
    reasons: list[Reason] = Field(description="why the member and one of them fit, addressed to the member")


class RotationAsk(_Part):
    """Groups to rotate. Members are ids or external ids; without groups those of the last applied rotation count."""

    series: Series = Field("groups", examples=["groups"])
    groups: dict[Name, Annotated[list[Name], Field(max_length=MAX_ROTATION_MEMBERS)]] | None = Field(
        None, max_length=MAX_GROUPS, description="group -> its members now"
    )
    stars: list[Name] | None = Field(
        None, max_length=MAX_ROTATION_MEMBERS, description="most helpful members; found from their answers if absent"
    )
    pinned_pairs: list[Pair] = Field([], max_length=MAX_PINS, description="who share a group afterwards")
    pinned_members: list[Name] = Field([], max_length=MAX_ROTATION_MEMBERS, description="who stay where they are")
    most_moves: int | None = Field(None, ge=0, le=MAX_ROTATION_MEMBERS)
    least: int | None = Field(None, ge=1, le=MAX_ROTATION_MEMBERS, description="smallest group; as today if absent")
    largest: int | None = Field(None, ge=1, le=MAX_ROTATION_MEMBERS, description="largest group; as today if absent")
    count_tolerance: float = Field(2.0, ge=0.0, le=1_000.0, allow_inf_nan=False)
    share_tolerance: float = Field(0.2, ge=0.0, le=10.0, allow_inf_nan=False)
    seconds: float = Field(30.0, ge=1.0, le=MAX_SECONDS, allow_inf_nan=False)
    seed: int = Field(0, ge=0, le=2**31 - 1)


class RotationMove(_Part):
    """One line of the diff."""

    member_id: str
    name: str
    from_group: str
    to_group: str
    new_acquaintances: int = Field(ge=0, description="people of the new group never shared one with before")


class RotationFigures(_Part):
    """How good a rotation is: none that keeps the rules makes more new acquaintances than the bound."""

    members: int = Field(ge=0)
    groups: int = Field(ge=0)
    moves: int = Field(ge=0)
    stars: int = Field(ge=0)
    new_acquaintances: int = Field(ge=0)
    bound: int = Field(ge=0)
    gap: Unit
    proof: Status
    seconds: float = Field(ge=0.0)
    before: Balance
    after: Balance


class RotationSummary(_Part):
    """One rotation in a list."""

    id: str
    series: str
    number: int = Field(ge=1)
    status: SeatingStatus
    figures: RotationFigures
    created_by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime


class RotationDetail(RotationSummary):
    """One rotation with its diff and the groups afterwards.

    `staying` are members who did not agree to be placed by the copilot: they keep their group.
    """

    moves: list[RotationMove]
    groups: dict[str, list[Seated]]
    staying: list[LeftOut]
