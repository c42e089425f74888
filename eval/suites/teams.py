"""Teams for written goals: is every slot filled, by somebody who can, with a quote; do teams differ; is it worth optimising?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import select

from copilot.community.access import local_actor
from copilot.community.tables import ProfileText
from copilot.matching.optimum import Status
from copilot.matching.records import read_setting
from copilot.matching.teams.ask import SlotIn, TeamAnswer, TeamAsk
from copilot.matching.teams.planning import greedy_team, plan_teams
from copilot.matching.teams.pool import Named
from copilot.matching.teams.slot_draft import given_slots, slots_by_rules
from eval.cases import EvalCase, slug
from eval.manifest import DATASETS
from eval.rankers import proposable
from eval.scores import Figure, mean, share
from eval.suite import WORST, Findings, Suite
from eval.world import World, Worlds, read_jsonl

GOALS = DATASETS / "teams" / "goals.jsonl"
_TEAMS = 3


def measure(worlds: Worlds) -> Findings:
    """Staff every goal with its written slots, and once more by rules alone."""
    world = worlds.shared()
    goals = read_jsonl(GOALS)
    answers = [find_teams(world, goal) for goal in goals]
    figures = [*_coverage(goals, answers), *_fills(world, goals, answers), *_diversity(goals, answers)]
    figures += _greedy(world, goals)
    figures += grounding_figures(world, answers)
    for split in ("dev", "test"):
        read = [slots_by_rules(goal["goal"], "zh-CN").source == "rules" for goal in goals if goal["split"] == split]
        figures.append(share(f"teams.rules.{split}.goals_read", sum(read), len(read)))
    return Findings(figures, _worst(world, goals, answers))


def find_teams(world: World, goal: dict[str, Any]) -> TeamAnswer:
    """Ask the service for teams with the goal's written slots."""
    slots = [SlotIn(label=slot["label"], kind=slot["kind"]) for slot in goal["slots"]]
    asked = TeamAsk(goal=goal["goal"], slots=slots, teams=_TEAMS, seconds=10.0)
    return world.services.teams.find(world.community_id, asked, actor=local_actor(world.community_id))


def _coverage(goals: Sequence[dict[str, Any]], answers: Sequence[TeamAnswer]) -> list[Figure]:
    slots = sum(len(goal["slots"]) for goal in goals)
    proven = [team.proof is Status.OPTIMAL for answer in answers for team in answer.teams]
    return [
        share("teams.coverage", slots - sum(len(answer.uncovered) for answer in answers), slots),
        share("teams.goals_staffed", sum(bool(answer.teams) for answer in answers), len(answers)),
        share("teams.proven_best", sum(proven), len(proven)),
        mean("teams.seconds", [answer.seconds for answer in answers], better="lower"),
    ]


def _fills(world: World, goals: Sequence[dict[str, Any]], answers: Sequence[TeamAnswer]) -> list[Figure]:
    """Share of slots that the first team fills with somebody who was judged able; beside the first hit of a search."""
    ids = {name: member.id for name, member in world.members().items()}
    figures = []
    for split in ("dev", "test"):
        chosen = [pair for pair in zip(goals, answers, strict=True) if pair[0]["split"] == split]
        of_split = [goal for goal, _ in chosen]
        ours = [{slot.label: slot.member_id for team in a.teams[:1] for slot in team.slots} for _, a in chosen]
        figures.append(fill_figure(f"teams.{split}.slots_well_filled", of_split, ours, ids))
        searched: list[dict[str, str]] = []
        for goal in of_split:
            hits = {
                slot["label"]: world.services.matching.find_people(world.community_id, slot["label"], 1)
                for slot in goal["slots"]
            }
            searched.append({label: found[0].member_id for label, found in hits.items() if found})
        figures.append(fill_figure(f"teams.{split}.search_alone", of_split, searched, ids))
    return figures


