"""The states of a loan and every step between them: who may take it, from where, to where. Nothing else moves a loan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class LoanStatus(StrEnum):
    """Where a loan stands."""

    REQUESTED = "requested"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    LENT = "lent"
    GRANTED = "granted"
    OVERDUE = "overdue"
    HANDED_BACK = "handed_back"
    DISPUTED = "disputed"
    RETURNED = "returned"
    USED = "used"
    LOST = "lost"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Side(StrEnum):
    """In what part somebody acts."""

    BORROWER = "borrower"
    LENDER = "lender"
    OPERATOR = "operator"
    SYSTEM = "system"


class Step(StrEnum):
    """What is done with a loan."""

    QUEUE = "queue"
    MOVE_UP = "move_up"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    CANCEL = "cancel"
    HAND_OVER = "hand_over"
    HAND_BACK = "hand_back"
    CONFIRM_RETURN = "confirm_return"
    DENY_RETURN = "deny_return"
    USE_UP = "use_up"
    ASK_EXTENSION = "ask_extension"
    REFUSE_EXTENSION = "refuse_extension"
    EXTEND = "extend"
    DISPUTE = "dispute"
    SETTLE = "settle"
    FALL_DUE = "fall_due"
    EXPIRE = "expire"


S = LoanStatus
OPEN = frozenset({S.REQUESTED, S.WAITING, S.ACCEPTED, S.LENT, S.GRANTED, S.OVERDUE, S.HANDED_BACK, S.DISPUTED})
# Ended after the unit was in use: these have outcomes.
ENDED_IN_USE = frozenset({S.RETURNED, S.USED, S.LOST})
_BORROWER = frozenset({Side.BORROWER, Side.OPERATOR})
_LENDER = frozenset({Side.LENDER, Side.OPERATOR})
_EITHER = _BORROWER | _LENDER
_OPERATOR = frozenset({Side.OPERATOR})
_SYSTEM = frozenset({Side.SYSTEM})


@dataclass(frozen=True)
class Rule:
    """Who may take a step, and where it may lead from each state; one that needs words is refused without."""

    sides: frozenset[Side]
    moves: Mapping[LoanStatus, tuple[LoanStatus, ...]]
    needs_words: bool = False


def _to(target: LoanStatus, *origins: LoanStatus) -> dict[LoanStatus, tuple[LoanStatus, ...]]:
    return dict.fromkeys(origins, (target,))


_STAYS = {S.LENT: (S.LENT,), S.GRANTED: (S.GRANTED,), S.OVERDUE: (S.OVERDUE,)}
TRANSITIONS: dict[Step, Rule] = {
    Step.QUEUE: Rule(_SYSTEM, _to(S.WAITING, S.REQUESTED)),
    Step.MOVE_UP: Rule(_SYSTEM, _to(S.REQUESTED, S.WAITING)),
    Step.ACCEPT: Rule(_LENDER | _SYSTEM, _to(S.ACCEPTED, S.REQUESTED, S.WAITING)),
    Step.DECLINE: Rule(_LENDER, _to(S.DECLINED, S.REQUESTED, S.WAITING), needs_words=True),
    Step.WITHDRAW: Rule(_BORROWER, _to(S.WITHDRAWN, S.REQUESTED, S.WAITING, S.ACCEPTED)),
    Step.CANCEL: Rule(_LENDER, _to(S.CANCELLED, S.ACCEPTED), needs_words=True),
    Step.HAND_OVER: Rule(_LENDER, {S.ACCEPTED: (S.LENT, S.GRANTED)}),
    Step.HAND_BACK: Rule(_BORROWER, _to(S.HANDED_BACK, S.LENT, S.OVERDUE)),
    Step.CONFIRM_RETURN: Rule(_LENDER, _to(S.RETURNED, S.LENT, S.OVERDUE, S.HANDED_BACK)),
    Step.DENY_RETURN: Rule(_LENDER, {S.HANDED_BACK: (S.LENT, S.OVERDUE)}, needs_words=True),
    Step.USE_UP: Rule(_EITHER, _to(S.USED, S.GRANTED, S.OVERDUE)),
    Step.ASK_EXTENSION: Rule(_BORROWER, _STAYS),
    Step.REFUSE_EXTENSION: Rule(_LENDER, _STAYS, needs_words=True),
    Step.EXTEND: Rule(_LENDER, {S.LENT: (S.LENT,), S.GRANTED: (S.GRANTED,), S.OVERDUE: (S.LENT, S.GRANTED)}),
    Step.DISPUTE: Rule(
        _EITHER, _to(S.DISPUTED, S.LENT, S.GRANTED, S.OVERDUE, S.HANDED_BACK, S.RETURNED, S.USED), needs_words=True
    ),
    Step.SETTLE: Rule(_OPERATOR, {S.DISPUTED: (S.RETURNED, S.USED, S.LOST, S.LENT, S.GRANTED)}, needs_words=True),
    Step.FALL_DUE: Rule(_SYSTEM, _to(S.OVERDUE, S.LENT, S.GRANTED)),
    Step.EXPIRE: Rule(_SYSTEM, _to(S.EXPIRED, S.REQUESTED, S.WAITING, S.ACCEPTED)),
}  # fmt: skip
# What people ask for; the others come about by themselves.
ASKED = tuple(step for step, rule in TRANSITIONS.items() if rule.sides != _SYSTEM)


def targets(step: Step, status: str) -> tuple[LoanStatus, ...]:
    """Return where a step may lead from this state; empty when it is not allowed there."""
    return TRANSITIONS[step].moves.get(LoanStatus(status), ())


def open_steps(status: str, sides: frozenset[Side], mode: str) -> list[Step]:
    """Return the steps that somebody in these parts may take now, in the order of the table."""
    return [
        step
        for step in ASKED
        if TRANSITIONS[step].sides & sides - {Side.SYSTEM} and targets(step, status) and _fits(step, mode)
    ]


def _fits(step: Step, mode: str) -> bool:
    """Whether a step makes sense for what is lent (comes back) or granted (is spent)."""
    if mode == "grant":
        return step not in {Step.HAND_BACK, Step.CONFIRM_RETURN, Step.DENY_RETURN}
    return step is not Step.USE_UP
