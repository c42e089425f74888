"""Every suite there is, in the order in which they run."""

from __future__ import annotations

from copilot.errors import InvalidInput
from eval.suite import Suite
from eval.suites import (
    atmosphere,
    events,
    fairness,
    graded,
    grounding,
    hostile,
    injection,
    matching,
    moderation,
    plans,
    profiles,
    seatings,
    sentiment,
    teams,
    topics,
)

SUITES: dict[str, Suite] = {
    module.SUITE.name: module.SUITE
    for module in (
        matching,
        graded,
        fairness,
        hostile,
        moderation,
        sentiment,
        events,
        plans,
        topics,
        injection,
        grounding,
        atmosphere,
        profiles,
        teams,
        seatings,
    )
}


def choose(names: list[str]) -> list[Suite]:
    """Return the named suites in running order, all of them for an empty list.

    Raises:
        InvalidInput: there is no suite of that name.
    """
    unknown = sorted(set(names) - set(SUITES))
    if unknown:
        raise InvalidInput(f"there is no suite {', '.join(unknown)}; known are {', '.join(SUITES)}", field="suite")
    return [suite for name, suite in SUITES.items() if not names or name in names]
