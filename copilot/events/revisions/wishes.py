"""What somebody wants changed in a plan, as data. `requests.py` reads it from words, `patch.py` from fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from copilot.events.briefs.brief import Understood

# Things whose people or places can be chosen anew without naming one.
# "A speaker" is the first of them, "the speakers" are all.
SPEAKERS, ALL_SPEAKERS, HOST, VENUE = "speaker", "speakers", "host", "venue"


@dataclass(frozen=True)
class Wish:
    """A change of a plan.

    Attributes:
        brief: fields of the brief with their new values; None takes a budget's cap away.
        repick: `speaker`, `speakers`, `host`, `venue`, or the id of a record that is to be replaced wherever it stands.
        picks: address of a pick (`agenda.pitch`, `roles.host`, `resources.venue`) -> id of a record, or None for nobody.
        values: address of a text, a price, a number or a day -> its new value.
        understood: the words that were read, by field.
    """

    brief: Mapping[str, Any] = field(default_factory=dict)
    repick: frozenset[str] = frozenset()
    picks: Mapping[str, str | None] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    understood: tuple[Understood, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to change."""
        return not (self.brief or self.repick or self.picks or self.values)
