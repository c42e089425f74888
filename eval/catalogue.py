"""Every suite there is, in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.errors import InvalidInput
from eval.suite import Suite
from eval.suites import (
    alerts,
    atmosphere,
    base_rate,
    care,
    claims,
    events,
    exchange,
    fairness,
    graded,
    grounding,
    hostile,
    injection,
    matching,
    moderation,
    plans,
    profiles,
    reading,
    recognition,
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
        reading,
        base_rate,
        care,
        claims,
        events,
        plans,
        topics,
        injection,
        grounding,
        atmosphere,
        alerts,
        profiles,
        teams,
        seatings,
        recognition,
        exchange,
    )
}


def choose(names: Sequence[str], known: Mapping[str, Suite] = SUITES) -> list[Suite]:
    """Return the named suites of those `known`, in running order, all of them for no names.

    Raises:
        InvalidInput: there is no suite of that name.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise InvalidInput(f"there is no suite {', '.join(unknown)}; known are {', '.join(known)}", field="suite")
    return [suite for name, suite in known.items() if not names or name in names]
