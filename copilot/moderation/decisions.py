"""Deciding a case and undoing it. A decision is one transaction, lists every side effect, and can be taken back whole.

Nothing leaves the service: `mute` and `removal` are recorded as recommendations to the people who run the group.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Text, cast, select, update

from copilot.community.ids import new_id
from copilot.community.store import Store, Unit
from copilot.community.tables import Case, CaseItem, Decision, Message, Strike
from copilot.community.text import clean_text
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.case_views import CaseView, DecisionView, decision_view, view_of
from copilot.moderation.cases import changed_one, checked_actor, held_conflict, is_free_for
from copilot.moderation.models import Action, CaseStatus, Verdict

STRIKE_LIFETIME = timedelta(days=90)
REASON_MAX_CHARS = 2_000


@dataclass(frozen=True)
class Ruling:
    """What a moderator decides. The verdict is apart from the action; the default action is none."""

    verdict: Verdict
    action: Action = Action.NONE
    reason: str = ""

    @classmethod
    def parse(cls, verdict: str, action: str = "none", reason: str = "") -> Ruling:
        """Return a checked ruling.

        Raises:
            InvalidInput: an unknown word, an action without a reason or against the verdict, or an endless reason.
        """
        words = (("verdict", verdict, [v.value for v in Verdict]), ("action", action, [a.value for a in Action]))
        for name, given, known in words:
            if given not in known:
                raise InvalidInput(f"unknown {name} {given!r}; known: {', '.join(known)}", field=name)
        ruling = cls(Verdict(verdict), Action(action), clean_text(reason))
        if len(ruling.reason) > REASON_MAX_CHARS:
            raise InvalidInput(
                f"a reason has at most {REASON_MAX_CHARS} characters", field="reason", limit=REASON_MAX_CHARS
            )
        if ruling.action is not Action.NONE and not ruling.reason:
            raise InvalidInput("an action needs a reason that the member could be told", field="reason")
        if ruling.verdict is Verdict.NO_VIOLATION and ruling.action not in {Action.NONE, Action.NOTE}:
            raise InvalidInput("without a violation nothing follows but a note", field="action")
        return ruling


class DecisionDesk:
    """Decides cases and takes decisions back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def decide(self, community_id: str, case_id: str, ruling: Ruling, *, actor: str) -> DecisionView:
        """Close the case with `ruling` and carry out what follows inside the service.

        Raises:
            NotFound: there is no such case here.
            Conflict: somebody else holds the case, or it is not open.
            InvalidInput: a warning where the sender is unknown.
        """
        actor = checked_actor(actor)
        with self._store.write(community_id) as unit:
            case = unit.get(Case, case_id)
            statement = (
                update(Case)
                .where(Case.id == case_id, Case.status == CaseStatus.OPEN.value, is_free_for(actor, unit.now))
                .values(status=CaseStatus.DECIDED.value, decided_at=unit.now, claimed_by=actor, lease_expires_at=None)
                .execution_options(synchronize_session=False)
            )
            if not changed_one(unit, statement):
                raise held_conflict(unit, case)
            unit.session.refresh(case)
            decision = Decision(
                id=new_id("dec"), case_id=case_id, verdict=ruling.verdict.value, action=ruling.action.value,
                reason=ruling.reason, decided_by=actor, decided_at=unit.now,
            )  # fmt: skip
            unit.add(decision)
            unit.session.flush()
            decision.effects = _carry_out(unit, case, decision)
            unit.audit(
                actor, "case.decided", ("case", case_id), decision_id=decision.id, verdict=decision.verdict,
                decided_action=decision.action, effects=decision.effects, category=case.category, score=case.score,
                detector=case.detector, detector_version=case.detector_version,
            )  # fmt: skip
            return decision_view(decision)

    def undo(self, community_id: str, case_id: str, *, actor: str, reason: str = "") -> CaseView:
        """Take the standing decision back, reverse every effect and open the case again, in one transaction.

        A case whose message was recalled meanwhile is not opened again: there is nothing left to look at.

        Raises:
            NotFound: there is no such case here.
            Conflict: no decision stands.
            InvalidInput: the reason is too long.
        """
        actor, words = checked_actor(actor), clean_text(reason)
        if len(words) > REASON_MAX_CHARS:
            raise InvalidInput(
                f"a reason has at most {REASON_MAX_CHARS} characters", field="reason", limit=REASON_MAX_CHARS
            )
        with self._store.write(community_id) as unit:
            case = unit.get(Case, case_id)
            decision = unit.session.scalar(
                select(Decision).where(Decision.case_id == case_id, Decision.undone_at.is_(None))
            )
            if decision is None or not _mark_undone(unit, decision, actor):
                raise Conflict("no decision of this case stands", case_id=case_id, status=case.status)
            unit.session.refresh(decision)
            reversed_effects = _reverse(unit, decision)
            is_gone = all(message.recalled_at is not None for message in _messages(unit, case))
            case.status = (CaseStatus.WITHDRAWN if is_gone else CaseStatus.OPEN).value
            case.claimed_by, case.claimed_at, case.lease_expires_at, case.decided_at = None, None, None, None
            unit.audit(
                actor, "decision.undone", ("case", case_id), decision_id=decision.id, reason=words,
                reversed=reversed_effects,
            )  # fmt: skip
            return view_of(case, unit.now)


