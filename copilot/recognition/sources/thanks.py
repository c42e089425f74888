"""Acts members said thanks for with their own key, or through an operator."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from copilot.community.acts import Act
from copilot.community.conversation import is_visible
from copilot.community.store import Unit
from copilot.community.tables import Message, Thanks

RULES = {"answer": "answer_thanked", "write_up": "write_up", "welcome": "newcomer_welcomed"}


class SaidThanks:
    """Reads `Thanks`. The evidence is what was thanked for, so that chat and key together count once."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterator[Act]:
        """Yield one act for each thanks that stands."""
        statement = select(Thanks).where(
            Thanks.withdrawn_at.is_(None), Thanks.created_at >= since, Thanks.created_at < until
        )
        for row in unit.session.scalars(statement):
            yield Act(RULES[row.kind], row.member_id, row.from_id, row.created_at, row.evidence_kind, row.evidence_id)

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return messages that were recalled or hidden; thanks that are withdrawn are reversed at once, one by one."""
        if evidence_kind != "message":
            return set()
        return {row.id for row in unit.get_many(Message, evidence_ids).values() if not is_visible(row)}
