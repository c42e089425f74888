"""A small community for tests of recognition: members, a source of acts that a test fills, and a team maker."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from copilot.assets import knowledge_dir
from copilot.community.access import Actor
from copilot.community.acts import Act
from copilot.community.store import Store, Unit
from copilot.community.tables import Member
from copilot.recognition.rules import load_rules
from copilot.recognition.service import RecognitionService
from tests.conftest import NOW

RULES = load_rules([knowledge_dir()])


@dataclass
class Told:
    """A source that tells what it was told."""

    acts: list[Act] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterable[Act]:
        return [act for act in self.acts if since <= act.at < until]

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        return self.withdrawn & set(evidence_ids)

    def tell(
        self, earner: str, giver: str | None, *, days: float = 1.0, rule: str = "answer_thanked", evidence: str = ""
    ) -> None:
        name = evidence or f"msg_{len(self.acts)}"
        self.acts.append(Act(rule, earner, giver, NOW - timedelta(days=days), "message", name))


@dataclass
class GivenTeams:
    """A team maker that answers what it was given."""

    teams: list[list[str]] = field(default_factory=list)

    def form(self, community_id: str, project: str, teams: int, *, actor: Actor) -> list[list[str]]:
        return self.teams[:teams]


def add_members(store: Store, community_id: str, names: Iterable[str], **values: object) -> None:
    with store.write(community_id) as unit:
        for name in names:
            given = {
                "id": name, "platform": "test", "external_id": name, "name": name.title(), "created_at": NOW,
                "joined_at": NOW - timedelta(days=400), **values,
            }  # fmt: skip
            unit.add(Member(**given))


def service(store: Store, told: Told, maker: GivenTeams | None = None) -> RecognitionService:
    return RecognitionService(store, RULES, [told], maker or GivenTeams())
