"""The team builder of matching as recognition asks for it: teams for one project, nobody in two of them."""

from __future__ import annotations

from collections.abc import Callable

from copilot.community.access import Actor
from copilot.matching.teams.ask import TeamAsk
from copilot.matching.teams.search import TeamService

_MOST = 5


class BuiltTeams:
    """Asks the optimiser; `service` is made when first needed, as it opens the vector index."""

    def __init__(self, service: Callable[[], TeamService]) -> None:
        self._service = service

    def form(self, community_id: str, project: str, teams: int, *, actor: Actor) -> list[list[str]]:
        """Return the members of up to `teams` teams; whoever is in an earlier one is left out of the later ones.

        Raises:
            EmbeddingFailed, IndexUnavailable: vectors cannot be made or read.
        """
        ask = TeamAsk(goal=project, teams=min(teams, _MOST), most_shared=0)
        found: list[list[str]] = []
        seen: set[str] = set()
        for team in self._service().find(community_id, ask, actor=actor).teams:
            members = [one for one in dict.fromkeys(slot.member_id for slot in team.slots) if one not in seen]
            seen.update(members)
            if members:
                found.append(members)
        return found
