"""Cuts are proposed from decisions, set by people, used by reading, kept with the case, and taken back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.community.creation import create_community
from copilot.community.models import Category, CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, CaseItem
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.appeals import AppealAnswer
from copilot.moderation.calibrating.desk import TuningDesk
from copilot.moderation.calibrating.known import known_items, known_messages, scored
from copilot.moderation.rulings import Ruling
from copilot.moderation.service import ModerationService
from tests.moderation.calibrating.conftest import Decided
from tests.moderation.conftest import Say

INSULT = "你就是个废物，滚出这个群，骗子"


@pytest.fixture
def desk(store: Store) -> TuningDesk:
    return TuningDesk(store)


def test_a_proposal_is_the_lowest_cut_whose_lower_bound_is_high_enough(
    room: str, decided: Decided, desk: TuningDesk
) -> None:
    for _ in range(20):
        decided(0.9, upheld=True)
    for number in range(10):
        decided(0.5, upheld=number < 3)
    found = desk.propose(room, Category.INSULT, 0.8)
    # 20 of 20: n / (n + 1.96^2) = 20 / 23.84 = .839; with the ten at .5 it is 23 of 30, whose bound is below .8.
    assert found.cut == 0.55
    assert found.precision.n == 20
    assert found.precision.low == pytest.approx(0.839, abs=1e-3)
    assert found.lowest_decided == 0.5
    assert "不等于没问题" in found.bias
    assert desk.in_force(room)[0].version == 0, "a proposal changes nothing"


def test_too_few_decisions_are_said_to_be_too_few(room: str, decided: Decided, desk: TuningDesk) -> None:
    for _ in range(3):
        decided(0.9, upheld=True)
    found = desk.propose(room, Category.INSULT, 0.9)
    assert (found.cut, found.needed) == (None, 35)
    assert found.sentence.startswith("裁决太少：3 件（要 35 件）")
    assert found.curve is None


def test_no_decisions_at_all_are_no_error(room: str, desk: TuningDesk) -> None:
    found = desk.propose(room, Category.SPAM, 0.9)
    assert (found.cut, found.precision.n, found.precision.value, found.table) == (None, 0, None, [])


def test_where_no_cut_is_sure_the_best_is_named(room: str, decided: Decided, desk: TuningDesk) -> None:
    for number in range(40):
        decided(0.9, upheld=number % 2 == 0)
    found = desk.propose(room, Category.INSULT, 0.9)
    assert found.cut is None
    assert "20/40" in found.sentence


@pytest.mark.parametrize("precision", [0.2, 1.0, float("nan")])
def test_a_precision_nobody_can_want_is_refused(room: str, desk: TuningDesk, precision: float) -> None:
    with pytest.raises(InvalidInput):
        desk.propose(room, Category.INSULT, precision)


def test_reading_asks_from_the_cut_in_force_and_keeps_it_with_the_case(
    store: Store, room: str, desk: TuningDesk, service: ModerationService, say: Say
) -> None:
    desk.set(room, Category.INSULT, cut=1.0, recalibrate=False, reason="先停一停", actor="op")
    say("ann", INSULT)
    service.read_pending(room)
    assert [row.category for row in service.cases(room).items] == [], "nothing reaches 1.0"
    desk.set(room, Category.INSULT, cut=0.3, recalibrate=False, reason="放宽", actor="op")
    say("bo", INSULT + "！")
    service.read_pending(room)
    assert len(service.cases(room).items) == 1
    with store.read(room) as unit:
        [item] = unit.session.scalars(select(CaseItem)).all()
        assert (item.threshold, item.tuning_version) == (0.3, 2)
        assert item.raw_score == item.score


def test_resetting_goes_back_to_what_was_shipped_and_history_keeps_all(
    store: Store, room: str, desk: TuningDesk, service: ModerationService, say: Say
) -> None:
    desk.set(room, Category.INSULT, cut=0.99, recalibrate=False, reason="试试", actor="op")
    back = desk.reset(room, Category.INSULT, reason="不好用", actor="op")
    assert (back.version, back.cut, back.curve) == (2, None, None)
    assert [row.version for row in desk.history(room, Category.INSULT).items] == [2, 1]
    with pytest.raises(Conflict, match="as shipped"):
        desk.reset(room, Category.INSULT, reason="再来", actor="op")
    say("ann", INSULT)
    service.read_pending(room)
    assert len(service.cases(room).items) == 1
    with store.read(room) as unit:
        entries = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "threshold.set")).all()
        assert [entry.data["after"]["cut"] for entry in entries] == [0.99, None]
        assert entries[1].data["before"]["cut"] == 0.99


@pytest.mark.parametrize(
    ("cut", "recalibrate", "reason"),
    [(0.1, False, "x"), (1.2, False, "x"), (float("nan"), False, "x"), (None, False, "x"), (0.5, False, " ")],
)
def test_what_makes_no_sense_is_not_set(
    room: str, desk: TuningDesk, cut: float | None, recalibrate: bool, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        desk.set(room, Category.INSULT, cut=cut, recalibrate=recalibrate, reason=reason, actor="op")


def test_a_curve_takes_decisions_and_changes_what_is_shown_but_not_what_opens_a_case(
    store: Store, room: str, decided: Decided, desk: TuningDesk, service: ModerationService, say: Say
) -> None:
    with pytest.raises(InvalidInput, match="Too few decisions for a curve: 0 of 10"):
        desk.set(room, Category.INSULT, cut=None, recalibrate=True, reason="x", actor="op")
    for number in range(30):
        decided(0.9, upheld=number % 3 == 0)
    rule = desk.set(room, Category.INSULT, cut=None, recalibrate=True, reason="三成才成立", actor="op")
    assert rule.curve is not None
    assert 0.3 < rule.curve.at(0.9) < 0.5
    say("bo", INSULT)
    service.read_pending(room)
    [row] = [case for case in service.cases(room).items if case.member_id == "bo"]
    with store.read(room) as unit:
        item = unit.session.scalars(select(CaseItem).where(CaseItem.case_id == row.id)).one()
        assert item.raw_score is not None
        assert item.score == pytest.approx(rule.curve.at(item.raw_score), abs=1e-3)
        assert item.score >= item.threshold, "both stand on the community's scale"


def test_an_overturned_decision_counts_as_corrected(
    store: Store, room: str, decided: Decided, service: ModerationService
) -> None:
    case_id = decided(0.9, upheld=True)
    [decision] = service.case(room, case_id).decisions
    appeal = service.appeals.submit(room, decision.id, "ann", "是玩笑", actor="ann")
    answer = AppealAnswer.parse(outcome="overturned", reason="确实是玩笑")
    service.appeals.answer(room, appeal.id, answer, actor="mod-2")
    with store.read(room) as unit:
        [item] = known_items(unit)
        assert (item.is_violation, item.was_corrected) == (False, True)
        [message] = known_messages(unit)
        assert message.label("insult") is False


def test_what_was_taken_back_without_appeal_is_unknown(
    store: Store, room: str, decided: Decided, service: ModerationService
) -> None:
    case_id = decided(0.9, upheld=True)
    service.undo(room, case_id, actor="mod-1", reason="按错了")
    with store.read(room) as unit:
        assert known_items(unit) == []
    service.decide(room, case_id, Ruling.parse("no_violation"), actor="mod-2")
    with store.read(room) as unit:
        assert [item.is_violation for item in known_items(unit)] == [False]


def test_copies_in_one_case_are_one_decision(store: Store, room: str, say: Say, service: ModerationService) -> None:
    for _ in range(4):
        say("ann", INSULT)
    service.read_pending(room)
    [row] = [case for case in service.cases(room).items if case.category == "insult"]
    service.decide(room, row.id, Ruling.parse("violation", reason="骂人"), actor="mod-1")
    with store.read(room) as unit:
        items = known_items(unit)
        assert len({item.message_id for item in items}) > 1
        assert len(scored(items, "insult")) == 1


def test_another_community_sees_nothing(store: Store, room: str, decided: Decided, desk: TuningDesk) -> None:
    decided(0.9, upheld=True)
    desk.set(room, Category.INSULT, cut=0.9, recalibrate=False, reason="x", actor="op")
    other = create_community(store, CommunityConfig(slug="other", name="Other", locale="en"))
    assert all(rule.version == 0 for rule in desk.in_force(other))
    assert desk.propose(other, Category.INSULT, 0.9).precision.n == 0
    assert desk.propose(other, Category.INSULT, 0.9).sentence.startswith("Too few decisions (0 of 35)")
