"""What a team is asked for and answered with. Plain data: the API and the CLI show it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.matching.models import Evidence
from copilot.matching.optimum import Status, Unit
from copilot.matching.seatings.models import MAX_SECONDS, LeftOut, Name

MAX_TEAM_SLOTS, MAX_NAMED = 8, 300
SlotKind = Literal["industry", "skill", "role", "person"]
SlotsFrom = Literal["given", "rules", "model", "default"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SlotIn(_Part):
    """One thing the team needs. A slot of kind `person` may name the one member it is for."""

    label: Label = Field(examples=["硬件设计"])
    kind: SlotKind = "skill"
    member: Name | None = Field(None, description="id or external id; for kind `person` only")


class TeamAsk(_Part):
    """A goal to staff; or, with a member or members and no goal, the question what they could build together."""

    goal: str = Field("", max_length=500, examples=["做一款给独居老人用的跌倒报警器，第一年装进十个社区"])
    slots: list[SlotIn] | None = Field(None, min_length=1, max_length=MAX_TEAM_SLOTS)
    slots_from: Literal["auto", "rules", "model"] = Field("auto", description="who derives slots that are not given")
    asker: Name | None = Field(None, description="who is in every team, by id or external id")
    members: list[Name] | None = Field(None, max_length=MAX_NAMED, description="choose among these only")
    city: str = Field("", max_length=80, description="preferred")
    teams: int = Field(3, ge=1, le=5)
    slots_per_person: int = Field(1, ge=1, le=3)
    most_shared: int = Field(1, ge=0, le=MAX_TEAM_SLOTS, description="members two teams may share, the asker aside")
    seconds: float = Field(15.0, ge=1.0, le=MAX_SECONDS, allow_inf_nan=False, description="wall time for all teams")
    seed: int = Field(0, ge=0, le=2**31 - 1)


class TeamSlot(_Part):
    """A slot as it was searched for."""

    id: str
    label: str
    kind: SlotKind


class SlotReason(_Part):
    """Why somebody fits a slot: one sentence, and the words it quotes."""

    text: str
    evidence: list[Evidence] = Field(min_length=1)


class Option(_Part):
    """Somebody who could take a slot, and how well, 0-1."""

    member_id: str
    name: str
    fit: Unit


class Support(_Part):
    """A resource that supports a slot."""

    resource_id: str
    title: str
    fit: Unit
    quote: str


class SlotFill(_Part):
    """Who fills a slot. `alternative` is the best other who could, without breaking a rule."""

    slot_id: str
    label: str
    member_id: str
    name: str
    fit: Unit
    in_city: bool
    reason: SlotReason
    alternative: Option | None
    resource: Support | None


class TeamMember(_Part):
    """Somebody in the team."""

    member_id: str
    name: str


class Team(_Part):
    """One team that fills every slot.

    `parts` are fit, affinity, city and resources, each 0-1; no team that keeps the rules and leaves the earlier teams
    as they are is worth more than `bound`.
    """

    members: list[TeamMember]
    slots: list[SlotFill]
    score: Unit
    value: float
    bound: float
    gap: Unit
    proof: Status
    parts: dict[str, Unit]
    shared: list[str] = Field(description="members of an earlier team as well, the asker aside")


class OpenSlot(_Part):
    """A slot that no team can fill, why, and who comes closest."""

    slot_id: str
    label: str
    reason: Literal["nobody", "barred", "contested"]
    text: str
    closest: Option | None
    closest_reason: SlotReason | None


class SharedWant(_Part):
    """Something one of them wants, in their own words: a goal to pick.

    Attributes:
        wanted_by: others who want something close, each with their own words.
        offered_by: members among them whose words answer it.
    """

    goal: str
    member_id: str
    name: str
    record_id: str
    wanted_by: list[Backing]
    offered_by: list[Backing]


class Backing(_Part):
    """Somebody's words beside a want, and how close they are, 0-1."""

    member_id: str
    name: str
    record_id: str
    quote: str
    relevance: Unit


class TeamNote(_Part):
    """What the reader should know of the answer."""

    code: Literal["default_slots", "no_shared_wants", "pick_a_goal", "fewer_teams"]
    text: str


class TeamAnswer(_Part):
    """Teams for a goal, best first; or goals to pick where none was given.

    Attributes:
        slots_from: who named the slots: the asker, rules on the goal's words, a model, or the usual three.
        degraded: code of the error that kept the model from naming them.
        candidates: how many members were considered.
    """

    goal: str
    slots: list[TeamSlot]
    slots_from: SlotsFrom
    degraded: str | None
    teams: list[Team]
    uncovered: list[OpenSlot]
    goals: list[SharedWant]
    left_out: list[LeftOut]
    candidates: int = Field(ge=0)
    seconds: float = Field(ge=0.0)
    notes: list[TeamNote]


SharedWant.model_rebuild()
