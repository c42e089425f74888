"""Planted in what brings people together: matching, graded queries, fairness, hostile profiles, teams, seatings, profiles."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace as replaced
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.models import Visibility
from copilot.community.tables import Member
from copilot.matching.models import MatchItem, Reason
from copilot.matching.seatings.models import PlannedRounds, RoundAsk
from copilot.profiles.findings import Finding, Kind
from copilot.profiles.rules import read_introduction
from eval.baselines import Bm25
from eval.graded import load_queries
from eval.metrics.intervals import SEED
from eval.metrics.ranking import reciprocal
from eval.planted.plot import Ground, Planted
from eval.rankers import RandomRanker, Ranker, ServiceRanker, proposable
from eval.scores import Figure, difference, share
from eval.suites import fairness, graded, hostile, matching, profiles, seatings, teams
from eval.world import World, read_jsonl

_ASKERS, _FEW = 8, 12
_LONG = 12  # letters of a quote of which half is still nobody else's
_OPPOSITE: dict[str, Kind] = {"has": "wants", "wants": "has"}


# Matching -----------------------------------------------------------------------------------------------------------


def _test() -> list[matching.Direction]:
    return [direction for direction in matching.directions() if direction.split == "test"]


@lru_cache(maxsize=4)
def _ranks(world: World, make: Callable[[World], Ranker]) -> tuple[int | None, ...]:
    """Return at which rank each target is found; several planted systems are held against the same."""
    return tuple(matching.ranks(world, make(world), _test()))


def _ranked(ranks: Sequence[int | None]) -> list[Figure]:
    """Return the figures of the first directions, as many as there are ranks."""
    return matching.ranking_figures("matching.test", _test()[: len(ranks)], ranks)


def _honest_ranks(ground: Ground) -> list[Figure]:
    return _ranked(_ranks(ground.world, ServiceRanker))


def _random_ranks(ground: Ground) -> list[Figure]:
    return _ranked(_ranks(ground.world, RandomRanker))


def _without_has(ground: Ground) -> list[Figure]:
    world = ground.copy()
    world.services.index.drop(world.community_id, "has")
    return _ranked(matching.ranks(world, ServiceRanker(world), _test()[:_FEW]))


def _few_ranks(ground: Ground) -> list[Figure]:
    return _ranked(_ranks(ground.world, ServiceRanker)[:_FEW])


def _swapped_wants(ground: Ground) -> list[Figure]:
    return _ranked(_ranks(ground.with_swapped_wants, ServiceRanker))


def _drop(ground: Ground, make: Callable[[World], Ranker]) -> list[Figure]:
    """Return the figure of the control: what a ranker loses when everybody has the wants of somebody else."""
    halves = [[reciprocal(rank) for rank in _ranks(world, make)] for world in (ground.world, ground.with_swapped_wants)]
    changes = [before - after for before, after in zip(*halves, strict=True)]
    return [difference("matching.control_swapped_wants.mrr_drop", changes, [one.pair for one in _test()])]


def _privacy(world: World, ranker: Ranker, allowed: set[str]) -> list[Figure]:
    members = world.members().values()
    refusing = {one.id for one in members if one.consent_match is not True or not one.consent_ai}
    # A few of each: those who said no are few anyway.
    asking = [*sorted(refusing)[:_ASKERS], *sorted(allowed)[:_ASKERS]]
    shown = {one: ranker.rank(one) for one in asking}
    return matching.privacy_figures(shown, allowed, refusing & set(asking))


def _consent_kept(ground: Ground) -> list[Figure]:
    return _privacy(ground.world, ServiceRanker(ground.world), set(proposable(ground.world)))


class _Overruling:
    """The product on a copy in which everybody's no was overwritten; ids are those of the community as it is."""

    def __init__(self, world: World) -> None:
        with world.services.store.write(world.community_id) as unit:
            for member in unit.session.scalars(select(Member)):
                member.consent_match, member.consent_ai = True, True
                member.visibility = Visibility.COMMUNITY.value
        world.services.sync.run(world.community_id)
        self._inner = ServiceRanker(world)

    def rank(self, asker_id: str) -> list[str]:
        return self._inner.rank(asker_id)


