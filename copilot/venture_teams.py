"""The team optimiser of matching as recognition asks for it: combinations for a venture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from copilot.community.access import Actor
from copilot.community.store import Store
from copilot.matching.teams.ask import SlotIn, SlotKind, Team, TeamAsk
from copilot.matching.teams.search import TeamService
from copilot.recognition.circles.models import Proof, VentureAsk, VentureResource, VentureRole
from copilot.recognition.circles.ventures import Combination, Combinations

_STARTER = {"zh-CN": "发起人", "en": "starter"}
_SECONDS = 10.0


@dataclass
class Found:
    """One combination."""

    roles: list[VentureRole]
    resources: list[VentureResource]
    score: float


@dataclass
class AllFound:
    """All of them."""

    items: list[Combination]
    uncovered: list[tuple[str, str]]


class BuiltVentures:
    """Asks the optimiser; `service` is made when first needed, as it opens the vector index."""

    def __init__(self, store: Store, service: Callable[[], TeamService]) -> None:
        self._store = store
        self._service = service

    def combine(self, community_id: str, ask: VentureAsk, *, actor: Actor) -> Combinations:
        """Return combinations of members who agreed to be matched and resources that may be proposed.

        Raises:
            NotFound: the starter is not here.
            InvalidInput: slots or the starter are wrong.
            EmbeddingFailed, IndexUnavailable: vectors cannot be made or read.
        """
        with self._store.read(community_id) as unit:
            locale = unit.community().locale
        slots = None if ask.slots is None else [SlotIn(label=one.label, kind=one.kind) for one in ask.slots]
        answer = self._service().find(
            community_id,
            TeamAsk(
                goal=ask.goal, slots=slots, asker=ask.starter_id, city=ask.city, teams=ask.ventures, seconds=_SECONDS,
                slots_from="rules",
            ),
            actor=actor,
        )  # fmt: skip
        kinds = {slot.id: slot.kind for slot in answer.slots}
        starter = _STARTER["zh-CN" if locale == "zh-CN" else "en"]
        return AllFound(
            items=[_combination(team, kinds, ask.starter_id, starter) for team in answer.teams],
            uncovered=[(hole.label, hole.closest.name if hole.closest else "") for hole in answer.uncovered],
        )


def _combination(team: Team, kinds: dict[str, SlotKind], starter_id: str | None, starter: str) -> Combination:
    roles = [
        VentureRole(
            label=slot.label, kind=kinds[slot.slot_id], member_id=slot.member_id, name=slot.name, fit=slot.fit,
            reason=slot.reason.text,
            evidence=[Proof(record_id=one.record_id, quote=one.quote) for one in slot.reason.evidence],
        )
        for slot in team.slots
    ]  # fmt: skip
    first = _starter(team, roles, starter_id, starter)
    resources = {
        slot.resource.resource_id: VentureResource(
            resource_id=slot.resource.resource_id, title=slot.resource.title, role=slot.label, fit=slot.resource.fit,
            quote=slot.resource.quote,
        )
        for slot in team.slots
        if slot.resource is not None
    }  # fmt: skip
    return Found([first, *roles], list(resources.values()), team.score)


def _starter(team: Team, roles: list[VentureRole], starter_id: str | None, label: str) -> VentureRole:
    """Return the role of whoever starts it: the one who was named, or whose words fit best."""
    own = [role for role in roles if role.member_id == starter_id]
    named = [one for one in team.members if one.member_id == starter_id]
    if named and not own:  # named, and no slot is theirs: nothing but the name speaks for them
        return VentureRole(
            label=label,
            kind="person",
            member_id=named[0].member_id,
            name=named[0].name,
            fit=0.0,
            reason="",
            evidence=[],
        )
    best = max(own or roles, key=lambda role: role.fit)
    return best.model_copy(update={"label": label, "kind": "person"})
