"""What a decision does inside the service and the notes for those who act outside; each effect has its way back.

Nothing is done to anybody here but hiding a message: warnings, mutes and removals are told by signed webhook.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Text, cast, select

from copilot.community.ids import new_id
from copilot.community.outbox import emit
from copilot.community.store import Unit
from copilot.community.tables import Case, CaseItem, Decision, Message, Sanction, Strike
from copilot.errors import InvalidInput
from copilot.moderation.decision_wording import refusal
from copilot.moderation.models import Action, Severity, Verdict
from copilot.moderation.rulings import PERSONAL
from copilot.moderation.terms import Terms

_TOLD = frozenset({Action.WARNING, Action.HIDE, Action.MUTE, Action.REMOVAL})


def carry_out(unit: Unit, case: Case, decision: Decision, terms: Terms) -> list[dict[str, Any]]:
    """Do what the decision says and return everything that was done.

    Raises:
        InvalidInput: it would be done to a person, and nobody is known as the sender.
    """
    action = Action(decision.action)
    if action in PERSONAL and case.member_id is None:
        raise InvalidInput(field="action", **refusal("nobody_known"))
    effects: list[dict[str, Any]] = []
    if action is Action.HIDE:
        effects += _hide(unit, case)
    elif action in PERSONAL:
        effects.append(_sanction(unit, str(case.member_id), decision))
    # A violation of which nothing shall follow counts for nothing later, either.
    if decision.verdict == Verdict.VIOLATION and action in _TOLD and case.member_id is not None:
        effects += _strike(unit, case.member_id, decision, terms)
    return effects


def reverse(unit: Unit, decision: Decision) -> list[dict[str, Any]]:
    """Reverse every effect of a decision that no longer stands; return each with its outcome."""
    done: list[dict[str, Any]] = []
    for effect in decision.effects:
        outcome = "withdrawn"  # what was only recommended, before sanctions were kept
        if effect["kind"] == "hide_message":
            outcome = _show_again(unit, effect["message_id"], decision)
        elif effect["kind"] == "add_strike":
            strike = unit.find(Strike, effect["strike_id"])
            outcome = "gone" if strike is None else "voided"
            if strike is not None:
                strike.voided_at = unit.now
        elif effect["kind"] == "sanction":
            sanction = unit.find(Sanction, effect["sanction_id"])
            outcome = "gone" if sanction is None else "lifted"
            if sanction is not None:
                sanction.lifted_at = unit.now
        done.append({**effect, "outcome": outcome})
    return done


def tell_decided(unit: Unit, case: Case, decision: Decision) -> None:
    """Note the decision, and what somebody outside is to do, for webhooks."""
    emit(
        unit,
        "case.decided",
        {
            **_who(case, decision), "verdict": decision.verdict, "action": decision.action, "category": case.category,
            "severity": decision.severity, "clause_id": decision.clause_id,
        },
    )  # fmt: skip
    if decision.action not in _TOLD:
        return
    payload = _who(case, decision) | {"message_ids": _hidden(decision.effects)}
    if decision.until is not None:
        payload["until"] = decision.until.isoformat()
    emit(unit, f"action.{decision.action}", payload)


def tell_reversed(
    unit: Unit, case: Case, decision: Decision, done: Sequence[dict[str, Any]], appeal_id: str | None
) -> None:
    """Note that the decision no longer stands, and what is to be taken back outside."""
    emit(unit, "case.reversed", {**_who(case, decision), "action": decision.action, "appeal_id": appeal_id})
    if decision.action in _TOLD:
        shown = _hidden([effect for effect in done if effect["outcome"] == "shown"])
        payload = _who(case, decision) | {"action": decision.action, "message_ids": shown, "appeal_id": appeal_id}
        emit(unit, "action.reversed", payload)


def messages_of(unit: Unit, case: Case) -> list[Message]:
    """Return every message of a case, in a fixed order; those a detector withdrew are not looked at any more."""
    items = select(CaseItem.message_id).where(CaseItem.case_id == case.id, CaseItem.withdrawn_at.is_(None))
    found = unit.get_many(Message, [case.message_id, *unit.session.scalars(items)])
    return sorted(found.values(), key=lambda message: (message.sent_at, message.id))


def _hide(unit: Unit, case: Case) -> list[dict[str, Any]]:
    messages = messages_of(unit, case)
    for message in messages:
        if message.hidden_at is None:
            message.hidden_at = unit.now
    return [{"kind": "hide_message", "message_id": message.id} for message in messages]


def _sanction(unit: Unit, member_id: str, decision: Decision) -> dict[str, Any]:
    row = unit.add(
        Sanction(
            id=new_id("san"), member_id=member_id, decision_id=decision.id, kind=decision.action, created_at=unit.now,
            until=decision.until,
        )
    )  # fmt: skip
    return {"kind": "sanction", "action": decision.action, "sanction_id": row.id, "member_id": member_id}


def _strike(unit: Unit, member_id: str, decision: Decision, terms: Terms) -> list[dict[str, Any]]:
    days = terms.strike_days[Severity(decision.severity)]
    if not days:
        return []
    strike = unit.add(
        Strike(
            id=new_id("str"), member_id=member_id, decision_id=decision.id, severity=decision.severity,
            created_at=unit.now, expires_at=unit.now + timedelta(days=days),
        )
    )  # fmt: skip
    return [{"kind": "add_strike", "strike_id": strike.id, "member_id": member_id}]


def _who(case: Case, decision: Decision) -> dict[str, Any]:
    return {"case_id": case.id, "decision_id": decision.id, "member_id": case.member_id}


def _hidden(effects: Sequence[dict[str, Any]]) -> list[str]:
    return [effect["message_id"] for effect in effects if effect["kind"] == "hide_message"]


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
