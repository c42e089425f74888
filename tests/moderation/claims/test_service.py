"""Claims over a real store: nothing is stored by a check, a contradiction is one case with its source, corrections count."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Case, CaseFinding, CaseItem, Event, Message, PrivateMessage, Resource, StaleMark
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.moderation.cascade import Cascade
from copilot.moderation.claims.corrections import TEXT_MAX_CHARS
from copilot.moderation.claims.models import Outcome
from copilot.moderation.claims.service import MAX_BATCH, ClaimService
from copilot.moderation.claims.service import TEXT_MAX_CHARS as CLAIM_MAX_CHARS
from copilot.moderation.service import ModerationService
from tests.conftest import NOW
from tests.moderation.conftest import Say

WRONG = "向量检索茶话会改到11月30日了，大家别跑空"
RIGHT = "向量检索茶话会是11月27日"


@pytest.fixture
def claims(store: Store, room: str) -> ClaimService:
    with store.write(room) as unit:
        unit.add(
            Event(
                id="evt_1", code="E-9", title="向量检索茶话会", format="salon", starts_at=NOW + timedelta(days=11, hours=9),
                ends_at=NOW + timedelta(days=11, hours=11), city="成都", online=False, capacity=25, created_at=NOW,
            )
        )  # fmt: skip
        for name, owner in (("res_1", "ann"), ("res_2", "quiet")):
            unit.add(
                Resource(
                    id=name, code=name, type="technology", title="微距镜头租借" if owner == "ann" else "暗房冲洗套件",
                    terms="每天 40 元", owner_id=owner, created_at=NOW,
                )
            )  # fmt: skip
    return ClaimService(store)


def read(store: Store, room: str, cascade: Cascade, claims: ClaimService) -> int:
    service = ModerationService(store, cascade)
    while service.read_pending(room).taken:
        pass
    total = 0
    while (report := claims.read_pending(room)).taken:
        total += report.contradicted
    return total


def found_cases(store: Store, room: str) -> list[Case]:
    with store.read(room) as unit:
        return list(unit.session.scalars(select(Case).where(Case.category == "misinformation_claim")))


def test_a_check_says_what_the_records_say_and_stores_nothing(store: Store, room: str, claims: ClaimService) -> None:
    with store.read(room) as unit:
        before = unit.session.scalar(select(func.count()).select_from(StaleMark))
    report = claims.check(room, f"{WRONG}。{RIGHT}")
    assert [c.outcome for c in report.claims] == [Outcome.CONTRADICTED, Outcome.SUPPORTED]
    assert report.sentence == "2 处可以核对的说法：1 处一致，1 处不一致，0 处无法判断。"
    assert claims.check(room, "哈哈好的").sentence == "没有可以核对的说法。"
    with store.read(room) as unit:
        assert unit.session.scalar(select(func.count()).select_from(StaleMark)) == before
    assert found_cases(store, room) == []


def test_tomorrow_counts_from_when_it_was_said(room: str, claims: ClaimService) -> None:
    said = NOW + timedelta(days=10)
    assert [c.outcome for c in claims.check(room, "向量检索茶话会在明天", said).claims] == [Outcome.SUPPORTED]
    assert [c.outcome for c in claims.check(room, "向量检索茶话会在明天", NOW).claims] == [Outcome.CONTRADICTED]


@pytest.mark.parametrize("text", ["", "   ", "x" * (CLAIM_MAX_CHARS + 1)])
def test_no_text_and_too_much_are_refused(room: str, claims: ClaimService, text: str) -> None:
    with pytest.raises(InvalidInput):
        claims.check(room, text)


def test_a_time_without_a_zone_is_refused(room: str, claims: ClaimService) -> None:
    with pytest.raises(InvalidInput):
        claims.check(room, "x", datetime(2026, 11, 20))  # noqa: DTZ001  # that is the point


def test_a_contradiction_is_one_case_with_the_source(
    store: Store, room: str, say: Say, cascade: Cascade, claims: ClaimService
) -> None:
    said = say("bo", WRONG)
    say("cai", RIGHT)
    say("ann", "中午吃什么")
    assert read(store, room, cascade, claims) == 1
    [case] = found_cases(store, room)
    assert (case.message_id, case.quote) == (said, "向量检索茶话会改到11月30日了")
    with store.read(room) as unit:
        [finding] = unit.session.scalars(select(CaseFinding))
        assert finding.case_id == case.id
        assert finding.evidence["facts"]["source_id"] == "evt_1"
        assert finding.evidence["facts"]["source_quote"] == "starts_at 2026-11-27 19:00"
        assert "2026-11-27 19:00" in finding.evidence["sentence"]["en"]
        unit_marks = list(unit.session.scalars(select(StaleMark).where(StaleMark.purpose == "claim")))
    assert unit_marks == []


def test_reading_again_changes_nothing_and_a_mended_record_withdraws(
    store: Store, room: str, say: Say, cascade: Cascade, claims: ClaimService
) -> None:
    said = say("bo", WRONG)
    for _ in range(2):
        read(store, room, cascade, claims)
        with store.write(room) as unit:
            unit.mark_stale([("reading", "message", said)])
    assert len(found_cases(store, room)) == 1
    with store.write(room) as unit:
        event = unit.get(Event, "evt_1")
        event.starts_at, event.ends_at = (moment + timedelta(days=3) for moment in (event.starts_at, event.ends_at))
    assert read(store, room, cascade, claims) == 0
    [case] = found_cases(store, room)
    assert case.status == "withdrawn"


def test_old_private_and_refusing_messages_are_left_alone(
    store: Store, room: str, say: Say, cascade: Cascade, claims: ClaimService, clock: FixedClock
) -> None:
    say("bo", WRONG, at=clock.now() - timedelta(days=15))
    say("quiet", WRONG)
    private = say("cai", WRONG)
    service = ModerationService(store, cascade)
    while service.read_pending(room).taken:
        pass
    with store.write(room) as unit:
        unit.add(PrivateMessage(message_id=private, noted_at=unit.now, is_settled=False))
    while claims.read_pending(room).taken:
        pass
    assert found_cases(store, room) == []


def test_a_message_that_was_taken_back_meanwhile_opens_nothing(
    store: Store, room: str, say: Say, cascade: Cascade, claims: ClaimService
) -> None:
    said = say("bo", WRONG)
    service = ModerationService(store, cascade)
    while service.read_pending(room).taken:
        pass
    with store.write(room) as unit:
        row = unit.get(Message, said)
        row.recalled_at, row.text = unit.now, ""
    while claims.read_pending(room).taken:
        pass
    assert found_cases(store, room) == []


def test_what_a_member_keeps_from_ai_is_no_record(room: str, claims: ClaimService) -> None:
    assert claims.check(room, "微距镜头租借每天 90 元").claims[0].outcome is Outcome.CONTRADICTED
    assert claims.check(room, "暗房冲洗套件每天 90 元").claims[0].outcome is Outcome.CANNOT_TELL


def test_a_correction_counts_until_it_expires_or_is_withdrawn(
    room: str, claims: ClaimService, clock: FixedClock
) -> None:
    text = "园区停车补贴今年最高 900 元"
    desk = claims.corrections
    made = desk.add(room, "园区停车补贴今年最高 300 元。", "园区公告", expires_at=NOW + timedelta(days=2), actor="k")
    assert made.is_in_force
    found = claims.check(room, text).claims[0]
    assert (found.outcome, found.source_id, found.source_quote) == (
        Outcome.CONTRADICTED, made.id, "园区停车补贴今年最高 300 元。"
    )  # fmt: skip
    assert desk.change(room, made.id, source="园区公告第二版", actor="k").source == "园区公告第二版"
    clock.advance(timedelta(days=3))
    assert claims.check(room, text).claims[0].outcome is Outcome.CANNOT_TELL
    assert [row.id for row in desk.page(room, in_force=False).items] == [made.id]
    assert desk.page(room, in_force=True).items == []
    lasting = desk.add(room, "园区停车补贴今年最高 300 元。", "园区公告", actor="k")
    assert claims.check(room, text).claims[0].source_id == lasting.id
    gone = desk.withdraw(room, lasting.id, actor="k")
    assert (gone.is_in_force, desk.withdraw(room, lasting.id, actor="k")) == (False, gone)
    assert claims.check(room, text).claims[0].outcome is Outcome.CANNOT_TELL
    with pytest.raises(Conflict):
        desk.change(room, lasting.id, source="x", actor="k")


def test_corrections_refuse_nonsense(room: str, claims: ClaimService) -> None:
    desk = claims.corrections
    made = desk.add(room, "甲", "乙", actor="k")
    for call in (
        lambda: desk.add(room, " ", "x", actor="k"), lambda: desk.add(room, "x", "", actor="k"),
        lambda: desk.add(room, "x" * (TEXT_MAX_CHARS + 1), "x", actor="k"),
        lambda: desk.add(room, "x", "y", expires_at=NOW - timedelta(1), actor="k"),
        lambda: desk.add(room, "x", "y", expires_at=datetime(2027, 1, 1), actor="k"),  # noqa: DTZ001  # that is the point
        lambda: desk.change(room, made.id, actor="k"), lambda: desk.page(room, limit=0), lambda: desk.page(room, cursor="?"),
        lambda: claims.read_pending(room, limit=0), lambda: claims.read_pending(room, limit=MAX_BATCH + 1),
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            call()
    with pytest.raises(NotFound):
        desk.get(room, "cor_none")


def test_what_people_decided_is_left_alone(
    store: Store, room: str, say: Say, cascade: Cascade, claims: ClaimService
) -> None:
    said = say("bo", WRONG)
    read(store, room, cascade, claims)
    [case] = found_cases(store, room)
    with store.write(room) as unit:
        row = unit.get(Case, case.id)
        row.status, row.decided_at = "decided", unit.now
        event = unit.get(Event, "evt_1")
        event.starts_at, event.ends_at = (moment + timedelta(days=3) for moment in (event.starts_at, event.ends_at))
        unit.mark_stale([("reading", "message", said)])
    read(store, room, cascade, claims)
    with store.read(room) as unit:
        [item] = unit.session.scalars(select(CaseItem))
        assert item.withdrawn_at is None
