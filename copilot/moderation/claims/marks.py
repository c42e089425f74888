"""Which messages wait to be held against the records: recent ones that name a number, a rule or a change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from copilot.community.store import Unit
from copilot.community.tables import Message
from copilot.moderation.claims.checking import may_claim

PURPOSE = "claim"
LOOK_BACK = timedelta(days=14)


def mark_claims(unit: Unit, messages: Iterable[Message]) -> None:
    """Note messages of this unit that may hold a claim; the look at the records comes later, outside of it."""
    since = unit.now - LOOK_BACK
    unit.mark_stale(
        [(PURPOSE, "message", m.id) for m in messages if m.sent_at >= since and m.text and may_claim(m.text)]
    )
