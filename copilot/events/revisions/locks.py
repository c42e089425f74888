"""Locks: parts of a plan that a person has settled. Drafts that follow leave them as they are."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Sequence

from copilot.errors import InvalidInput
from copilot.events.revisions.addresses import Json, covers, holds, look, put
from copilot.events.revisions.wording import refusal

MAX_LOCKS = 100
_ADDRESS = re.compile(r"[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_~-]{1,80}){0,4}")
# Code alone writes these; there is nothing a person could settle.
_DERIVED = ("run_sheet", "to_confirm", "citations", "language", "budget.total_cents", "budget.reserve_cents")


def require_lockable(document: Json, addresses: Iterable[str]) -> list[str]:
    """Return the addresses, sorted, without those that lie below another of them.

    Raises:
        InvalidInput: too many, or one that is not in the plan or that code computes.
    """
    wanted = sorted(set(addresses))
    if len(wanted) > MAX_LOCKS:
        raise InvalidInput(
            f"at most {MAX_LOCKS} parts of a plan can be locked", field="locks", pointer="/locks", limit=MAX_LOCKS
        )
    for address in wanted:
        derived = any(covers(name, address) for name in _DERIVED)
        if derived or not _ADDRESS.fullmatch(address) or not holds(document, address):
            shown = address[:80]
            raise InvalidInput(
                f"{shown!r} is no part of this plan that can be locked", field="locks", pointer="/locks",
                reason="not_lockable", sentence=refusal("not_lockable", address=shown),
            )  # fmt: skip
    return [address for address in wanted if not any(covers(other, address) for other in wanted if other != address)]


def is_locked(locks: Sequence[str], address: str) -> bool:
    """Whether what is at an address is locked, by itself or with what it belongs to."""
    return any(covers(lock, address) for lock in locks)


def keep_locked(locks: Sequence[str], settled: Json, drafted: Json) -> Json:
    """Return the draft with every locked part as it was settled.

    A part that the draft has no place for any more stays away: a locked note of a segment goes with the segment.
    """
    kept = copy.deepcopy(drafted)
    for address in locks:
        if holds(settled, address) and holds(kept, address):
            put(kept, address, look(settled, address))
    return kept
