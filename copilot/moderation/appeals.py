"""Appeals: a member says once that a decision about them is wrong, and somebody else looks at it again.

Overturning takes the decision back whole, in the same transaction. Who decided or confirmed does not answer; an operator
does only where nobody else may decide cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Select, select, update

from copilot.community.ids import new_id
from copilot.community.outbox import emit
from copilot.community.reader import reader_locale
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Appeal, Case, Decision
from copilot.community.text import clean_text
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.cases import changed_one, checked_actor
from copilot.moderation.decision_wording import appeal_sentence, moment_said, refusal
from copilot.moderation.models import CaseStatus, Verdict
from copilot.moderation.persons import has_moderator_besides, is_among
from copilot.moderation.recording import Authority, record, take_back
from copilot.moderation.rulings import Ruling, checked_reason
from copilot.moderation.terms import terms_of

TEXT_MAX_CHARS = 2_000


class AppealOutcome(StrEnum):
    """What became of an appeal; `settled`: the decision was taken back before anybody answered."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    SETTLED = "settled"


class AfterOverturn(StrEnum):
    """What becomes of the case: closed without a violation, or looked at anew."""

    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True)
class AppealView:
    """An appeal.

    Attributes:
        outcome: None while it waits.
        answer: the reason, for the member.
        decided_as: `moderator`, or `operator` where the community has no second moderator; empty while it waits.
        sentence: how it stands, in the community's language.
    """

    id: str
    decision_id: str
    case_id: str
    member_id: str
    text: str
    outcome: AppealOutcome | None
    answer: str
    decided_as: str
    created_at: datetime
    decided_at: datetime | None
    sentence: str


@dataclass(frozen=True)
class AppealAnswer:
    """What somebody says to an appeal; `after` matters only when it is overturned."""

    outcome: AppealOutcome
    reason: str
    after: AfterOverturn = AfterOverturn.CLOSE

    @classmethod
    def parse(cls, outcome: str, reason: str, after: str = "close") -> AppealAnswer:
        """Return a checked answer.

        Raises:
            InvalidInput: an unknown word, or no reason, or an endless one.
        """
        for field, given, known in (
            ("outcome", outcome, [AppealOutcome.UPHELD, AppealOutcome.OVERTURNED]), ("after", after, list(AfterOverturn)),
        ):  # fmt: skip
            if given not in known:
                raise InvalidInput(field=field, **refusal("unknown_word", field=field, known=", ".join(known)))
        words = checked_reason(reason)
        if not words:
            raise InvalidInput(field="reason", **refusal("answer_missing"))
        return cls(AppealOutcome(outcome), words, AfterOverturn(after))


