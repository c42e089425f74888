"""How a member stands: strikes, warnings, mutes and decisions about them, with dates. For the member and for moderators.

Who decided and who reported is not in it; it is what the member may read of themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from copilot.community.reader import reader_locale
from copilot.community.store import Store, Unit
from copilot.community.tables import Appeal, Case, Decision, Member, Sanction, Strike
from copilot.moderation.decision_wording import moment_said, own_decision_sentence
from copilot.moderation.ladder import strikes_in_force
from copilot.moderation.models import Verdict
from copilot.moderation.terms import terms_of

_MOST = 50


@dataclass(frozen=True)
class StrikeView:
    """A strike; it counts while `is_in_force`."""

    id: str
    decision_id: str
    severity: str
    created_at: datetime
    expires_at: datetime
    voided_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True)
class SanctionView:
    """A warning, mute or removal; `until` is when a mute ends, `lifted_at` when the decision was taken back."""

    id: str
    decision_id: str
    kind: str
    created_at: datetime
    until: datetime | None
    lifted_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True)
class OwnDecision:
    """A violation that was found, as its member may know it.

    Attributes:
        clause: title of the clause in the community's language; empty when it is not in the policy any more.
        appeal_until: the last moment to appeal.
        appeal_id: the appeal that was made; None while none was.
        sentence: whether it holds, and until when it can be appealed.
    """

    id: str
    case_id: str
    category: str
    severity: str
    action: str
    reason: str
    clause_id: str
    clause: str
    decided_at: datetime
    until: datetime | None
    undone_at: datetime | None
    appeal_until: datetime
    appeal_id: str | None
    appeal_outcome: str | None
    sentence: str


@dataclass(frozen=True)
class Standing:
    """How a member stands; each list newest first, at most 50."""

    member_id: str
    strikes_in_force: int
    strikes: list[StrikeView]
    sanctions: list[SanctionView]
    decisions: list[OwnDecision]


class StandingDesk:
    """Shows how members stand."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, community_id: str, member_id: str) -> Standing:
        """Return how a member stands.

        Raises:
            NotFound: there is no such member here.
        """
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            strikes = unit.session.scalars(
                select(Strike)
                .where(Strike.member_id == member_id)
                .order_by(Strike.created_at.desc(), Strike.id.desc())
                .limit(_MOST)
            ).all()
            sanctions = unit.session.scalars(
                select(Sanction)
                .where(Sanction.member_id == member_id)
                .order_by(Sanction.created_at.desc(), Sanction.id.desc())
                .limit(_MOST)
            ).all()
            return Standing(
                member_id=member_id,
                strikes_in_force=strikes_in_force(unit, member_id),
                strikes=[_strike(row, unit.now) for row in strikes],
                sanctions=[_sanction(row, unit.now) for row in sanctions],
                decisions=_decisions(unit, member_id),
            )


def _strike(row: Strike, now: datetime) -> StrikeView:
    return StrikeView(
        row.id, row.decision_id, row.severity, row.created_at, row.expires_at, row.voided_at,
        is_in_force=row.voided_at is None and row.expires_at > now,
    )  # fmt: skip


def _sanction(row: Sanction, now: datetime) -> SanctionView:
    runs = row.until is None or row.until > now
    return SanctionView(
        row.id, row.decision_id, row.kind, row.created_at, row.until, row.lifted_at,
        is_in_force=row.lifted_at is None and runs,
    )  # fmt: skip


def _decisions(unit: Unit, member_id: str) -> list[OwnDecision]:
    statement = (
        select(Decision, Case.category, Case.severity)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.member_id == member_id, Decision.verdict == Verdict.VIOLATION.value)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(_MOST)
    )
    rows = unit.session.execute(statement).all()
    appeals = _appeals(unit, [row.Decision.id for row in rows])
    community = unit.community()
    locale = reader_locale(unit)
    title = "title_zh" if locale == "zh-CN" else "title_en"
    titles = {str(clause.get("id")): str(clause.get(title) or "") for clause in community.policy}
    days = timedelta(days=terms_of(unit).terms.appeal_days)
    found: list[OwnDecision] = []
    for decision, category, severity in rows:
        until = decision.decided_at + days
        state = "undone" if decision.undone_at is not None else "stands" if until > unit.now else "closed"
        appeal = appeals.get(decision.id)
        found.append(
            OwnDecision(
                id=decision.id, case_id=decision.case_id, category=category, severity=decision.severity or severity,
                action=decision.action, reason=decision.reason, clause_id=decision.clause_id,
                clause=titles.get(decision.clause_id, ""), decided_at=decision.decided_at, until=decision.until,
                undone_at=decision.undone_at, appeal_until=until, appeal_id=appeal.id if appeal else None,
                appeal_outcome=appeal.outcome if appeal else None,
                sentence=own_decision_sentence(locale, state, moment_said(until, community.timezone)),
            )
        )  # fmt: skip
    return found


def _appeals(unit: Unit, decision_ids: Sequence[str]) -> dict[str, Appeal]:
    statement = select(Appeal).where(Appeal.decision_id.in_(decision_ids))
    return {row.decision_id: row for row in unit.session.scalars(statement)}
