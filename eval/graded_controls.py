"""Counterfactuals on the graded dataset: with the wants or the profiles of others, good matches must be lost."""

from __future__ import annotations

import copy
import random
from collections.abc import Sequence
from typing import Any

from copilot.community.access import local_actor
from eval.controls import ring
from eval.graded import GradedWorld, Query, Records, open_graded
from eval.graded_rankers import ServiceRanker
from eval.metrics.intervals import SEED
from eval.metrics.ranking import ndcg
from eval.scores import Figure, difference, mean, share
from eval.world import Worlds

_BEST = 3
# Who somebody is for the importer; the rest of a row is the profile.
_IDENTITY = ("external_id", "name", "joined_on", "consent_match", "consent_ai", "visibility")


def swapped_wants(records: Records) -> Records:
    """Return the dataset with everybody's wants given to the member half the list away."""
    changed = copy.copy(records)
    givers = ring(sorted(name for name, row in records.members.items() if row["wants"]))
    changed.members = {
        name: row | {"wants": records.members[givers[name]]["wants"]} if name in givers else row
        for name, row in records.members.items()
    }
    return changed


def shuffled_profiles(records: Records) -> Records:
    """Return the dataset with whole profiles dealt out again; names, dates and consent stay."""
    names = sorted(records.members)
    others = list(names)
    random.Random(SEED).shuffle(others)  # noqa: S311  # a control, no secret
    changed = copy.copy(records)
    changed.members = {
        name: {key: records.members[name if key in _IDENTITY else other][key] for key in records.members[name]}
        for name, other in zip(names, others, strict=True)
    }
    return changed


def control_figures(worlds: Worlds, records: Records, queries: Sequence[Query], world: GradedWorld) -> list[Figure]:
    """Return how much is lost on the queries of `test` for people and resources, and for how many pairs the score falls."""
    test = [query for query in queries if query.split == "test" and query.kind in {"member_member", "member_resource"}]
    pairs = [
        (query.source, target) for query in test if query.kind == "member_member"
        for target, grade in sorted(query.grades.items()) if grade == _BEST
    ]  # fmt: skip
    before, scores = _values(world, test), _forward(world, pairs)
    swapped = open_graded(worlds.new_folder(), worlds.embedder, swapped_wants(records))
    try:
        without, fallen = _values(swapped, test), _forward(swapped, pairs)
    finally:
        swapped.services.close()
    shuffled = open_graded(worlds.new_folder(), worlds.embedder, shuffled_profiles(records))
    try:
        mixed = _values(shuffled, test)
    finally:
        shuffled.services.close()
    people = [query.person for query in test]
    drops = [old - new for old, new in zip(before, without, strict=True)]
    return [
        difference("graded.control_swapped_wants.ndcg_at_10_drop", drops, people),
        share("graded.control_swapped_wants.score_fell", sum(new < old for old, new in zip(scores, fallen, strict=True)), len(pairs)),
        mean("graded.control_shuffled_profiles.ndcg_at_10", mixed, people, "lower"),
    ]  # fmt: skip


def _values(world: GradedWorld, queries: Sequence[Query]) -> list[float]:
    ranker = ServiceRanker(world)
    return [ndcg(ranker.rank(query), query.grades, 10) for query in queries]


def _forward(world: GradedWorld, pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Return what the first of each pair would get from the second, 0-1."""
    actor, service = local_actor(world.community_id), world.services.matching
    explained: list[Any] = [
        service.explain(world.community_id, world.ids[one], world.ids[other], actor=actor) for one, other in pairs
    ]
    return [one.components["forward"] for one in explained]
