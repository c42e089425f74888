"""Appeals: once, in time, by the member alone, and answered by somebody who did not decide."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.access import create_key, revoke_key
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Community, Webhook, WebhookDelivery
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.case_views import CaseView, DecisionView
from copilot.moderation.decisions import Ruling
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

OVERTURN = AppealAnswer.parse("overturned", "确实是转述")
UPHOLD = AppealAnswer.parse("upheld", "转述也要注明出处")


@pytest.fixture
def case(say: Say, service: ModerationService, room: str) -> CaseView:
    say("ann", "你就是个废物，滚出这个群，骗子")
    service.read_pending(room)
    return service.cases(room).items[0]


@pytest.fixture
def decision(room: str, case: CaseView, service: ModerationService) -> DecisionView:
    return service.decide(room, case.id, Ruling.parse("violation", "mute", "骂人", mute_hours=24), actor="mod-1")


def appeal(service: ModerationService, room: str, decision_id: str, member: str = "ann") -> Any:
    return service.appeals.submit(room, decision_id, member, "我在转述", actor="key_ann")


def test_a_decision_is_appealed_once_by_the_one_it_is_about(
    room: str, decision: DecisionView, service: ModerationService
) -> None:
    made = appeal(service, room, decision.id)
    assert (made.outcome, made.sentence) == (None, "等待另一位管理员处理。")
    with pytest.raises(Conflict, match="appealed already") as caught:
        appeal(service, room, decision.id)
    assert caught.value.data["appeal_id"] == made.id
    for stranger in ("bo", "nobody"):
        with pytest.raises(NotFound):
            appeal(service, room, decision.id, stranger)
    with pytest.raises(NotFound):
        service.appeals.get(room, made.id, "bo")
    assert [row.id for row in service.appeals.page(room, member_id="ann").items] == [made.id]
    assert service.appeals.page(room, member_id="bo").items == []
    assert service.appeals.page(room, waiting=False).items == []


def test_the_time_to_appeal_ends(
    room: str, decision: DecisionView, service: ModerationService, clock: FixedClock
) -> None:
    [own] = service.standing.get(room, "ann").decisions
    assert own.appeal_until == clock.now() + timedelta(days=14)
    assert own.sentence == "可以在 2026-11-30 10:00 之前申诉一次。"
    clock.advance(timedelta(days=14))
    with pytest.raises(Conflict, match="until 2026-11-30 10:00"):
        appeal(service, room, decision.id)
    assert service.standing.get(room, "ann").decisions[0].sentence == "申诉期已过。"


def test_there_is_nothing_to_appeal_where_no_violation_was_found_or_the_decision_is_gone(
    room: str, case: CaseView, service: ModerationService
) -> None:
    innocent = service.decide(room, case.id, Ruling.parse("no_violation"), actor="mod-1")
    with pytest.raises(Conflict, match="no violation"):
        appeal(service, room, innocent.id)
    service.undo(room, case.id, actor="mod-1")
    guilty = service.decide(room, case.id, Ruling.parse("violation", reason="x"), actor="mod-1")
    service.undo(room, case.id, actor="mod-1")
    with pytest.raises(Conflict, match="taken back"):
        appeal(service, room, guilty.id)


def test_who_decided_or_confirmed_does_not_answer(
    store: Store, room: str, case: CaseView, service: ModerationService
) -> None:
    with store.write(room) as unit:
        keys = {name: create_key(unit, name, Role.MODERATOR).key_id for name in ("Xia", "Zhou", "zhou", "Li")}
    removal = Ruling.parse("violation", "removal", "第四次")
    proposed = service.second_opinions.propose(room, case.id, removal, actor=keys["Xia"])
    decision = service.second_opinions.confirm(room, proposed.id, actor=keys["Zhou"])
    made = appeal(service, room, decision.id)
    for name in ("Xia", "Zhou", "zhou"):
        with pytest.raises(Conflict, match="does not answer"):
            service.appeals.answer(room, made.id, OVERTURN, actor=keys[name])
    assert service.appeals.answer(room, made.id, UPHOLD, actor=keys["Li"]).outcome == "upheld"


def test_an_operator_answers_only_where_no_other_moderator_is_left_and_that_is_said(
    store: Store, room: str, case: CaseView, service: ModerationService
) -> None:
    with store.write(room) as unit:
        xia, zhou = (create_key(unit, name, Role.MODERATOR).key_id for name in ("Xia", "Zhou"))
    decision = service.decide(room, case.id, Ruling.parse("violation", "warning", "x"), actor=xia)
    made = appeal(service, room, decision.id)
    with pytest.raises(Conflict, match="There are other moderators"):
        service.appeals.answer(room, made.id, OVERTURN, actor="op", is_moderator=False)
    with store.write(room) as unit:
        revoke_key(unit, zhou)
    answered = service.appeals.answer(room, made.id, UPHOLD, actor="op", is_moderator=False)
    assert answered.decided_as == "operator"
    assert answered.sentence == "维持原决定。由运营者处理：社区没有第二位管理员。"


def test_upholding_changes_nothing_but_the_appeal(
    room: str, case: CaseView, decision: DecisionView, service: ModerationService
) -> None:
    made = appeal(service, room, decision.id)
    before = service.standing.get(room, "ann")
    answered = service.appeals.answer(room, made.id, UPHOLD, actor="mod-2")
    assert (answered.outcome, answered.answer, answered.decided_as) == ("upheld", UPHOLD.reason, "moderator")
    after = service.standing.get(room, "ann")
    assert (after.strikes, after.sanctions) == (before.strikes, before.sanctions)
    assert service.case(room, case.id).case.status == "decided"
    with pytest.raises(Conflict, match="answered"):
        service.appeals.answer(room, made.id, OVERTURN, actor="mod-2")


@pytest.mark.parametrize(("after", "status"), [("close", "decided"), ("reopen", "open")])
def test_an_overturned_case_is_closed_without_a_violation_or_looked_at_anew(
    room: str, case: CaseView, decision: DecisionView, service: ModerationService, after: str, status: str
) -> None:
    made = appeal(service, room, decision.id)
    answer = AppealAnswer.parse("overturned", "转述", after)
    assert service.appeals.answer(room, made.id, answer, actor="mod-2").outcome == "overturned"
    found = service.case(room, case.id)
    assert found.case.status == status
    standing = {d.verdict for d in found.decisions if d.undone_at is None}
    assert standing == ({"no_violation"} if after == "close" else set())
    own = service.standing.get(room, "ann")
    assert own.strikes_in_force == 0
    assert not any(sanction.is_in_force for sanction in own.sanctions)
    assert own.decisions[0].sentence == "这个决定已经撤销，不再有效。"


def test_undoing_a_decision_settles_the_appeal_that_waits(
    room: str, case: CaseView, decision: DecisionView, service: ModerationService
) -> None:
    made = appeal(service, room, decision.id)
    service.undo(room, case.id, actor="mod-1", reason="看错了")
    settled = service.appeals.get(room, made.id)
    assert (settled.outcome, settled.sentence) == ("settled", "在处理申诉之前，原决定已被撤销。")
    with pytest.raises(Conflict):
        service.appeals.answer(room, made.id, OVERTURN, actor="mod-2")


def test_of_two_who_answer_at_once_one_does(room: str, decision: DecisionView, service: ModerationService) -> None:
    made, start = appeal(service, room, decision.id), Barrier(2)

    def answer(actor: str) -> int:
        start.wait()
        try:
            service.appeals.answer(room, made.id, OVERTURN, actor=actor)
        except Conflict:
            return 0
        return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(answer, ["mod-2", "mod-3"])) == 1


def test_webhooks_tell_of_the_decision_the_mute_the_appeal_and_its_reversal_with_ids_and_no_words(
    store: Store, room: str, case: CaseView, service: ModerationService, clock: FixedClock
) -> None:
    from copilot.community.outbox import EVENTS

    with store.write(room) as unit:
        unit.add(
            Webhook(
                id="whk", url="https://x.example", events=list(EVENTS), secret="s", status="active", created_by="op",
                created_at=clock.now(),
            )
        )  # fmt: skip
    decided = service.decide(room, case.id, Ruling.parse("violation", "mute", "骂人", mute_hours=24), actor="mod-1")
    made = appeal(service, room, decided.id)
    service.appeals.answer(room, made.id, AppealAnswer.parse("overturned", "转述", "reopen"), actor="mod-2")
    with store.read(room) as unit:
        rows = unit.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()
        told = {row.event: row.payload for row in rows}
    assert set(told) == {
        "case.decided", "action.mute", "appeal.received", "case.reversed", "action.reversed", "appeal.decided",
    }  # fmt: skip
    who = {"case_id": case.id, "decision_id": decided.id, "member_id": "ann"}
    until = (clock.now() + timedelta(hours=24)).isoformat()
    assert told["action.mute"] == {**who, "message_ids": [], "until": until}
    assert told["action.reversed"] == {**who, "action": "mute", "message_ids": [], "appeal_id": made.id}
    said = str(told)
    for words in ("废物", "骂人", "转述", "Ann"):
        assert words not in said


@pytest.mark.parametrize("text", ["", "  ", "\x00", "长" * 2001])
def test_an_appeal_says_something_and_not_endlessly(
    room: str, decision: DecisionView, service: ModerationService, text: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.appeals.submit(room, decision.id, "ann", text, actor="key_ann")
    assert caught.value.data["field"] == "text"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("settled", "x"), "outcome"),
        (("maybe", "x"), "outcome"),
        (("upheld", " "), "reason"),
        (("overturned", "x" * 2001), "reason"),
        (("overturned", "x", "burn"), "after"),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(given: tuple[str, ...], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        AppealAnswer.parse(*given)
    assert caught.value.data["field"] == field


def test_an_english_community_is_told_in_english(
    store: Store, room: str, decision: DecisionView, service: ModerationService
) -> None:
    with store.system(write=True) as session:
        row = session.get(Community, room)
        assert row is not None
        row.locale, row.timezone = "en", "Europe/Dublin"
    assert service.standing.get(room, "ann").decisions[0].sentence == (
        "It can be appealed once, until 2026-11-30 02:00."
    )
    assert appeal(service, room, decision.id).sentence == "Waits for another moderator."
    assert service.wellness.get(room, "mod-1").sentence == "Severe cases seen today: 0 of at most 25."
