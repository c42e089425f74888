"""What members do for each other, as recognition takes it: features offer acts through the port `Acts`.

An act counts for whoever did it and rests on what somebody else did in return: thanks, a return, a check-in. Nobody's own
posting is an act.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from copilot.community.store import Unit


@dataclass(frozen=True, slots=True)
class Act:
    """Something done for somebody, and who says so by what they did.

    Attributes:
        rule: which rule it falls under, such as `answer_thanked`.
        earner_id: the member who did it.
        giver_id: the member whose own act proves it; None for the community's staff.
        at: when it was proved, aware.
        evidence_kind: what record shows it, such as `message`.
        evidence_id: that record.
    """

    rule: str
    earner_id: str
    giver_id: str | None
    at: datetime
    evidence_kind: str
    evidence_id: str


class Acts(Protocol):
    """A source of acts. It reads only; it names nobody who lets no machine look at them."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterable[Act]:
        """Return the acts proved in [since, until); the same act every time it is asked."""
        ...

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return which of these records no longer prove anything: recalled, withdrawn, overturned.

        Records that are gone with an erased member are not taken back; kinds the source does not know give nothing.
        """
        ...
