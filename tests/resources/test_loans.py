"""Loans from the request to the outcome: who may do what, when, and what it does to the units and the line."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from copilot.community.tables import AuditEntry, Loan, LoanEntry, Resource, ResourceUse, Webhook, WebhookDelivery
from copilot.errors import Conflict, Denied, InvalidInput, NotFound
from copilot.resources.loan_models import LoanRequest, LoanStep, OutcomeIn, ReminderKind
from copilot.resources.loans import LoanFilter
from copilot.resources.transitions import ASKED, TRANSITIONS, LoanStatus, Side, Step, open_steps, targets
from tests.resources.exchange import Exchange, day


def refused(reason: str):
    return _Refused(reason)


class _Refused:
    """A context that expects our error with this reason, said in both languages."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        assert isinstance(error, Conflict | InvalidInput), (self._reason, error)
        assert error.data["reason"] == self._reason, error.data
        assert set(error.data["sentence"]) == {"zh-CN", "en"}  # type: ignore[call-overload]  # a mapping
        return True


def test_a_loan_goes_from_request_to_outcome_and_every_step_is_kept(market: Exchange) -> None:
    radar = market.add()
    loan = market.ask(radar, 1)
    assert (loan.status, loan.sentence, loan.next_steps) == ("requested", "等待答复", ["withdraw"])
    assert market.step(loan, "accept").status == "accepted"
    lent = market.step(loan, "hand_over")
    assert lent.status == "lent" and lent.handed_at is not None
    assert market.step(loan, "hand_back", market.member(1)).status == "handed_back"
    assert market.desks.library.get("c", radar.id, market.owner).units_free == 0, "not free before the owner says so"
    done = market.step(loan, "confirm_return")
    assert done.status == "returned" and done.back_at is not None and done.closed_at is not None
    for number, value in ((1, 50_000), (0, 20_000)):
        said = OutcomeIn(result="met", value_minor=value, words="试用了三家")
        done = market.desks.loans.tell_outcome("c", loan.id, said, market.member(number))
    assert [(item.side, item.value_minor) for item in done.outcomes] == [("borrower", 50_000), ("lender", 20_000)]
    lines = market.desks.loans.history("c", loan.id, market.member(1)).items
    assert [(line.step, line.from_status, line.to_status) for line in lines] == [
        ("request", "", "requested"),
        ("accept", "requested", "accepted"),
        ("hand_over", "accepted", "lent"),
        ("hand_back", "lent", "handed_back"),
        ("confirm_return", "handed_back", "returned"),
    ]
    with market.store.read("c") as unit:
        audited = unit.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == loan.id)).all()
        use = unit.session.scalars(select(ResourceUse)).one()
    assert {"loan.request", "loan.accept", "loan.hand_over", "loan.confirm_return", "loan.outcome"} <= set(audited)
    assert use.member_id == market.people[1] and use.returned_at is not None, "matching sees the same use"


def test_the_next_in_line_moves_up_when_a_unit_comes_back(market: Exchange) -> None:
    radar = market.add()
    lent = market.lent(radar, 1)
    second, third = market.ask(radar, 2), market.ask(radar, 3)
    assert [(item.status, item.position) for item in (second, third)] == [("waiting", 1), ("waiting", 2)]
    assert second.sentence == "候补第 1 位"
    market.step(lent, "confirm_return")
    assert (market.status(second), market.status(third)) == ("requested", "waiting")
    market.step(second, "decline", words="这次想给老人照护的项目")
    assert market.status(third) == "requested"


def test_days_that_do_not_overlap_are_no_rivals_and_days_that_do_are(market: Exchange) -> None:
    room = market.add(terms={"accepts_at_once": True})
    assert market.ask(room, 1, 0, 3).status == "accepted"
    assert market.ask(room, 2, 4, 6).status == "accepted"
    assert market.ask(room, 3, 3, 4).status == "waiting"
    assert market.ask(room, 4, 7, 9).status == "accepted"


def test_several_units_are_counted_day_by_day(market: Exchange) -> None:
    cards = market.add(capacity=3, terms={"accepts_at_once": True})
    assert market.ask(cards, 1, 0, 5, units=2).status == "accepted"
    assert market.ask(cards, 2, 4, 8, units=1).status == "accepted"
    # Days 4 and 5 have 3 out of 3; day 6 has 1 out of 3.
    assert market.ask(cards, 3, 5, 9, units=1).status == "waiting"
    assert market.ask(cards, 4, 6, 9, units=2).status == "accepted"
    free = {item.on: item.free for item in market.desks.calendars.show("c", cards.id, market.owner).days[:11]}
    assert [free[day(number)] for number in range(11)] == [1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 3]


