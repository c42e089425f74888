"""What each step does to a loan besides moving it: units go out and come back, days change, the line moves up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from copilot.community.embeddable import today
from copilot.community.store import Unit
from copilot.community.tables import Loan, Resource
from copilot.resources.ledger import Doer, give_out_again, hand_out, move, take_back
from copilot.resources.loan_models import LoanStep
from copilot.resources.models import MAX_DAYS
from copilot.resources.transitions import LoanStatus, Step, open_steps, targets
from copilot.resources.waiting import is_free, move_up
from copilot.resources.wording import refusal, said, wrong

# A step before it moves the loan: it checks, changes the row, and says where the loan goes.
_Effect = Callable[[Unit, Resource, Loan, LoanStep], LoanStatus]
# Units may have come free.
_FREEING = frozenset({Step.DECLINE, Step.WITHDRAW, Step.CANCEL, Step.CONFIRM_RETURN, Step.SETTLE})


def take_step(unit: Unit, resource: Resource, loan: Loan, asked: LoanStep, doer: Doer) -> None:
    """Do what was asked for; the caller holds the resource's lock and has checked who asks.

    Raises:
        Conflict: the loan is not where the step begins, or no unit is free.
        InvalidInput: the day or the outcome that the step needs is missing or wrong.
    """
    step = Step(asked.step)
    if not targets(step, loan.status) or step not in open_steps(loan.status, frozenset({doer.side}), loan.mode):
        raise not_allowed(loan)
    target = _EFFECTS.get(step, _only_moves(step))(unit, resource, loan, asked)
    move(unit, loan, step, target, doer)
    if step in _FREEING:
        move_up(unit, resource)
    unit.session.flush()


def not_allowed(loan: Loan) -> Exception:
    """Return the error that a step does not begin where the loan is, in both languages with the state in words."""
    error = refusal("step_not_allowed", status=loan.status)
    shown = {"position": "-", "day": loan.ends_on}
    sentence = {
        locale: said("step_not_allowed", locale, status=said(f"status.{loan.status}", locale, **shown))
        for locale in ("zh-CN", "en")
    }
    error.data["sentence"], error.data["status"] = sentence, loan.status
    return error


def _only_moves(step: Step) -> _Effect:
    def effect(_unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
        return targets(step, loan.status)[0]

    return effect


def _accept(unit: Unit, resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    if loan.member_id is None or not is_free(unit, resource, loan, with_requests=False):
        raise refusal("no_unit_free")
    loan.decided_at = unit.now
    return LoanStatus.ACCEPTED


def _decline(unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    loan.decided_at = unit.now
    return LoanStatus.DECLINED


def _hand_over(unit: Unit, resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    day = today(unit)
    if day < loan.starts_on:
        raise refusal("too_early", day=loan.starts_on)
    # Promised is not there: what came back late, or was closed since, cannot be handed over.
    if loan.member_id is None or not is_free(unit, resource, loan, with_requests=False):
        raise refusal("no_unit_free")
    hand_out(unit, loan)
    return LoanStatus.GRANTED if loan.mode == "grant" else LoanStatus.LENT


def _confirm_return(unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    take_back(unit, loan)
    return LoanStatus.RETURNED


def _deny_return(unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    return LoanStatus.OVERDUE if loan.ends_on < today(unit) else LoanStatus.LENT


def _ask_extension(unit: Unit, resource: Resource, loan: Loan, asked: LoanStep) -> LoanStatus:
    loan.extension_until = _until(unit, resource, loan, asked.until)
    return LoanStatus(loan.status)


def _refuse_extension(_unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    if loan.extension_until is None:
        raise not_allowed(loan)
    loan.extension_until = None
    return LoanStatus(loan.status)


def _extend(unit: Unit, resource: Resource, loan: Loan, asked: LoanStep) -> LoanStatus:
    until = _until(unit, resource, loan, asked.until or loan.extension_until)
    if not is_free(unit, resource, loan, with_requests=False, until=until):
        raise refusal("no_unit_free")
    loan.ends_on, loan.extension_until = until, None
    loan.extensions += 1
    return LoanStatus.GRANTED if loan.mode == "grant" else LoanStatus.LENT


def _until(unit: Unit, resource: Resource, loan: Loan, until: date | None) -> date:
    """Return the new last day.

    Raises:
        InvalidInput: none, one that is not later, or one beyond the terms.
    """
    after = max(loan.ends_on, today(unit))
    if until is None or until <= loan.ends_on or until < today(unit):
        raise wrong("until_needed", "until", day=after)
    limit = 2 * (resource.max_days or MAX_DAYS)
    if (until - loan.starts_on).days + 1 > limit:
        raise wrong("too_long", "until", limit=limit)
    if resource.expires_on is not None and until > resource.expires_on:
        raise wrong("after_expiry", "until", day=resource.expires_on)
    return until


def _dispute(_unit: Unit, _resource: Resource, loan: Loan, _asked: LoanStep) -> LoanStatus:
    loan.disputed_from = loan.status
    return LoanStatus.DISPUTED


def _settle(unit: Unit, resource: Resource, loan: Loan, asked: LoanStep) -> LoanStatus:
    if asked.settled_as is None:
        raise wrong("settled_as_needed", "settled_as")
    target = LoanStatus(asked.settled_as)
    if target not in targets(Step.SETTLE, loan.status) or target.value == _OTHER_MODE[loan.mode]:
        raise wrong("not_settled_like_this", "settled_as")
    was_back = loan.back_at is not None
    if target is LoanStatus.RETURNED and not was_back:
        take_back(unit, loan)
    elif target is not LoanStatus.RETURNED and was_back:
        # It is out after all; somebody else may have it by now, and then an operator must say something else.
        if not is_free(unit, resource, loan, with_requests=False):
            raise refusal("no_unit_free")
        give_out_again(unit, loan)
    loan.disputed_from = None
    return target


_OTHER_MODE = {"lend": LoanStatus.GRANTED.value, "grant": LoanStatus.LENT.value}
_EFFECTS: dict[Step, _Effect] = {
    Step.ACCEPT: _accept,
    Step.DECLINE: _decline,
    Step.HAND_OVER: _hand_over,
    Step.CONFIRM_RETURN: _confirm_return,
    Step.DENY_RETURN: _deny_return,
    Step.ASK_EXTENSION: _ask_extension,
    Step.REFUSE_EXTENSION: _refuse_extension,
    Step.EXTEND: _extend,
    Step.DISPUTE: _dispute,
    Step.SETTLE: _settle,
}