def _consent_ignored(ground: Ground) -> list[Figure]:
    return _privacy(ground.world, _Overruling(ground.copy()), set(proposable(ground.world)))


# Graded queries and fairness ----------------------------------------------------------------------------------------


def _shuffled(ground: Ground) -> list[Figure]:
    queries = [query for query in load_queries(ground.records) if query.split == "test"]
    chance = graded.judge_chance(queries, ground.records, draws=3)
    words = graded.judge_ranker(queries, Bm25(ground.records))
    judged = {graded.OURS: chance, "as_answered": chance} | dict.fromkeys(graded.BASELINES, words)
    return graded.split_figures("test", judged)


def _same_first(ground: Ground) -> list[Figure]:
    people = ground.records.proposable
    first = people[:5]
    queries = graded.everybody(ground.records, [])
    return graded.exposure_figures("ours", queries, [first for _ in queries], people)


def _one_for_all(ground: Ground) -> list[Figure]:
    people = ground.records.proposable
    shown = {person: [people[0]] for person in people[1:]}
    return [
        *fairness.exposure_figures("fairness.tight.in_turn", shown, people, 5),
        *fairness.newcomer_figures("fairness.tight.in_turn", shown, fairness.newcomers(ground.records)),
    ]


# Hostile profiles ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _items(ground: Ground) -> list[MatchItem]:
    world = ground.world
    service = world.services.matching
    return [
        item
        for asker in proposable(world)[:_ASKERS]
        for item in service.match(world.community_id, asker, "member", 3).items
    ]