def test_what_was_promised_cannot_be_handed_over_while_it_is_still_out(market: Exchange) -> None:
    radar = market.add()
    late = market.lent(radar, 1, 0, 2)
    second = market.ask(radar, 2, 3, 5)
    market.step(second, "accept")
    market.clock.advance(timedelta(days=3))
    market.desks.keep_up("c")
    assert market.status(late) == "overdue"
    with refused("no_unit_free"):
        market.step(second, "hand_over")
    market.step(late, "confirm_return")
    assert market.step(second, "hand_over").status == "lent"


def test_a_use_that_is_overdue_tells_webhooks_once(market: Exchange) -> None:
    with market.store.write("c") as unit:
        events = ["resource.requested", "resource.overdue"]
        unit.add(
            Webhook(
                id="whk_1", url="https://example.org", events=events, secret="s", status="active", created_at=unit.now
            )
        )
    loan = market.lent(market.add(), 1, 0, 1)
    market.clock.advance(timedelta(days=2))
    assert market.desks.keep_up("c").overdue == 1
    assert market.desks.keep_up("c").overdue == 0
    with market.store.read("c") as unit:
        told = unit.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.created_at)).all()
    assert [row.event for row in told] == ["resource.requested", "resource.overdue"]
    assert told[1].payload["loan_id"] == loan.id and told[1].payload["ends_on"] == day(1).isoformat()


def test_an_extension_is_asked_for_and_given_unless_somebody_was_promised_the_days(market: Exchange) -> None:
    radar = market.add()
    loan = market.lent(radar, 1, 0, 3)
    with refused("until_needed"):
        market.step(loan, "ask_extension", market.member(1), until=day(2))
    asked = market.step(loan, "ask_extension", market.member(1), until=day(6))
    assert asked.extension_until == day(6) and asked.ends_on == day(3)
    given = market.step(loan, "extend")
    assert (given.ends_on, given.extensions, given.extension_until) == (day(6), 1, None)
    market.step(market.ask(radar, 2, 7, 9), "accept")
    with refused("no_unit_free"):
        market.step(loan, "extend", until=day(8))
    with refused("step_not_allowed"):
        market.step(loan, "refuse_extension", words="没有人要延长")


def test_a_dispute_goes_to_operators_alone(market: Exchange) -> None:
    radar = market.add()
    loan = market.lent(radar, 1)
    with refused("words_needed"):
        market.step(loan, "dispute", market.member(1))
    assert market.step(loan, "dispute", market.member(1), words="寄来时就坏了").status == "disputed"
    with pytest.raises(Denied):
        market.step(loan, "settle", words="我来定", settled_as="lost")
    with refused("settled_as_needed"):
        market.step(loan, "settle", market.operator, words="看过照片")
    settled = market.step(loan, "settle", market.operator, words="看过照片，按未归还处理", settled_as="lost")
    assert settled.status == "lost"
    assert market.desks.library.get("c", radar.id, market.owner).units_free == 0, "what is lost is not there"


def test_what_is_granted_is_spent_for_good(market: Exchange) -> None:
    hours = market.add(type="people", title="导师答疑", capacity=2, terms={"mode": "grant"})
    first = market.lent(hours, 1)
    assert first.status == "granted" and "confirm_return" not in first.next_steps
    assert market.step(first, "use_up", market.member(1)).status == "used"
    market.clock.advance(timedelta(days=400))
    assert market.desks.library.get("c", hours.id, market.owner).units_free == 1
    second = market.ask(hours, 2, 400, 401)
    assert second.status == "requested"
    assert market.ask(hours, 3, 402, 403).status == "waiting", "who asks for the last one later still stands behind"


def test_requests_that_the_terms_forbid_are_refused(market: Exchange) -> None:
    radar = market.add(capacity=2, expires_on=day(30), terms={"max_days": 5})
    for reason, first, last, units in (
        ("in_the_past", -1, 2, 1), ("ends_before_start", 3, 2, 1), ("too_long", 0, 5, 1),
        ("after_expiry", 28, 31, 1), ("more_than_there_are", 0, 1, 3),
    ):  # fmt: skip
        with refused(reason):
            market.ask(radar, 1, first, last, units)
    with refused("own_resource"):
        market.ask(radar, 0)
    market.ask(radar, 1, 0, 3)
    with refused("asked_already"):
        market.ask(radar, 1, 3, 5)
    market.desks.library.change("c", radar.id, _patch(status="paused"), market.owner)
    with pytest.raises(NotFound):
        market.ask(radar, 2)
    with refused("not_offered"):
        market.desks.loans.request(
            "c", radar.id, LoanRequest(member_id=market.people[2], starts_on=day(0), ends_on=day(1)), market.operator
        )


def test_at_most_twenty_requests_are_open_at_once(market: Exchange) -> None:
    radar = market.add(capacity=None)
    for number in range(20):
        market.ask(radar, 1, number, number)
    with refused("too_many_open"):
        market.ask(radar, 1, 30, 30)


