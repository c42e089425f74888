"""VentureDesk: combinations of industry, skill, person and resource for a goal, as ventures with roles and first steps."""

from __future__ import annotations

from typing import Literal, Protocol

from copilot.community.access import Actor
from copilot.community.reader import reader_locale
from copilot.community.store import Store
from copilot.recognition.circles.models import Venture, VentureAsk, VentureList, VentureResource, VentureRole
from copilot.recognition.circles.wording import say

FEATURE = "recognition:ventures"
_GOAL_CHARS = 60


class Combination(Protocol):
    """Who fills what, and which resources help, best first."""

    roles: list[VentureRole]
    resources: list[VentureResource]
    score: float


class Combinations(Protocol):
    """What was found for a goal; `uncovered` has label and name of who comes closest, or no name."""

    items: list[Combination]
    uncovered: list[tuple[str, str]]


class VentureMaker(Protocol):
    """What finds combinations; `copilot.services` puts the team optimiser of matching behind it."""

    def combine(self, community_id: str, ask: VentureAsk, *, actor: Actor) -> Combinations:
        """Return combinations of members who agreed to be matched and resources that may be proposed."""
        ...


class VentureDesk:
    """Proposes ventures. Nothing is kept and nobody is told."""

    def __init__(self, store: Store, maker: VentureMaker) -> None:
        self._store = store
        self._maker = maker

    def propose(self, community_id: str, ask: VentureAsk, *, actor: Actor) -> VentureList:
        """Return ventures for a goal: those with industry, skill, person and resource first, then by score.

        Raises:
            NotFound: no such community, or the starter is not here.
            InvalidInput: the starter may not be matched, or the slots are wrong.
            EmbeddingFailed, IndexUnavailable: vectors cannot be made or read.
        """
        with self._store.read(community_id) as unit:
            locale = reader_locale(unit)
        found = self._maker.combine(community_id, ask, actor=actor)
        items = [_venture(one, ask.goal, locale) for one in found.items]
        items.sort(key=lambda one: (len(one.missing), -one.score))
        uncovered = [
            say(locale, "uncovered.closest", label=label, name=name) if name else say(locale, "uncovered", label=label)
            for label, name in found.uncovered
        ]
        note = say(locale, "ventures.draft" if items else "ventures.none")
        return VentureList(goal=ask.goal, items=items, uncovered=uncovered, note=note)


def _venture(found: Combination, goal: str, locale: str) -> Venture:
    missing: list[Literal["industry", "skill", "person", "resource"]] = []
    if not any(role.kind == "industry" for role in found.roles):
        missing.append("industry")
    if not any(role.kind in {"skill", "role"} for role in found.roles):
        missing.append("skill")
    if not any(role.kind == "person" for role in found.roles):
        missing.append("person")
    if not found.resources:
        missing.append("resource")
    return Venture(
        roles=found.roles, resources=found.resources, missing=missing, score=round(found.score, 4),
        first_steps=_steps(found, goal, locale),
    )  # fmt: skip


def _steps(found: Combination, goal: str, locale: str) -> list[str]:
    names = list(dict.fromkeys(role.name for role in found.roles))
    by_label = {role.label: role.name for role in found.roles}
    joined = ("、" if locale == "zh-CN" else ", ").join(names)
    short = goal if len(goal) <= _GOAL_CHARS else f"{goal[:_GOAL_CHARS]}…"
    steps = [say(locale, "step.meet", names=joined, goal=short)]
    steps += [
        say(locale, "step.resource", name=by_label.get(one.role, names[0]), title=one.title)
        for one in found.resources[:2]
    ]
    if not found.resources:
        steps.append(say(locale, "step.find_resource", name=names[0]))
    steps.append(say(locale, "step.trial", name=names[-1]))
    return [*steps, say(locale, "step.decide")]
