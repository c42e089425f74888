"""The ledger of points as it is shown. Data only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

ReversalReason = Literal["taken_back", "gamed", "mistake"]
REVERSAL_REASONS: tuple[str, ...] = get_args(ReversalReason)
RuleName = Literal[
    "answer_thanked", "resource_returned", "write_up", "event_hosted", "newcomer_welcomed", "report_upheld"
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class RuleView(_Part):
    """One rule."""

    name: RuleName
    label: str
    needs: str = Field(description="what somebody else must have done")
    points: int
    enabled: bool


class RuleChange(_Part):
    """A rule to switch on or off, and what it is worth here."""

    name: RuleName
    enabled: StrictBool
    points: StrictInt | None = Field(None, ge=1, le=100, description="null: as before")


class RulesView(_Part):
    """What is worth points here; shares in per cent."""

    version: int = Field(description="of this community; entries name theirs")
    file_version: int
    most_enabled: int
    daily_decay: int = Field(description="what each further act of one rule on one day counts of the one before")
    pair_decay: int = Field(description="likewise between the same two people, within `pair_days`")
    pair_days: int
    breadth: list[int] = Field(description="what thanks count by how many others the giver gave to: 0, 1, 2 ...")
    lone_cap: int | None = Field(
        description="how many acts within `lone_days` count from givers who never gave to anybody else; null: all"
    )
    lone_days: int
    ring_discount: int = Field(description="taken off where all of what somebody gave comes back by the giver")
    ring_days: int
    rules: list[RuleView]


class Settled(_Part):
    """What one settling did."""

    acts: int = Field(description="acts found, most of them in the ledger already")
    written: int
    reversed: int = Field(description="entries whose evidence was taken back")
    points: float = Field(description="points of the new entries")
    rules_version: int


class Recount(_Part):
    """The ledger counted again from its first entry on, compared byte by byte."""

    entries: int
    persons: int
    points: float
    stored_sha256: str
    counted_sha256: str
    is_equal: bool
    differing: list[str] = Field(description="ids of entries that differ, the first 100")


class Shares(_Part):
    """The factors of an entry, each 0-1: points = base x day x pair x breadth x ring, rounded down to hundredths."""

    day: float = Field(description="less for further acts of one rule on one day")
    pair: float = Field(description="less for further acts between the same two people")
    breadth: float = Field(description="less while the giver has given to few others")
    ring: float = Field(description="less where what was given comes back by the giver")


class PointEntryView(_Part):
    """One entry: what for, on what evidence, and how the points came about."""

    id: str
    number: int
    member_id: str | None = Field(description="null when the member is no longer here")
    giver_id: str | None = Field(description="null for staff, for hidden members and for those who are gone")
    rule: RuleName
    label: str
    points: float
    base: int
    shares: Shares
    evidence_kind: str
    evidence_id: str
    act_at: datetime
    why: str
    rules_version: int
    reverses_id: str | None
    reason: ReversalReason | None
    created_at: datetime


class RuleSum(_Part):
    """What one rule brought."""

    rule: RuleName
    label: str
    points: float
    entries: int


class MemberPoints(_Part):
    """Why a member has the points they have."""

    member_id: str
    points: float
    spent: float
    free: float = Field(description="what can be exchanged: points less those spent")
    is_shown: bool = Field(description="false: on no board, in no award, in no slot")
    by_rule: list[RuleSum]
    newest: list[PointEntryView] = Field(description="the newest entries, at most 20; `/points` has all of them")
    sentence: str


class ThanksView(_Part):
    """A member's word that something helped."""

    id: str
    kind: Literal["answer", "write_up", "welcome"]
    from_id: str
    member_id: str
    evidence_kind: str
    evidence_id: str
    created_at: datetime
    withdrawn_at: datetime | None


class RecognitionSetting(_Part):
    """Whether a member is shown on boards, in awards and in slots."""

    member_id: str
    is_shown: bool
    since: datetime | None = Field(description="since when they want not to be")