def _mark_undone(unit: Unit, decision: Decision, actor: str) -> bool:
    statement = (
        update(Decision)
        .where(Decision.id == decision.id, Decision.undone_at.is_(None))
        .values(undone_at=unit.now, undone_by=actor)
        .execution_options(synchronize_session=False)
    )
    return changed_one(unit, statement)


def _carry_out(unit: Unit, case: Case, decision: Decision) -> list[dict[str, Any]]:
    """Do what the action says and return a list of everything that was done."""
    if decision.action == Action.HIDE:
        messages = _messages(unit, case)
        for message in messages:
            if message.hidden_at is None:
                message.hidden_at = unit.now
        return [{"kind": "hide_message", "message_id": message.id} for message in messages]
    if decision.action == Action.WARNING:
        if case.member_id is None:
            raise InvalidInput("nobody is known as the sender: there is nobody to warn", field="action")
        strike = Strike(
            id=new_id("str"), member_id=case.member_id, decision_id=decision.id, created_at=unit.now,
            expires_at=unit.now + STRIKE_LIFETIME,
        )  # fmt: skip
        unit.add(strike)
        return [{"kind": "add_strike", "strike_id": strike.id, "member_id": case.member_id}]
    if decision.action in {Action.MUTE, Action.REMOVAL}:
        return [{"kind": "recommend", "action": decision.action, "member_id": case.member_id}]
    return []


def _reverse(unit: Unit, decision: Decision) -> list[dict[str, Any]]:
    """Reverse the effects of `decision`; return what was done about each."""
    done: list[dict[str, Any]] = []
    for effect in decision.effects:
        outcome = "withdrawn"
        if effect["kind"] == "hide_message":
            outcome = _show_again(unit, effect["message_id"], decision)
        elif effect["kind"] == "add_strike":
            strike = unit.find(Strike, effect["strike_id"])
            outcome = "gone" if strike is None else "voided"
            if strike is not None:
                strike.voided_at = unit.now
        done.append({**effect, "outcome": outcome})
    return done


def _messages(unit: Unit, case: Case) -> list[Message]:
    """Return every message of a case, in a fixed order; those a detector withdrew are not looked at any more."""
    items = select(CaseItem.message_id).where(CaseItem.case_id == case.id, CaseItem.withdrawn_at.is_(None))
    found = unit.get_many(Message, [case.message_id, *unit.session.scalars(items)])
    return sorted(found.values(), key=lambda message: (message.sent_at, message.id))


def _show_again(unit: Unit, message_id: str, decision: Decision) -> str:
    """Make the message visible unless another standing decision hides it too."""
    hidden = cast(Decision.effects, Text).contains(message_id, autoescape=True)
    others = (
        select(Decision.id)
        .where(
            hidden,
            Decision.id != decision.id,
            Decision.action == Action.HIDE.value,
            Decision.undone_at.is_(None),
        )
        .limit(1)
    )
    if unit.session.scalar(others) is not None:
        return "still hidden by another decision"
    message = unit.find(Message, message_id)
    if message is None:
        return "gone"
    message.hidden_at = None
    return "shown"
