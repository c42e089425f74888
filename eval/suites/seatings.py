"""Rounds for 200 members on real scores, and a rotation of 10 groups of 50: rules counted anew, totals beside their bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.import_options import ImportOptions
from copilot.community.importers.base import ImportKind
from copilot.community.importing import ImportService
from copilot.community.models import Visibility
from copilot.community.store import Store
from copilot.community.tables import Member
from copilot.matching.optimum import Matrix
from copilot.matching.records import read_members, with_activity, with_statements
from copilot.matching.scores.pair_scorer import Circle
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.models import PlannedRounds, RoundAsk
from copilot.matching.seatings.rotation import plan_rotation
from copilot.matching.seatings.rotation_models import Attendee, Rotation, RotationRequest, RotationSettings
from copilot.settings import LimitSettings
from eval.manifest import DATASETS
from eval.metrics.intervals import SEED
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.world import World, Worlds

_MEMBERS = DATASETS / "matching" / "v1" / "members.jsonl"
_ROUNDS = 6
_SAMPLED = 200
_GROUPS, _SIZE, _MOVES = 10, 50, 150
_RANDOM = 20


def measure(worlds: Worlds) -> Findings:
    """Seat everybody of the sample and the graded dataset together, as if all had agreed; rotate made-up attendees."""
    with worlds.fresh(_everybody) as world:
        circle = circle_of(world)
        scores = world.services.pairs.scores(circle).scores
        figures = [_agreement(world, circle, scores)]
        for name, ask in (
            ("pairs", RoundAsk(rounds=_ROUNDS, no_repeat_rounds=_ROUNDS, seconds=20.0, preview=True)),
            ("threes", RoundAsk(size=3, rounds=3, no_repeat_rounds=3, seconds=12.0, preview=True)),
            ("tables", RoundAsk(size=8, rounds=2, no_repeat_rounds=2, seconds=6.0, preview=True)),
        ):
            planned = world.services.rounds.plan(world.community_id, ask, actor=local_actor(world.community_id))
            figures += round_figures(f"seatings.{name}", planned, [party.id for party in circle.parties], scores)
    return Findings([*figures, *_rotation()])


def _everybody(store: Store, community_id: str) -> None:
    """Add the members of the graded dataset and let everybody agree: 200 who can be seated."""
    options = ImportOptions(kind=ImportKind.MEMBERS)
    ImportService(store, LimitSettings(), batch_rows=500).run(community_id, _MEMBERS, options)
    with store.write(community_id) as unit:
        for member in unit.session.scalars(select(Member)):
            member.consent_match, member.consent_ai = True, True
            member.visibility = Visibility.COMMUNITY.value


def circle_of(world: World, chosen: Sequence[str] | None = None) -> Circle:
    """Return the chosen members, all without `chosen`, ready to be compared in bulk, in the order of their ids."""
    with world.services.store.read(world.community_id) as unit:
        ids = (
            sorted(chosen) if chosen is not None else list(unit.session.scalars(select(Member.id).order_by(Member.id)))
        )
        parties = with_activity(unit, with_statements(unit, list(read_members(unit, ids).values())))
    return world.services.pairs.circle(world.community_id, Weights(), parties)


def _agreement(world: World, circle: Circle, scores: Matrix) -> Figure:
    """Return the largest difference between the scores in bulk and those of two compared by themselves."""
    comparer = world.services.pairs.comparer(circle)
    rng = np.random.default_rng(SEED)
    differences = []
    for _ in range(_SAMPLED):
        one, other = rng.choice(len(circle.parties), size=2, replace=False).tolist()
        there = comparer.compare(circle.parties[one], circle.parties[other]).score
        back = comparer.compare(circle.parties[other], circle.parties[one]).score
        differences.append(abs(scores[one, other] - (there + back) / 2.0))
    return count("seatings.bulk_scores.largest_difference", max(differences), _SAMPLED, "lower")


def round_figures(name: str, planned: PlannedRounds, everybody: Sequence[str], scores: Matrix) -> list[Figure]:
    """Count repeats and seats from the groups themselves, not from what the plan says of them."""
    rounds = [[[one.member_id for one in group.members] for group in found.groups] for found in planned.rounds]
    met = Counter(frozenset(pair) for groups in rounds for group in groups for pair in combinations(group, 2))
    repeats = sum(times - 1 for times in met.values())
    left_out = sum(len(set(everybody) - {one for group in groups for one in group}) for groups in rounds)
    twice = sum(len(group) for groups in rounds for group in groups) - sum(
        len({one for group in groups for one in group}) for groups in rounds
    )
    places = {member_id: place for place, member_id in enumerate(everybody)}
    total = sum(_total([[places[one] for one in group] for group in groups], scores) for groups in rounds)
    by_chance = _by_chance([[len(group) for group in groups] for groups in rounds], scores)
    seats = len(everybody) * len(rounds)
    return [
        count(f"{name}.members", len(everybody), len(everybody)),
        count(f"{name}.repeats", repeats, sum(met.values()), "lower"),
        count(f"{name}.left_out", left_out + twice, seats, "lower"),
        count(f"{name}.total_to_bound", min(1.0, total / planned.bound), len(rounds), "higher"),
        count(f"{name}.total_to_chance", total / by_chance, len(rounds), "higher"),
        count(f"{name}.odd_again", sum(found.figures.odd_again for found in planned.rounds), seats, "lower"),
        count(f"{name}.seconds", planned.seconds, len(rounds), "lower"),
    ]


def _total(groups: Sequence[Sequence[int]], scores: Matrix) -> float:
    return float(sum(scores[one, other] for group in groups for one, other in combinations(group, 2)))


def _by_chance(sizes: Sequence[Sequence[int]], scores: Matrix) -> float:
    """Return the mean total of seating everybody in groups of these sizes by lot; repeats and all."""
    rng = np.random.default_rng(SEED)
    totals = []
    for _ in range(_RANDOM):
        total = 0.0
        for of_round in sizes:
            order = rng.permutation(len(scores)).tolist()
            ends = np.cumsum([0, *of_round]).tolist()
            total += _total([order[start:end] for start, end in pairwise(ends)], scores)
        totals.append(total)
    return float(np.mean(totals))


def _attendees() -> list[Attendee]:
    """Return 500 made-up members: cities and industries by uneven shares, activity with a long tail, a tenth stars."""
    rng = np.random.default_rng(SEED)
    number = _GROUPS * _SIZE
    cities = rng.choice(
        ["Shenzhen", "Shanghai", "Beijing", "Hangzhou", "Chengdu", ""], number, p=[0.3, 0.2, 0.15, 0.15, 0.1, 0.1]
    )
    industries = rng.choice([f"industry {place}" for place in range(12)], number)
    activity = rng.lognormal(2.0, 1.0, number)
    stars = rng.random(number) < 0.1
    return [
        Attendee(
            id=f"a{place}", group=f"group {place // _SIZE}", city=str(cities[place]), industry=str(industries[place]),
            activity=float(activity[place]), is_star=bool(stars[place]),
        )
        for place in range(number)
    ]  # fmt: skip


def _rotation() -> list[Figure]:
    """Two rotations in a row, so that the second has a history to avoid."""
    settings = RotationSettings(most_moves=_MOVES, time_limit_seconds=8.0, seed=SEED % 2**31)
    attendees = _attendees()
    first = plan_rotation(RotationRequest(attendees), settings)
    where = {member_id: group for group, members in first.groups.items() for member_id in members}
    before = [[one.id for one in attendees if one.group == f"group {place}"] for place in range(_GROUPS)]
    moved = [one.model_copy(update={"group": where[one.id]}) for one in attendees]
    second = plan_rotation(RotationRequest(moved, history=[before]), settings)
    return [*rotation_figures("seatings.rotation", first), *rotation_figures("seatings.second_rotation", second)]


def rotation_figures(name: str, found: Rotation) -> list[Figure]:
    """Return what a rotation brought beside its bound, and whether groups stayed even."""
    people = _GROUPS * _SIZE
    kept = found.after.worst_count <= max(found.before.worst_count, 2.0) + 1e-9
    return [
        count(f"{name}.new_acquaintances", found.new_acquaintances, people, "higher"),
        count(f"{name}.to_bound", found.new_acquaintances / max(1, found.bound), people, "higher"),
        count(f"{name}.moves", len(found.moves), people),
        count(f"{name}.worst_count_before", found.before.worst_count, _GROUPS, "lower"),
        count(f"{name}.worst_count_after", found.after.worst_count, _GROUPS, "lower"),
        count(f"{name}.out_of_balance", int(not kept), 1, "lower"),
        count(f"{name}.seconds", found.seconds, people, "lower"),
    ]


SUITE = Suite(
    "seatings",
    1,
    "rounds for 200 on real scores; rotation of 10 x 50: repeats, bounds, balance, seconds",
    measure,
    "graded community",
)
