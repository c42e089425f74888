"""What a round is asked for and answers with. Plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.matching.optimum import Matrix, Seconds, Status, Unit

MAX_ROUNDS = 52
Groups = Sequence[Sequence[str]]


class RoundSettings(BaseModel):
    """How a round is made.

    Attributes:
        size: members a group; 2 makes pairs, and one three when the number is odd.
        odd_tables: tables that cannot have `size` members are one smaller or one larger; pairs always give a three.
        no_repeat_rounds: nobody meets again whom they met in this many last rounds; 0 allows every repeat.
        allow_repeats: where repeats cannot be avoided, make the round with the fewest and name them.
        time_limit_seconds: wall time for one round; a solver's step may end up to a second later.
        seed: equal seeds give equal rounds unless the time limit ends the search.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int = Field(default=2, ge=2, le=20)
    odd_tables: Literal["smaller", "larger"] = "smaller"
    no_repeat_rounds: int = Field(default=3, ge=0, le=MAX_ROUNDS)
    allow_repeats: bool = False
    time_limit_seconds: Seconds = 10.0
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


@dataclass(frozen=True)
class RoundRequest:
    """Who takes part, and what is known of them.

    Attributes:
        members: different ids, at most 600.
        scores: (n, n) symmetric reciprocal scores, 0-1; counted to six decimals, the diagonal is ignored.
        forbidden: pairs who never share a group.
        wanted: pairs who share a group in each round. They may have met before: that is no repeat.
        wanted_first: the same for the first of several rounds alone.
        history: earlier rounds, the last one last, each a list of groups. Ids that do not take part are ignored.
    """

    members: Sequence[str]
    scores: Matrix
    forbidden: Iterable[tuple[str, str]] = ()
    wanted: Iterable[tuple[str, str]] = ()
    wanted_first: Iterable[tuple[str, str]] = ()
    history: Sequence[Groups] = field(default=())


class Round(BaseModel):
    """One round.

    Attributes:
        groups: all members, each once; ids in the order of the request.
        total: sum of the scores of all pairs who share a group.
        bound: no round with as few repeats and as few members in the odd group again has a higher total.
        repeats: pairs who met in the last rounds, wanted pairs aside.
        odd_again: members in an odd group now and in the last round, where that could not be avoided.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    groups: tuple[tuple[str, ...], ...]
    total: Annotated[float, Field(ge=0.0)]
    bound: Annotated[float, Field(ge=0.0)]
    gap: Unit
    status: Status
    repeats: tuple[tuple[str, str], ...]
    odd_again: tuple[str, ...]
    seconds: float


class RoundPlan(BaseModel):
    """Several rounds, each made with those before it in its history."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rounds: tuple[Round, ...]
    total: float
    bound: float = Field(description="sum of the bounds of the rounds, each after those before it")
    gap: Unit
    seconds: float
