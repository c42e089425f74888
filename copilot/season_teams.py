"""The team builder of matching as recognition asks for it: teams for one project, nobody in two of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from copilot.community.access import Actor
from copilot.errors import Conflict
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
            Conflict: nobody fits a part of the project.
        """
        ask = TeamAsk(goal=project, teams=min(teams, _MOST), most_shared=0)
        answer = self._service().find(community_id, ask, actor=actor)
        if not answer.teams and answer.uncovered:
            raise _nobody_for([one.label for one in answer.uncovered])
        found: list[list[str]] = []
        seen: set[str] = set()
        for team in answer.teams:
            members = [one for one in dict.fromkeys(slot.member_id for slot in team.slots) if one not in seen]
            seen.update(members)
            if members:
                found.append(members)
        return found


def _nobody_for(labels: Sequence[str]) -> Conflict:
    sentence = {
        "zh-CN": f"没有找到合适的队伍：「{'」「'.join(labels)}」没有合适的人",
        "en": f"no team was found: nobody fits {', '.join(labels)}",
    }
    return Conflict(sentence["en"], reason="no_team", slots=list(labels), sentence=sentence)
