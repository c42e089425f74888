"""Reports that a moderator found to be right; off by default, see the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import select

from copilot.community.acts import Act
from copilot.community.store import Unit
from copilot.community.tables import Decision, Report

_VIOLATION = "violation"


class UpheldReports:
    """An act of the reporter's, proved by staff."""

    def done(self, unit: Unit, since: datetime, until: datetime) -> Iterator[Act]:
        """Yield the acts of decisions taken in the window that stand."""
        statement = (
            select(Report.id, Report.reporter_id, Decision.decided_at)
            .join(Decision, Decision.case_id == Report.case_id)
            .where(
                Decision.verdict == _VIOLATION, Decision.undone_at.is_(None), Report.reporter_id.is_not(None),
                Decision.decided_at >= since, Decision.decided_at < until, Report.created_at < Decision.decided_at,
            )
            .order_by(Decision.decided_at, Report.id)
        )  # fmt: skip
        for report_id, reporter_id, decided_at in unit.session.execute(statement):
            if reporter_id is not None:
                yield Act("report_upheld", reporter_id, None, decided_at, "report", report_id)

    def taken_back(self, unit: Unit, evidence_kind: str, evidence_ids: Collection[str]) -> set[str]:
        """Return reports whose case no longer has a standing decision that something was wrong."""
        if evidence_kind != "report":
            return set()
        rows = unit.get_many(Report, evidence_ids).values()
        cases = sorted({row.case_id for row in rows if row.case_id is not None})
        standing: set[str] = set()
        for start in range(0, len(cases), 400):
            part = cases[start : start + 400]
            standing.update(
                unit.session.scalars(
                    select(Decision.case_id).where(
                        Decision.case_id.in_(part), Decision.verdict == _VIOLATION, Decision.undone_at.is_(None)
                    )
                )
            )
        return {row.id for row in rows if row.case_id is not None and row.case_id not in standing}
