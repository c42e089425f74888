"""Matching people: are written pairs found, is nobody shown who may not be, and does the score rest on what is wanted?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy import select

from copilot.community.tables import ProfileText
from eval.cases import EvalCase
from eval.controls import swap_texts
from eval.manifest import DATASETS
from eval.metrics.ranking import first_relevant_rank, hit, reciprocal
from eval.rankers import OneTextRanker, RandomRanker, Ranker, ServiceRanker, proposable
from eval.scores import Figure, difference, mean, share, share_of
from eval.slices import by_slice, language_of
from eval.suite import WORST, Findings, Suite
from eval.world import NOW, World, Worlds, read_jsonl

PAIRS = DATASETS / "matching" / "pairs.jsonl"
_CHARS = 160
_NEW_DAYS = 60  # of the sample's members few joined later


@dataclass(frozen=True)
class Direction:
    """One half of a written pair: for the asker, the target is to be found. External ids."""

    pair: str
    split: str
    asker: str
    target: str


def directions() -> list[Direction]:
    """Return the directions in which consent and visibility allow the match."""
    return [
        Direction(row["id"], row["split"], half["asker"], half["target"])
        for row in read_jsonl(PAIRS)
        for half in row["directions"]
        if half["expected"]
    ]


def ranks(world: World, ranker: Ranker, wanted: Sequence[Direction]) -> list[int | None]:
    """Return at which rank each target is found, None where it is not in the list."""
    members = world.members()
    lists = {asker: ranker.rank(members[asker].id) for asker in {direction.asker for direction in wanted}}
    return [first_relevant_rank(lists[one.asker], {members[one.target].id}) for one in wanted]


def ranking_figures(name: str, wanted: Sequence[Direction], found: Sequence[int | None]) -> list[Figure]:
    """Return hit@1, hit@5 and MRR; both directions of a pair count as one cluster."""
    cases = cases_of(wanted)
    return [
        mean(f"{name}.hit_at_1", [hit(rank, 1) for rank in found], cases=cases),
        mean(f"{name}.hit_at_5", [hit(rank, 5) for rank in found], cases=cases),
        mean(f"{name}.mrr", [reciprocal(rank) for rank in found], cases=cases),
    ]


def cases_of(wanted: Sequence[Direction], people: Mapping[str, Mapping[str, str]] | None = None) -> list[EvalCase]:
    """Return one case a direction, with the labels of who asks where `people` has them."""
    labels = people or {}
    return [EvalCase(f"{one.asker}-{one.target}", one.pair, labels.get(one.asker, {})) for one in wanted]


def slice_figures(world: World, wanted: Sequence[Direction], found: Sequence[int | None]) -> list[Figure]:
    """Return MRR by the language in which the asker writes wants, and for newcomers beside the others."""
    wants: dict[str, str] = {}
    with world.services.store.read(world.community_id) as unit:
        for row in unit.session.scalars(select(ProfileText).where(ProfileText.aspect == "wants")):
            wants[row.member_id] = f"{wants.get(row.member_id, '')}\n{row.text}"
    since = NOW - timedelta(days=_NEW_DAYS)
    people = {
        name: {
            "language": language_of(wants.get(member.id, "")),
            "newcomer": "yes" if member.joined_at is not None and member.joined_at >= since else "no",
        }
        for name, member in world.members().items()
    }
    cases, values = cases_of(wanted, people), [reciprocal(rank) for rank in found]
    return by_slice(
        cases,
        ("language", "newcomer"),
        lambda rows: [mean("matching.test.mrr", [values[at] for at in rows], cases=[cases[at] for at in rows])],
    )


def both_found(name: str, wanted: Sequence[Direction], found: Sequence[int | None], k: int = 5) -> Figure:
    """Return the share of pairs of which each is among the first `k` of the other, of those expected both ways."""
    hits: dict[str, list[float]] = {}
    for direction, rank in zip(wanted, found, strict=True):
        hits.setdefault(direction.pair, []).append(hit(rank, k))
    mutual = {pair: min(values) > 0 for pair, values in hits.items() if len(values) == 2}
    return share_of(name, list(mutual.values()), [EvalCase(pair) for pair in mutual])


def measure(worlds: Worlds) -> Findings:
    """Rank for every asker of a written pair; shown beside two baselines and a control."""
    world = worlds.shared()
    everything = directions()
    test = [direction for direction in everything if direction.split == "test"]
    dev = [direction for direction in everything if direction.split == "dev"]
    found = ranks(world, ServiceRanker(world), test)
    figures = ranking_figures("matching.test", test, found)
    figures.append(both_found("matching.test.both_at_5", test, found))
    figures += slice_figures(world, test, found)
    figures += ranking_figures("matching.dev", dev, ranks(world, ServiceRanker(world), dev))
    figures += ranking_figures("matching.random", test, ranks(world, RandomRanker(world), test))
    alone = ranks(world, OneTextRanker(world), test)
    figures += ranking_figures("matching.one_text", test, alone)
    figures.append(both_found("matching.one_text.both_at_5", test, alone))
    with worlds.fresh(partial(swap_texts, aspect="wants")) as swapped:
        without = ranks(swapped, ServiceRanker(swapped), test)
    figures.append(
        difference(
            "matching.control_swapped_wants.mrr_drop",
            [reciprocal(a) - reciprocal(b) for a, b in zip(found, without, strict=True)],
            cases=cases_of(test),
        )
    )
    figures += _privacy(world, ServiceRanker(world))
    return Findings(figures, _worst(world, test, found))


def _privacy(world: World, ranker: Ranker) -> list[Figure]:
    """Ask for everybody: whoever may not be proposed must never be, and whoever said no must get nothing."""
    members = world.members().values()
    shown = {member.id: ranker.rank(member.id) for member in members}
    refusing = {member.id for member in members if member.consent_match is not True or not member.consent_ai}
    return privacy_figures(shown, set(proposable(world)), refusing)


def privacy_figures(
    shown: Mapping[str, Sequence[str]], allowed: AbstractSet[str], refusing: AbstractSet[str]
) -> list[Figure]:
    """Return the share of targets who may not be proposed, and of those who said no and were answered all the same."""
    forbidden = sum(one not in allowed or one == asker for asker, targets in shown.items() for one in targets)
    return [
        share("matching.forbidden_shown", forbidden, sum(map(len, shown.values())), "lower"),
        share("matching.answered_without_consent", sum(bool(shown[one]) for one in refusing), len(refusing), "lower"),
    ]


def _worst(world: World, wanted: Sequence[Direction], found: Sequence[int | None]) -> list[dict[str, object]]:
    misses = sorted(zip(wanted, found, strict=True), key=lambda item: -(item[1] or 10_000))
    worst: list[dict[str, object]] = [
        {"pair": one.pair, "asker": one.asker, "target": one.target, "rank": rank} for one, rank in misses if rank != 1
    ]
    said = _said(world)
    for case in worst[:WORST]:
        asks, offers = said.get((str(case["asker"]), "wants"), ""), said.get((str(case["target"]), "has"), "")
        case["text"] = f"{asks[:_CHARS]} → {offers[:_CHARS]}"
    return worst[:WORST]


def _said(world: World) -> dict[tuple[str, str], str]:
    """Return what members say on each side, by external id and side."""
    names = {member.id: name for name, member in world.members().items()}
    said: dict[tuple[str, str], str] = {}
    with world.services.store.read(world.community_id) as unit:
        for row in unit.session.scalars(select(ProfileText).order_by(ProfileText.member_id, ProfileText.position)):
            key = names[row.member_id], row.aspect
            said[key] = f"{said[key]} {row.text}" if key in said else row.text
    return said


SUITE = Suite("matching", 2, "written pairs against chance and one vector per member; consent; swapped wants", measure)
