"""Every planted system and control, by suite."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copilot.errors import InvalidInput
from eval.planted import chat, circulation, drafts, people, spending
from eval.planted.plot import Ground, Outcome, Planted, judge_planted

PARTS: Mapping[str, Sequence[Planted]] = {
    "people": people.PLANTED,
    "chat": chat.PLANTED,
    "drafts": drafts.PLANTED,
    "spending": spending.PLANTED,
    "circulation": circulation.PLANTED,
}
ALL: tuple[Planted, ...] = tuple(one for part in PARTS.values() for one in part)


def planted_of(suites: Sequence[str]) -> list[Planted]:
    """Return those of some suites, all without a name.

    Raises:
        InvalidInput: nothing is planted in one of them.
    """
    known = {one.suite for one in ALL}
    if unknown := sorted(set(suites) - known):
        raise InvalidInput(
            f"nothing is planted in {', '.join(unknown)}; known are {', '.join(sorted(known))}", field="suite"
        )
    return [one for one in ALL if not suites or one.suite in suites]


def judge_all(
    chosen: Sequence[Planted], ground: Ground, on_progress: Callable[[str, int, int], None] | None = None
) -> list[Outcome]:
    """Judge one after the other."""
    outcomes = []
    for at, planted in enumerate(chosen):
        if on_progress is not None:
            on_progress(planted.id, at, len(chosen))
        outcomes.append(judge_planted(planted, ground))
    return outcomes