def fill_figure(
    name: str, goals: Sequence[dict[str, Any]], fills: Sequence[Mapping[str, str]], ids: Mapping[str, str]
) -> Figure:
    """Return the share of slots that hold somebody who was judged able.

    Args:
        name: of the figure.
        goals: with their slots and the external ids that fit each.
        fills: for each goal, the member id by slot label; a slot may be absent.
        ids: member ids by external id.
    """
    right: list[float] = []
    cases: list[EvalCase] = []
    for goal, filled in zip(goals, fills, strict=True):
        for slot in goal["slots"]:
            right.append(float(filled.get(slot["label"]) in {ids[name] for name in slot["fits"]}))
            slot_id = f"{goal['id']}-{slug(slot['label'])}-{len(cases)}"
            cases.append(EvalCase(slot_id, goal["id"], {"language": goal["language"], "kind": slot["kind"]}))
    return mean(name, right, cases=cases)


def _diversity(goals: Sequence[dict[str, Any]], answers: Sequence[TeamAnswer]) -> list[Figure]:
    """Mean share of members that two teams of one goal do not have in common (Jaccard distance)."""
    distances, clusters = [], []
    for goal, answer in zip(goals, answers, strict=True):
        teams = [{one.member_id for one in team.members} for team in answer.teams]
        for one, other in combinations(teams, 2):
            distances.append(1.0 - len(one & other) / len(one | other))
            clusters.append(goal["id"])
    return [
        mean("teams.diversity", distances, clusters),
        mean("teams.alternatives", [float(len(answer.teams)) for answer in answers if answer.teams]),
    ]


def _greedy(world: World, goals: Sequence[dict[str, Any]]) -> list[Figure]:
    """What optimising brings beside filling slot by slot, in share of the greedy value; where greedy ends nowhere it is counted apart."""
    gains, stuck, staffed = [], 0, 0
    with world.services.store.read(world.community_id) as unit:
        setting = read_setting(unit)
    for goal in goals:
        draft = given_slots([(slot["label"], slot["kind"], "") for slot in goal["slots"]])
        asked = TeamAsk(goal=goal["goal"], teams=1, seconds=10.0)
        basis = world.services.teams.basis(setting, asked, draft, Named(None, None, []))
        best = plan_teams(basis.request, basis.settings).teams
        if not best:
            continue
        staffed += 1
        by_slot = greedy_team(basis.request, basis.settings)
        if by_slot is None:
            stuck += 1
        else:
            gains.append(best[0].value / by_slot.value - 1.0)
    return [
        mean("teams.gain_over_greedy", gains),
        share("teams.better_than_greedy", sum(gain > 1e-6 for gain in gains), len(gains)),
        share("teams.greedy_stuck", stuck, staffed, "none"),
    ]


def grounding_figures(world: World, answers: Sequence[TeamAnswer]) -> list[Figure]:
    """Every quote stands in the record it names, and nobody outside consent is in a team."""
    with world.services.store.read(world.community_id) as unit:
        texts = {row.id: row.text for row in unit.session.scalars(select(ProfileText))}
    for member in world.members().values():
        texts[member.id] = "\n".join([*map(str, member.skills), member.industry])
    allowed = set(proposable(world))
    quotes, wrong, shown, outside = 0, 0, 0, 0
    for answer in answers:
        for team in answer.teams:
            outside += sum(one.member_id not in allowed for one in team.members)
            shown += len(team.members)
            for item in (item for slot in team.slots for item in slot.reason.evidence):
                quotes += 1
                wrong += item.quote not in texts.get(item.record_id, "")
    return [
        share("teams.quotes_not_in_their_record", wrong, quotes, "lower"),
        share("teams.outside_consent", outside, shown, "lower"),
    ]


def _worst(world: World, goals: Sequence[dict[str, Any]], answers: Sequence[TeamAnswer]) -> list[dict[str, object]]:
    names = {member.id: name for name, member in world.members().items()}
    worst: list[dict[str, object]] = []
    for goal, answer in zip(goals, answers, strict=True):
        if goal["split"] == "test":
            continue  # looked at, it would be no test any more
        filled = {slot.label: names[slot.member_id] for team in answer.teams[:1] for slot in team.slots}
        wrong = {
            slot["label"]: filled.get(slot["label"])
            for slot in goal["slots"]
            if filled.get(slot["label"]) not in slot["fits"]
        }
        if wrong:
            worst.append(
                {"goal": goal["id"], "filled_with": wrong, "uncovered": [one.label for one in answer.uncovered]}
            )
    return worst[:WORST]


SUITE = Suite(
    "teams", 1, "30 goals: slots filled and by whom, how teams differ, gain over greedy, quotes, consent", measure
)
