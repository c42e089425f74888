"""Messages drawn by chance: only when asked for, once a week, never private ones; recall with its interval."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.models import Category
from copilot.community.store import Store
from copilot.community.tables import AuditSample, Message
from copilot.errors import Conflict, InvalidInput
from copilot.moderation.calibrating.audits import AuditDesk
from copilot.moderation.calibrating.backtest_models import BacktestSpec, PatternCandidate, ThresholdCandidate
from copilot.moderation.calibrating.backtests import BacktestDesk
from copilot.moderation.calibrating.live import live_precision
from copilot.moderation.cascade import Cascade
from copilot.moderation.service import ModerationService
from copilot.moderation.terms import Terms
from copilot.stored_documents import STORED_DOCUMENTS
from tests.moderation.calibrating.conftest import Decided
from tests.moderation.conftest import Say

INSULT = "你就是个废物，滚出这个群，骗子"


@pytest.fixture
def desk(store: Store) -> AuditDesk:
    return AuditDesk(store)


@pytest.fixture
def backtests(store: Store, cascade: Cascade, tmp_path: Path) -> BacktestDesk:
    return BacktestDesk(store, lambda: cascade, tmp_path, lambda _: cascade)


def chat(say: Say, service: ModerationService, room: str, clock: FixedClock, lines: int) -> None:
    for number in range(lines):
        say("bo", f"第{number}次例会的记录发在群文件里了", at=clock.now() - timedelta(days=5, minutes=number))
    service.read_pending(room)


def test_nothing_is_drawn_until_somebody_asks_for_it(
    room: str, desk: AuditDesk, service: ModerationService, say: Say, clock: FixedClock
) -> None:
    chat(say, service, room, clock, 10)
    assert desk.draw(room) == 0
    service.terms.put(room, Terms(audit_per_week=4), actor="op")
    assert desk.draw(room) == 4
    assert desk.draw(room) == 0, "once a week"
    rows = desk.page(room, waiting=True).items
    assert {row.week for row in rows} == {"2026-11-09"}
    assert len({row.message_id for row in rows}) == 4


def test_flagged_hidden_and_refused_messages_are_never_drawn(
    store: Store, room: str, desk: AuditDesk, service: ModerationService, say: Say, clock: FixedClock
) -> None:
    at = clock.now() - timedelta(days=5)
    say("ann", INSULT, at=at)
    say("quiet", "今天天气不错", at=at)
    hidden = say("bo", "明天见", at=at)
    plain = say("cai", "好的，收到", at=at)
    service.read_pending(room)
    with store.write(room) as unit:
        unit.get(Message, hidden).hidden_at = clock.now()
    service.terms.put(room, Terms(audit_per_week=50), actor="op")
    desk.draw(room)
    assert [row.message_id for row in desk.page(room).items] == [plain]


def test_recall_is_estimated_from_what_was_looked_at(
    room: str, desk: AuditDesk, service: ModerationService, say: Say, clock: FixedClock
) -> None:
    chat(say, service, room, clock, 60)
    service.terms.put(room, Terms(audit_per_week=40), actor="op")
    desk.draw(room)
    rows = desk.page(room, limit=200).items
    for number, row in enumerate(rows):
        bad = number < 4
        desk.look(
            room,
            row.id,
            verdict="violation" if bad else "clean",
            category=Category.INSULT if bad else None,
            actor="mod-1",
        )
    estimate = desk.recall(room)
    # 4 of 40 looked at are violations: of 60 unflagged about 6; nothing was found by detectors that week: 0 / (0 + 6).
    assert (estimate.looked, estimate.missed, estimate.eligible, estimate.found) == (40, 4, 60, 0)
    assert (estimate.recall, estimate.low) == (0.0, 0.0)
    with pytest.raises(Conflict):
        desk.look(room, rows[0].id, verdict="clean", category=None, actor="mod-2")
    with pytest.raises(InvalidInput):
        desk.look(room, rows[0].id, verdict="maybe", category=None, actor="mod-2")
    assert len(service.cases(room).items) >= 1, "violations opened cases"


def test_a_backtest_compares_by_case_and_keeps_no_words(
    store: Store, room: str, backtests: BacktestDesk, service: ModerationService, decided: Decided, say: Say
) -> None:
    for number in range(6):
        decided(0.9, upheld=number < 3, text=f"加薇领课程第{number}期{chr(0x4E00 + 50 * number) * 4}")
    loose = say("bo", "加薇领课程，明天截止")
    service.read_pending(room)
    spec = BacktestSpec(
        category=Category.INSULT, candidate=PatternCandidate(pattern="加薇领", beside=False), messages=100
    )
    seen: list[tuple[int, int]] = []
    made = backtests.ask(room, spec, actor="op")
    result = backtests.run(room, made, lambda done, total: seen.append((done, total)))
    assert (result.known_cases, result.known_violations) == (6, 3)
    assert (result.candidate.precision.hits, result.candidate.precision.n) == (3, 6)
    assert (result.candidate.recall.hits, result.candidate.recall.n) == (3, 3)
    assert result.in_force.recall.hits == 0
    assert result.recall_change.value == 1.0
    assert result.confusions.unlabelled == [loose]
    assert seen[-1][0] == seen[-1][1]
    view = backtests.get(room, made)
    assert any(row.text.startswith("加薇领") for row in view.excerpts)
    with store.write(room) as unit:
        unit.get(Message, loose).recalled_at = unit.now
        assert "加薇领课程，明天截止" not in str(result.model_dump())
    assert {row.message_id: row.text for row in backtests.get(room, made).excerpts}[loose] == ""


def test_a_run_that_was_killed_begins_again_and_one_that_ended_does_not(
    room: str, backtests: BacktestDesk, decided: Decided
) -> None:
    decided(0.9, upheld=True)
    made = backtests.ask(
        room, BacktestSpec(category=Category.INSULT, candidate=ThresholdCandidate(cut=0.9)), actor="op"
    )

    def stop(_done: int, _total: int) -> None:
        raise Conflict("stopped")

    with pytest.raises(Conflict):
        backtests.run(room, made, stop)
    assert backtests.get(room, made).result is None
    backtests.run(room, made, lambda _done, _total: None)
    first = backtests.get(room, made).finished_at
    backtests.run(room, made, stop)
    assert backtests.get(room, made).finished_at == first


def test_live_precision_counts_cases_by_detector(store: Store, room: str, decided: Decided, clock: FixedClock) -> None:
    for number in range(4):
        decided(0.9, upheld=number < 3, detector="alpha")
    decided(0.8, upheld=False, detector="beta")
    with store.read(room) as unit:
        rows = {row.detector: row.upheld for row in live_precision(unit)}
    assert (rows["alpha"].hits, rows["alpha"].n, rows["alpha"].value) == (3, 4, 0.75)
    assert rows["beta"].value == 0.0
    clock.advance(timedelta(days=31))
    with store.read(room) as unit:
        assert live_precision(unit) == []


def test_a_drawn_message_goes_with_its_sender(
    store: Store, room: str, desk: AuditDesk, service: ModerationService, say: Say, clock: FixedClock
) -> None:
    chat(say, service, room, clock, 3)
    service.terms.put(room, Terms(audit_per_week=3), actor="op")
    assert desk.draw(room) == 3
    erase_member(store, room, "bo", requested_by="op", readers=STORED_DOCUMENTS)
    with store.read(room) as unit:
        assert unit.session.scalars(select(AuditSample)).all() == []
