"""Fairness of exposure on the graded community: the cap holds, everybody is served, newcomers receive and appear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete

from copilot.community.tables import Match
from copilot.matching.proposing.stored_matches import Chosen
from copilot.matching.service import MatchingService
from copilot.settings import MatchingSettings
from eval.graded import TODAY, GradedWorld, Records, shared_graded
from eval.metrics.ranking import gini
from eval.scores import Figure, count, share
from eval.suite import Findings, Suite
from eval.world import Worlds

_MATCHES = 5
_NEW_DAYS = 14
# With as many places for each as everybody is given, the cap binds; the default one hardly does among 110.
_TIGHT = _MATCHES
Shown = Mapping[str, Sequence[str]]


def measure(worlds: Worlds) -> Findings:
    """Match everybody at once and one after the other, with the default cap and with one that binds."""
    world = shared_graded(worlds)
    return Findings([figure for case in _CASES for figure in _figures(world, case)])


def _figures(world: GradedWorld, case: _Case) -> list[Figure]:
    records, name = world.records, f"fairness.{case.name}"
    with world.services.store.write(world.community_id) as unit:
        unit.session.execute(delete(Match))
    parts = world.services
    service = MatchingService(parts.store, parts.index, parts.embedder, limits=MatchingSettings(exposure_cap=case.cap))
    shown = case.ask(service, world)
    return [
        *exposure_figures(name, shown, records.proposable, case.cap),
        *newcomer_figures(name, shown, newcomers(records)),
    ]


def exposure_figures(name: str, shown: Shown, people: Sequence[str], cap: int) -> list[Figure]:
    """Return who is shown too often, how often the most exposed is, how even it is, and who is given anything."""
    seen = Counter(target for targets in shown.values() for target in targets)
    return [
        share(f"{name}.over_cap", sum(times > cap for times in seen.values()), len(people), "lower"),
        count(f"{name}.most_exposed", max(seen.values(), default=0), len(people), "lower"),
        count(f"{name}.gini", gini([seen[person] for person in people]), len(people), "lower"),
        share(f"{name}.served", sum(bool(shown.get(person)) for person in people), len(people)),
    ]


def newcomer_figures(name: str, shown: Shown, new: Collection[str]) -> list[Figure]:
    """Return the share of newcomers who are given a match, and who are shown to somebody."""
    seen = {target for targets in shown.values() for target in targets}
    return [
        share(f"{name}.newcomers_receive", sum(bool(shown.get(person)) for person in new), len(new)),
        share(f"{name}.newcomers_appear", sum(person in seen for person in new), len(new)),
    ]


def newcomers(records: Records) -> list[str]:
    """Return who may be matched and joined in the last fourteen days."""
    since = TODAY.date() - timedelta(days=_NEW_DAYS)
    joined = {name: date.fromisoformat(records.members[name]["joined_on"]) for name in records.proposable}
    return [name for name, day in joined.items() if day >= since]


def _at_once(service: MatchingService, world: GradedWorld) -> Shown:
    community_id = world.community_id
    service.distribute(community_id, "member", _MATCHES, actor="evaluation")
    found: dict[str, list[str]] = {}
    cursor: str | None = None
    while True:
        page = service.proposals(community_id, Chosen(kind="member"), limit=200, cursor=cursor)
        for row in page.items:
            found.setdefault(world.names[row.member_id], []).append(world.names[row.target_id])
        cursor = page.next_cursor
        if cursor is None:
            return found


def _in_turn(service: MatchingService, world: GradedWorld) -> Shown:
    found: dict[str, list[str]] = {}
    for name in world.records.proposable:
        items = service.match(world.community_id, world.ids[name], "member", _MATCHES).items
        found[name] = world.external(item.target_id for item in items)
    return found


@dataclass(frozen=True)
class _Case:
    name: str
    cap: int
    ask: Callable[[MatchingService, GradedWorld], Shown]


_CASES = (
    _Case("at_once", MatchingSettings().exposure_cap, _at_once),
    _Case("tight.at_once", _TIGHT, _at_once),
    _Case("tight.in_turn", _TIGHT, _in_turn),
)


SUITE = Suite(
    "fairness", 1, "the cap on exposure, and newcomers, when everybody is matched", measure, "graded community"
)