class AppealDesk:
    """Takes appeals and answers them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def submit(self, community_id: str, decision_id: str, member_id: str, text: str, *, actor: str) -> AppealView:
        """Appeal a decision about oneself, once.

        Raises:
            NotFound: there is no such decision about this member here.
            Conflict: it found no violation, was taken back, is too old, or was appealed already.
            InvalidInput: no text, or an endless one.
        """
        words = clean_text(text)
        if not 1 <= len(words) <= TEXT_MAX_CHARS:
            raise InvalidInput(field="text", limit=TEXT_MAX_CHARS, **refusal("appeal_text", limit=TEXT_MAX_CHARS))
        with self._store.write(community_id) as unit:
            decision = unit.find(Decision, decision_id)
            case = None if decision is None else unit.get(Case, decision.case_id)
            if decision is None or case is None or case.member_id != member_id:
                raise NotFound(f"there is no decision {decision_id!r} about you", kind="decision", id=decision_id)
            _require_appealable(unit, decision)
            row = unit.add(
                Appeal(
                    id=new_id("apl"), decision_id=decision_id, member_id=member_id, text=words, created_at=unit.now,
                )
            )  # fmt: skip
            unit.session.flush()
            note = {"appeal_id": row.id, "decision_id": decision_id, "case_id": case.id, "member_id": member_id}
            emit(unit, "appeal.received", note)
            unit.audit(actor, "appeal.received", ("appeal", row.id), decision_id=decision_id, case_id=case.id)
            return _view(unit, row, case.id)

    def answer(
        self, community_id: str, appeal_id: str, answer: AppealAnswer, *, actor: str, is_moderator: bool = True
    ) -> AppealView:
        """Uphold or overturn; overturning undoes every effect of the decision in this transaction.

        Args:
            community_id: whose appeal it is.
            appeal_id: the appeal.
            answer: what is said.
            actor: who says it.
            is_moderator: whether they may decide cases; an operator who may not stands in where no moderator is left.

        Raises:
            NotFound: there is no such appeal here.
            Conflict: it has been answered, or `actor` decided, or an operator would pass over a moderator.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            row = unit.get(Appeal, appeal_id)
            decision = unit.get(Decision, row.decision_id)
            case = unit.get(Case, decision.case_id)
            deciders = [decision.decided_by, decision.confirmed_by]
            if is_among(unit, actor, deciders):
                raise Conflict(appeal_id=appeal_id, reason="own_decision", **refusal("own_decision"))
            if not is_moderator and has_moderator_besides(unit, deciders):
                raise Conflict(appeal_id=appeal_id, reason="moderators_first", **refusal("moderators_first"))
            _close(unit, row, answer, actor, "moderator" if is_moderator else "operator")
            if answer.outcome is AppealOutcome.OVERTURNED:
                _overturn(unit, case, decision, answer, Authority(actor, appeal_id=appeal_id))
            note = {"appeal_id": row.id, "decision_id": decision.id, "case_id": case.id, "member_id": row.member_id}
            emit(unit, "appeal.decided", {**note, "outcome": answer.outcome.value})
            unit.audit(
                actor, f"appeal.{answer.outcome.value}", ("appeal", appeal_id), decision_id=decision.id,
                case_id=case.id, reason=answer.reason, decided_as=row.decided_as, case_status=case.status,
            )  # fmt: skip
            return _view(unit, row, case.id)

    def get(self, community_id: str, appeal_id: str, member_id: str | None = None) -> AppealView:
        """Return one appeal; with `member_id` only that member's own.

        Raises:
            NotFound: there is no such appeal here, or it is another member's; the two are not told apart.
        """
        with self._store.read(community_id) as unit:
            row = unit.get(Appeal, appeal_id)
            if member_id is not None and row.member_id != member_id:
                raise NotFound(f"there is no appeal {appeal_id!r} in this community", kind="appeal", id=appeal_id)
            return _view(unit, row, unit.get(Decision, row.decision_id).case_id)

    def page(
        self,
        community_id: str,
        *,
        waiting: bool | None = None,
        member_id: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page[AppealView]:
        """Return appeals, newest first; `waiting` keeps those without an outcome, or those with one.

        Raises:
            InvalidInput: an unknown cursor, or a limit outside 1-200.
        """
        with self._store.read(community_id) as unit:
            statement: Select[Appeal] = select(Appeal)
            if waiting is not None:
                statement = statement.where(Appeal.outcome.is_(None) if waiting else Appeal.outcome.is_not(None))
            if member_id is not None:
                statement = statement.where(Appeal.member_id == member_id)
            page = unit.page(statement, (Appeal.created_at, Appeal.id), limit=limit, cursor=cursor)
            decisions = unit.get_many(Decision, [row.decision_id for row in page.items])
            return Page([_view(unit, row, decisions[row.decision_id].case_id) for row in page.items], page.next_cursor)


def _require_appealable(unit: Unit, decision: Decision) -> None:
    earlier = unit.session.scalar(select(Appeal.id).where(Appeal.decision_id == decision.id))
    if earlier is not None:
        raise Conflict(appeal_id=earlier, **refusal("appealed_already"))
    if decision.verdict != Verdict.VIOLATION:
        raise Conflict(decision_id=decision.id, **refusal("nothing_to_appeal"))
    if decision.undone_at is not None:
        raise Conflict(decision_id=decision.id, **refusal("taken_back"))
    until = decision.decided_at + timedelta(days=terms_of(unit).terms.appeal_days)
    if unit.now >= until:
        raise Conflict(
            decision_id=decision.id, **refusal("too_late", until=moment_said(until, unit.community().timezone))
        )


def _close(unit: Unit, row: Appeal, answer: AppealAnswer, actor: str, decided_as: str) -> None:
    """Answer an appeal that waits; of two who answer at once, one is let through."""
    statement = (
        update(Appeal)
        .where(Appeal.id == row.id, Appeal.outcome.is_(None))
        .values(
            outcome=answer.outcome.value, answer=answer.reason, decided_by=actor, decided_as=decided_as,
            decided_at=unit.now,
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    if not changed_one(unit, statement):
        raise Conflict(appeal_id=row.id, **refusal("appeal_answered"))
    unit.session.refresh(row)


def _overturn(unit: Unit, case: Case, decision: Decision, answer: AppealAnswer, by: Authority) -> None:
    take_back(unit, case, decision, by.actor, answer.reason, by.appeal_id)
    if answer.after is AfterOverturn.CLOSE and case.status == CaseStatus.OPEN:
        record(unit, case, Ruling(Verdict.NO_VIOLATION, reason=answer.reason), by)


def _view(unit: Unit, row: Appeal, case_id: str) -> AppealView:
    outcome = None if row.outcome is None else AppealOutcome(row.outcome)
    return AppealView(
        id=row.id, decision_id=row.decision_id, case_id=case_id, member_id=row.member_id, text=row.text,
        outcome=outcome, answer=row.answer or "", decided_as=row.decided_as or "", created_at=row.created_at,
        decided_at=row.decided_at, sentence=appeal_sentence(reader_locale(unit), row.outcome, row.decided_as or ""),
    )  # fmt: skip
