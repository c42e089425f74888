"""What a rotation is asked for and answers with. Plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from copilot.matching.optimum import Seconds, Status, Unit


class Attendee(BaseModel):
    """A member of the groups. Empty `city` and `industry` count as unknown and are not balanced."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    group: str = Field(min_length=1, description="where the member is now")
    city: str = ""
    industry: str = ""
    activity: float = Field(default=0.0, ge=0.0, le=1e6, allow_inf_nan=False, description="any unit, the same for all")
    is_star: bool = False


class RotationSettings(BaseModel):
    """What a rotation must keep.

    Attributes:
        least, largest: size of a group afterwards; absent, the smallest and the largest size of now.
        most_moves: how many members may change groups; absent, all.
        count_tolerance: by how many people a group may differ from its fair share of a city, an industry or the stars.
        share_tolerance: or by which share of that fair share, if this is more; also for the sum of activity.
        time_limit_seconds: wall time for the whole; a solver's step may end up to a second later.
        seed: equal seeds give equal rotations unless the time limit ends the search.

    The fair share of a group is the total by the group's share of the members. Where a group is further from it today,
    today's distance is the limit: a rotation never makes that worse.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    least: int | None = Field(default=None, ge=1)
    largest: int | None = Field(default=None, ge=1)
    most_moves: int | None = Field(default=None, ge=0)
    count_tolerance: float = Field(default=2.0, ge=0.0, le=1_000.0, allow_inf_nan=False)
    share_tolerance: float = Field(default=0.2, ge=0.0, le=10.0, allow_inf_nan=False)
    time_limit_seconds: Seconds = 30.0
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


@dataclass(frozen=True)
class RotationRequest:
    """Who is where, and what is known of them.

    Attributes:
        members: at most 1,000, different ids, in at most 30 groups.
        history: groupings of earlier days; whoever shared one of these groups, or shares one now, is acquainted. Ids
            of others are ignored.
        pinned_pairs: pairs who share a group afterwards.
        pinned_members: ids of those who stay where they are.
        forbidden: pairs who are not brought together. Who share a group today may both stay in it.
    """

    members: Sequence[Attendee]
    history: Sequence[Sequence[Sequence[str]]] = field(default=())
    pinned_pairs: Iterable[tuple[str, str]] = ()
    pinned_members: Iterable[str] = ()
    forbidden: Iterable[tuple[str, str]] = ()


class Move(BaseModel):
    """One line of the diff."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    member_id: str
    from_group: str
    to_group: str
    new_acquaintances: int = Field(ge=0, description="people of the new group the member never shared one with")


class GroupBalance(BaseModel):
    """What a group is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    group: str
    size: int
    cities: dict[str, int]
    industries: dict[str, int]
    activity: float
    stars: int


class Balance(BaseModel):
    """All groups, and the largest distance of any group from its fair share.

    `worst_count` is in people (cities, industries, stars), `worst_activity` a share of the fair sum.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[GroupBalance, ...]
    worst_count: float
    worst_activity: float


class Rotation(BaseModel):
    """The preview of a rotation.

    Attributes:
        groups: members of each group afterwards, in the order of the request.
        new_acquaintances: pairs who share a group afterwards and never did before.
        bound: no rotation that keeps the rules has more; proven by the relaxation in `rotation_bound.py`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    moves: tuple[Move, ...]
    groups: dict[str, tuple[str, ...]]
    new_acquaintances: int
    bound: Annotated[int, Field(ge=0)]
    gap: Unit
    status: Status
    before: Balance
    after: Balance
    seconds: float
