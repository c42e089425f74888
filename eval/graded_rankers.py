"""The product as a ranker of the graded dataset: its order, what it answers, and with parts taken away."""

from __future__ import annotations

from dataclasses import replace

from copilot.community.access import local_actor
from copilot.errors import NotFound
from copilot.matching.audiences.models import AudienceKind
from copilot.matching.scores.scoring import Weights
from copilot.matching.service import MatchingService
from eval.graded import GradedWorld, Query

_SHOWN = 10
# Margins never reach this: with it as midpoint no meaning is left, only words.
_OUT_OF_REACH = 1e3
# Baselines fill their lists with whatever comes next; so does the product when its order is compared with theirs.
ORDER = replace(Weights(), low_score=0.0, low_score_alone=0.0)
VARIANTS: dict[str, Weights] = {
    "as_answered": Weights(),
    "dense_only": replace(ORDER, lexical=0.0, lexical_search=0.0),
    "lexical_only": replace(ORDER, midpoint=_OUT_OF_REACH, lexical=1.0, lexical_search=1.0),
    # With the logistic that fits: without the profiles margins lie higher.
    "without_profiles": replace(ORDER, profile=0.0, midpoint=-0.05, slope=12.0),
}


class ServiceRanker:
    """Asks the service in the way that fits the kind of query: for matches, or for an audience."""

    def __init__(self, world: GradedWorld, weights: Weights = ORDER) -> None:
        self._world = world
        parts = world.services
        self._service = MatchingService(
            parts.store, parts.index, parts.embedder, weights, limits=parts.settings.matching
        )

    def rank(self, query: Query) -> list[str]:
        """Return the external ids of up to ten targets, best first."""
        community_id, source = self._world.community_id, self._world.ids[query.source]
        if query.kind in {"resource_member", "thread_member"}:
            return self._audience(query, "resource" if query.kind == "resource_member" else "thread")
        found = self._service.match(community_id, source, query.target, _SHOWN)
        return self._world.external(item.target_id for item in found.items)

    def _audience(self, query: Query, kind: AudienceKind) -> list[str]:
        community_id, source = self._world.community_id, self._world.ids[query.source]
        try:
            actor = local_actor(community_id)
            heard = self._service.audience(community_id, source, _SHOWN, kind=kind, actor=actor)
        except NotFound:
            # A message that was not read as a question is no thread: then somebody looks its words up.
            text = self._world.records.threads[query.source]["text"]
            named = self._service.find_people(community_id, text, _SHOWN + 1)
            found = self._world.external(item.member_id for item in named)
            return [name for name in found if name != query.person][:_SHOWN]
        return self._world.external(item.member_id for item in heard.items)
