"""What teams are asked for and answer with. Plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from copilot.matching.optimum import Matrix, Seconds, Status, Unit

MAX_SLOTS, MAX_TEAMS = 12, 10


class Slot(BaseModel):
    """What a team needs one of. `label` is shown; `kind` says what it stands for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    label: str = Field(min_length=1, max_length=200)
    kind: Literal["industry", "skill", "role", "person"] = "skill"


class TeamWeights(BaseModel):
    """Shares of a team's score; they sum to 1. Each part is 0-1.

    `fit` is the mean fit of the slots, `affinity` the mean over as many pairs as a team of one person a slot has,
    `city` the share of slots filled from the preferred city, `resources` the mean fit of the slots' resources.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    fit: Unit = 0.7
    affinity: Unit = 0.15
    city: Unit = 0.05
    resources: Unit = 0.1

    @model_validator(mode="after")
    def _sums_to_one(self) -> TeamWeights:
        total = self.fit + self.affinity + self.city + self.resources
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the weights sum to {total}, not 1")
        return self


class TeamSettings(BaseModel):
    """How teams are chosen.

    Attributes:
        teams: how many at most; fewer where no more differ enough.
        slots_per_person: how many slots one person may fill.
        floor: fit below which nobody fills a slot and no resource counts.
        most_shared: how many members a team may share with any earlier one, the asker aside.
        overlap_penalty: what each member who is in an earlier team already costs, in score; the asker is free.
        exposure_limit: in how many teams a candidate may be, those of `TeamRequest.exposure` counted.
        time_limit_seconds: wall time for all teams.
        seed: equal seeds give equal teams unless the time limit ends the search.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    teams: int = Field(default=3, ge=1, le=MAX_TEAMS)
    slots_per_person: int = Field(default=1, ge=1, le=MAX_SLOTS)
    floor: Unit = 0.35
    most_shared: int = Field(default=1, ge=0, le=MAX_SLOTS)
    overlap_penalty: Unit = 0.0
    exposure_limit: int = Field(default=3, ge=1, le=1_000)
    weights: TeamWeights = TeamWeights()
    time_limit_seconds: Seconds = 30.0
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


@dataclass(frozen=True)
class TeamRequest:
    """The goal's slots and who could fill them.

    Attributes:
        slots: at most 12, different ids.
        candidates: at most 300 different ids.
        fit: (candidates, slots), 0-1.
        affinity: (candidates, candidates) symmetric, 0-1; absent counts as 0 throughout.
        asker: a candidate who is in every team; fills slots where fit for them, and need not.
        forbidden: pairs who are never in one team.
        cities: city of each candidate, "" for unknown; absent, nobody's is known.
        city: the preferred city, or "" for none.
        resources: ids of things or services that can support a slot; one a slot, one slot a team. Teams are
            alternatives, so all may count on the same ones.
        resource_fit: (resources, slots), 0-1.
        exposure: in how many teams a candidate is already.
    """

    slots: Sequence[Slot]
    candidates: Sequence[str]
    fit: Matrix
    affinity: Matrix | None = None
    asker: str | None = None
    forbidden: Iterable[tuple[str, str]] = ()
    cities: Sequence[str] | None = None
    city: str = ""
    resources: Sequence[str] = ()
    resource_fit: Matrix | None = None
    exposure: Mapping[str, int] = field(default_factory=dict)


class FilledSlot(BaseModel):
    """Who fills a slot, and the evidence for it.

    Attributes:
        fit: 0-1.
        alternative_id: the best other candidate, not in this team, who could take the slot without breaking a rule.
        resource_id: what supports the slot, if anything fits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot_id: str
    member_id: str
    fit: Unit
    in_city: bool
    alternative_id: str | None
    alternative_fit: Unit | None
    resource_id: str | None
    resource_fit: Unit | None


class ProposedTeam(BaseModel):
    """One team; its members in the order of the candidates.

    Attributes:
        score: 0-1, by the weights, penalties for overlap not taken off.
        value: the score less the penalties; what was maximised.
        bound: no team that keeps the rules and leaves the earlier teams as they are has a higher value.
        parts: `fit`, `affinity`, `city`, `resources`, each 0-1.
        shared: members who are in an earlier team as well, the asker aside.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    members: tuple[str, ...]
    slots: tuple[FilledSlot, ...]
    score: Unit
    value: float
    bound: float
    gap: Unit
    status: Status
    parts: dict[str, Unit]
    shared: tuple[str, ...]


class UncoveredSlot(BaseModel):
    """A slot that no team can fill.

    Attributes:
        reason: `nobody` is above the floor; `barred` those above it may not be in a team (exposure, forbidden with the
            asker); `contested` they are needed for other slots.
        best_id, best_fit: who comes closest, above the floor or not.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    slot_id: str
    label: str
    reason: Literal["nobody", "barred", "contested"]
    best_id: str | None
    best_fit: Unit


class TeamPlan(BaseModel):
    """The teams, best first; none where a slot is uncovered.

    `exhausted` says that there are fewer than asked for because no other team differs enough.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    teams: tuple[ProposedTeam, ...]
    uncovered: tuple[UncoveredSlot, ...]
    exhausted: bool
    seconds: float