def _patch(**values: object):
    from copilot.resources.models import ResourcePatch

    return ResourcePatch.model_validate(values)


def test_nobody_else_sees_or_moves_a_loan(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    for actor in (market.member(2), market.member(3)):
        with pytest.raises(NotFound):
            market.desks.loans.get("c", loan.id, actor)
        with pytest.raises(NotFound):
            market.step(loan, "accept", actor)
        assert market.desks.loans.page("c", actor, LoanFilter()).items == []
    with pytest.raises(Denied):
        market.step(loan, "accept", market.member(1))
    with pytest.raises(Denied):
        market.desks.loans.request(
            "c",
            loan.resource_id,
            LoanRequest(member_id=market.people[3], starts_on=day(9), ends_on=day(9)),
            market.member(2),
        )


def test_a_request_nobody_answers_lapses_with_its_days(market: Exchange) -> None:
    loan = market.ask(market.add(), 1, 0, 1)
    market.clock.advance(timedelta(days=2))
    assert market.desks.keep_up("c").expired == 1
    assert market.status(loan) == "expired"
    with refused("step_not_allowed"):
        market.step(loan, "accept")


def test_outcomes_are_told_of_what_was_in_use_and_has_ended(market: Exchange) -> None:
    loan = market.ask(market.add(), 1)
    with refused("not_ended"):
        market.desks.loans.tell_outcome("c", loan.id, OutcomeIn(result="met"), market.member(1))
    with pytest.raises(Denied):
        market.desks.loans.tell_outcome("c", loan.id, OutcomeIn(side="lender", result="met"), market.member(1))
    with pytest.raises(InvalidInput):
        market.desks.loans.tell_outcome("c", loan.id, OutcomeIn(result="met"), market.operator)


def test_each_side_is_reminded_to_say_what_came_of_it_until_it_has(market: Exchange) -> None:
    loan = market.lent(market.add(), 1)
    market.step(loan, "confirm_return")

    def reminded(kind: ReminderKind) -> list[str | None]:
        return [item.member_id for item in market.desks.reminders.page("c", kind, market.operator).items]

    borrower, lender = market.people[1], market.people[0]
    assert (reminded("outcome"), reminded("outcome_lender")) == ([borrower], [lender])
    market.desks.loans.tell_outcome("c", loan.id, OutcomeIn(result="met", value_minor=5), market.member(1))
    assert (reminded("outcome"), reminded("outcome_lender")) == ([], [lender])
    market.desks.loans.tell_outcome("c", loan.id, OutcomeIn(result="met", value_minor=3), market.owner)
    assert (reminded("outcome"), reminded("outcome_lender")) == ([], [])


def test_every_step_outside_the_table_is_refused_from_every_state(market: Exchange) -> None:
    """Each asked step in each state: either the table has it for these sides, or nothing changes."""
    loan = market.ask(market.add(), 1)
    everybody = frozenset({Side.BORROWER, Side.LENDER, Side.OPERATOR})
    for status in LoanStatus:
        with market.store.write("c") as unit:
            unit.get(Loan, loan.id).status = status.value
        for step in ASKED:
            if targets(step, status.value) and step in open_steps(status.value, everybody, "lend"):
                continue
            asked = LoanStep.model_validate({"step": step.value, "words": "x", "until": day(9), "settled_as": "lost"})
            with pytest.raises(Conflict):
                market.desks.loans.step("c", loan.id, asked, market.operator)
            assert market.status(loan) == status.value


def test_the_table_leaves_no_state_without_an_end_and_no_end_without_a_way_in() -> None:
    ends = {"declined", "withdrawn", "cancelled", "expired", "lost"}
    reached = {target.value for rule in TRANSITIONS.values() for to in rule.moves.values() for target in to}
    assert reached == {status.value for status in LoanStatus}
    for status in LoanStatus:
        leaving = {t.value for step in Step for t in targets(step, status.value)} - {status.value}
        assert bool(leaving) == (status.value not in ends), status


def test_history_and_audit_hold_only_steps_of_the_table(market: Exchange) -> None:
    radar = market.add()
    loan = market.lent(radar, 1)
    market.step(loan, "dispute", words="少了配件")
    market.step(loan, "settle", market.operator, words="补齐了", settled_as="lent")
    market.step(loan, "confirm_return")
    with market.store.read("c") as unit:
        lines = unit.session.scalars(select(LoanEntry).where(LoanEntry.step != "request")).all()
        assert unit.get(Resource, radar.id).status == "available"
    for line in lines:
        assert LoanStatus(line.to_status) in targets(Step(line.step), line.from_status)
        assert Side(line.side) in TRANSITIONS[Step(line.step)].sides
