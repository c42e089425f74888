"""What a change starts from, what it may use, and what comes of it. Data only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from copilot.events.briefs.brief import Brief
from copilot.events.briefs.settling import Circumstances, SettledBrief
from copilot.events.models import CheckResult, PlanContent
from copilot.events.snapshot import Candidate, Candidates, PlanSnapshot
from copilot.playbook_models import Playbook


@dataclass(frozen=True)
class Base:
    """A stored version of a plan with what it was made from."""

    content: PlanContent
    snapshot: PlanSnapshot
    brief: Brief
    playbook: Playbook
    locks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Around:
    """What a change may use of the community as it is now.

    Attributes:
        circumstances: the community and the time.
        playbook: of the format that is wanted.
        search: finds candidates for a brief; asked only when something has to be found.
        open_ids: of the records the plan has picked, those that may still be.
        record: a member or resource by id, when it may be picked.
    """

    circumstances: Circumstances
    playbook: Playbook
    search: Callable[[SettledBrief], Candidates]
    open_ids: frozenset[str]
    record: Callable[[str], Candidate | None]


@dataclass(frozen=True)
class Revised:
    """A changed plan that passed every check."""

    content: PlanContent
    checks: Sequence[CheckResult]
    snapshot: PlanSnapshot
    brief: Brief
