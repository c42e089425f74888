"""Every suite there is, in the order in which they run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module

from copilot.errors import InvalidInput
from eval.suite import Suite

# The modules below `eval/suites`, named as their suites are.
NAMES = (
    "matching", "graded", "fairness", "hostile", "moderation", "sentiment", "reading", "base_rate", "care", "claims", "events",
    "plans", "topics", "injection", "grounding", "atmosphere", "alerts", "profiles", "teams", "seatings", "cost", "recognition", "exchange",
)  # fmt: skip
# Has no cases of its own: it runs when somebody names a folder of theirs.
COMMUNITY = "community"
COMMUNITY_ABOUT = "a community's own decisions, answers and changes"


class _Suites(Mapping[str, Suite]):
    """Suites by name. A module is imported when its suite is first asked for: all of them load every library there is."""

    def __getitem__(self, name: str) -> Suite:
        if name not in NAMES:
            raise KeyError(name)
        suite: Suite = import_module(f"eval.suites.{name}").SUITE
        return suite

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


SUITES: Mapping[str, Suite] = _Suites()


def choose(names: Sequence[str], known: Mapping[str, Suite] = SUITES) -> list[Suite]:
    """Return the named suites of those `known`, in running order, all of them for no names.

    Raises:
        InvalidInput: there is no suite of that name.
    """
    return [known[name] for name in choose_names(names, list(known))]


def choose_names(names: Sequence[str], known: Sequence[str] = NAMES) -> list[str]:
    """Return the same names in running order, all for none, and import nothing.

    Raises:
        InvalidInput: there is no suite of that name.
    """
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise InvalidInput(f"there is no suite {', '.join(unknown)}; known are {', '.join(known)}", field="suite")
    return [name for name in known if not names or name in names]