def _leaking(ground: Ground, spoil: Callable[[Reason], Reason]) -> list[Figure]:
    pairs = [(item, reason) for item in _items(ground) for reason in item.reasons]
    # What only profiles say, as the suite plants marks in them.
    marks = {
        one.quote[len(one.quote) // 2 :] for _, reason in pairs for one in reason.evidence if len(one.quote) > _LONG
    }
    leaks = [hostile.leaks(hostile.bare(spoil(reason), item.target_name), marks) for item, reason in pairs]
    return [share("hostile.words_outside_quotes", sum(leaks), len(leaks), "lower")]


def _quoting(ground: Ground) -> list[Figure]:
    return _leaking(ground, lambda reason: reason)


def _unquoting(ground: Ground) -> list[Figure]:
    return _leaking(ground, _cut)


def _cut(reason: Reason) -> Reason:
    """Return a reason whose evidence names less than the sentence took from the profile."""
    evidence = [one.model_copy(update={"quote": one.quote[: len(one.quote) // 2]}) for one in reason.evidence]
    return reason.model_copy(update={"evidence": evidence})


# Teams --------------------------------------------------------------------------------------------------------------


def _goals() -> list[dict[str, Any]]:
    return [goal for goal in read_jsonl(teams.GOALS) if goal["split"] == "test"]


def _staffed(ground: Ground) -> list[Figure]:
    world = ground.world
    goals, ids = _goals(), {name: one.id for name, one in world.members().items()}
    answers = [teams.find_teams(world, goal) for goal in goals]
    fills = [{slot.label: slot.member_id for team in one.teams[:1] for slot in team.slots} for one in answers]
    return [
        teams.fill_figure("teams.test.slots_well_filled", goals, fills, ids),
        *teams.grounding_figures(world, answers),
    ]


def _staffed_by_lot(ground: Ground) -> list[Figure]:
    world = ground.world
    goals, ids = _goals(), {name: one.id for name, one in world.members().items()}
    draw, people = random.Random(SEED), proposable(world)  # noqa: S311  # a planted system, no secret
    fills = [{slot["label"]: draw.choice(people) for slot in goal["slots"]} for goal in goals]
    return [teams.fill_figure("teams.test.slots_well_filled", goals, fills, ids)]


# Rounds -------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _planned(ground: Ground) -> tuple[PlannedRounds, list[str], NDArray[np.float64]]:
    """Return rounds as the product plans them, who sits in them, and what each pair is worth."""
    world = ground.world
    ask = RoundAsk(rounds=3, no_repeat_rounds=3, seconds=3.0, preview=True)
    planned = world.services.rounds.plan(world.community_id, ask, actor=local_actor(world.community_id))
    circle = seatings.circle_of(world, proposable(world))
    return planned, [party.id for party in circle.parties], world.services.pairs.scores(circle).scores


def _rounds(ground: Ground, spoil: Callable[[PlannedRounds], PlannedRounds]) -> list[Figure]:
    planned, seated, scores = _planned(ground)
    return seatings.round_figures("seatings.pairs", spoil(planned), seated, scores)


def _same_again(planned: PlannedRounds) -> PlannedRounds:
    return planned.model_copy(update={"rounds": [planned.rounds[0]] * len(planned.rounds)})


def _rounds_as_planned(ground: Ground) -> list[Figure]:
    return _rounds(ground, lambda planned: planned)


def _first_table_forgotten(planned: PlannedRounds) -> PlannedRounds:
    rounds = [one.model_copy(update={"groups": one.groups[1:]}) for one in planned.rounds]
    return planned.model_copy(update={"rounds": rounds})


# Profiles -----------------------------------------------------------------------------------------------------------


def _introductions(reader: profiles.Reader) -> list[Figure]:
    cases = [case for case in read_jsonl(profiles.INTRODUCTIONS) if case["split"] == "test"]
    return profiles.aspect_figures("profiles.test", profiles.read_all(cases, reader)[0])


def _as_written(text: str) -> list[Finding]:
    return read_introduction(text, "zh-CN")


def _sides_swapped(text: str) -> list[Finding]:
    return [_other_side(one) for one in _as_written(text)]


def _other_side(found: Finding) -> Finding:
    return found if found.field else replaced(found, aspect=_OPPOSITE.get(found.aspect, found.aspect))


def _read(reader: profiles.Reader) -> Callable[[Ground], Sequence[Figure]]:
    return lambda _ground: _introductions(reader)


PLANTED = (
    Planted("matching", "random ranker", "matching.test.mrr", "everybody in any order", _random_ranks, _honest_ranks),
    Planted("matching", "one aspect dropped", "matching.test.hit_at_5", "the index lost what members have", _without_has, _few_ranks),
    Planted("matching", "wants swapped", "matching.test.mrr", "the product, asked with the wants of others", _swapped_wants, _honest_ranks, "control"),
    Planted("matching", "wants never read", "matching.control_swapped_wants.mrr_drop", "the control costs it nothing", lambda g: _drop(g, RandomRanker), lambda g: _drop(g, ServiceRanker)),
    Planted("matching", "consent ignored", "matching.forbidden_shown", "proposes whoever said no or is hidden", _consent_ignored, _consent_kept),
    Planted("matching", "answers who refused", "matching.answered_without_consent", "matches members who said no", _consent_ignored, _consent_kept),
    Planted("graded", "random ranker", "graded.test.ours.ndcg_at_10", "everything in any order", _shuffled),
    Planted("graded", "no gain over word search", "graded.test.least_sure_gain.ndcg_at_10", "behind its baselines", _shuffled),
    Planted("graded", "the same five for everybody", "graded.ours.exposure_gini_at_5", "five members take all places", _same_first),
    Planted("fairness", "one member for everybody", "fairness.tight.in_turn.over_cap", "no cap on exposure", _one_for_all),
    Planted("hostile", "profile words outside quotes", "hostile.words_outside_quotes", "retells more than it quotes", _unquoting, _quoting),
    Planted("teams", "staffed by lot", "teams.test.slots_well_filled", "anybody in any slot", _staffed_by_lot, _staffed),
    Planted("seatings", "the same pairs every round", "seatings.pairs.repeats", "the first round three times", lambda g: _rounds(g, _same_again), _rounds_as_planned),
    Planted("seatings", "a pair forgotten", "seatings.pairs.left_out", "two members without a seat", lambda g: _rounds(g, _first_table_forgotten), _rounds_as_planned),
    Planted("profiles", "sides swapped", "profiles.test.wrong_side", "offers taken for wishes", _read(_sides_swapped), _read(_as_written)),
    Planted("profiles", "keyword reader", "profiles.test.wants.precision", "a sentence goes where its keyword points", _read(profiles.read_by_keywords), _read(_as_written)),
)  # fmt: skip
