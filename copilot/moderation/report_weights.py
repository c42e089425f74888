"""What the reports of a case weigh: who reported, how far their earlier reports were borne out, and who is one voice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from copilot.community.store import Unit
from copilot.community.tables import Decision, Report
from copilot.moderation.models import Verdict
from copilot.moderation.reliability import UNKNOWN, Reliability, voice_weights, voices

# What somebody reported long ago says little about whom they act with today.
_LOOK_BACK = timedelta(days=180)
_MOST_REPORTS = 2_000


@dataclass(frozen=True)
class ReportsWeighed:
    """The reports of a case.

    Attributes:
        reporters: how many members reported.
        voices: as how many they count; those who always report together are one.
        weights: of each voice, 0-1.
    """

    reporters: int
    voices: int
    weights: tuple[float, ...]


def weigh_reports(unit: Unit, case_id: str) -> ReportsWeighed:
    """Return what the reports of a case weigh; a report whose author was erased is one voice nobody knows."""
    rows = unit.session.execute(
        select(Report.reporter_id).where(Report.case_id == case_id).order_by(Report.created_at, Report.id)
    ).all()
    known = list(dict.fromkeys(row.reporter_id for row in rows if row.reporter_id is not None))
    erased = sum(row.reporter_id is None for row in rows)
    groups = voices(known, _reported(unit, known)) if len(known) > 1 else [[one] for one in known]
    weights = voice_weights(groups, reliabilities(unit, known)) + [UNKNOWN.mean] * erased
    return ReportsWeighed(len(known) + erased, len(weights), tuple(weights))


def reliabilities(unit: Unit, reporter_ids: Iterable[str]) -> dict[str, Reliability]:
    """Return how far the decided reports of these members were borne out; those without any are absent."""
    ids = sorted(set(reporter_ids))
    statement = (
        select(Report.reporter_id, Decision.verdict, func.count(Report.case_id.distinct()))
        .join(Decision, Decision.case_id == Report.case_id)
        .where(Report.reporter_id.in_(ids), Decision.undone_at.is_(None))
        .group_by(Report.reporter_id, Decision.verdict)
    )
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for reporter_id, verdict, count in unit.session.execute(statement) if ids else ():
        counts[str(reporter_id)][verdict] = count
    return {
        reporter_id: Reliability(found.get(Verdict.VIOLATION, 0), found.get(Verdict.NO_VIOLATION, 0))
        for reporter_id, found in counts.items()
    }


def _reported(unit: Unit, reporter_ids: list[str]) -> dict[str, frozenset[str]]:
    statement = (
        select(Report.reporter_id, Report.message_id)
        .where(Report.reporter_id.in_(reporter_ids), Report.created_at >= unit.now - _LOOK_BACK)
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(_MOST_REPORTS)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for reporter_id, message_id in unit.session.execute(statement):
        found[str(reporter_id)].add(message_id)
    return {reporter_id: frozenset(messages) for reporter_id, messages in found.items()}
