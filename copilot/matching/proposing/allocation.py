"""Who is given whom when everybody is matched at once: the best pairs first, nobody beyond the cap. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edge:
    """A possible proposal; the order is the one in which they are given out.

    Attributes:
        is_optional: operators did not ask for this pair; those they asked for come first.
        distance: 1 minus the score.
        is_limited: whether proposing the target costs somebody's attention.
        is_shown: whether the member is shown the target already: then it costs nothing more.
    """

    is_optional: bool
    distance: float
    member_id: str
    target_id: str
    is_limited: bool = True
    is_shown: bool = False


def allocate(edges: Iterable[Edge], n: int, room: Callable[[str], int]) -> dict[str, list[str]]:
    """Return target ids by member, best first: at most `n` each, and each target to no more new members than it has room.

    Greedy by descending score, which gives a crowded target to those it suits best. Pairs operators asked for are
    given whatever the room, and use it up.

    Args:
        edges: possible proposals.
        n: how many a member is given at most.
        room: how many more members a limited target may be proposed to.
    """
    given: dict[str, list[str]] = {}
    used: dict[str, int] = {}
    for edge in sorted(edges):
        mine = given.setdefault(edge.member_id, [])
        if len(mine) >= n:
            continue
        costs = edge.is_limited and not edge.is_shown
        if costs and edge.is_optional and used.get(edge.target_id, 0) >= room(edge.target_id):
            continue
        if costs:
            used[edge.target_id] = used.get(edge.target_id, 0) + 1
        mine.append(edge.target_id)
    return {member_id: targets for member_id, targets in given.items() if targets}
