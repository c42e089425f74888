"""A pattern becomes one case, in the store, found again without doubling, and survives a kill."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Case, CaseFinding, CaseItem, Channel, Member, Message, Reading, StaleMark
from copilot.moderation.behaviour import PatternKind
from copilot.moderation.models import CaseStatus, FoundBy
from copilot.moderation.pattern_watch import PURPOSE, PatternWatch, mark_members
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

ATTACK = 0.9


def address(store: Store, room: str, message_id: str, whom: str) -> None:
    with store.write(room) as unit:
        unit.get(Message, message_id).mentions = [whom]


def attacks(
    store: Store, room: str, say: Say, clock: FixedClock, count: int, who: str = "ann", whom: str = "bo"
) -> None:
    """Store attacks ten hours apart, with what a model read in them."""
    for number in range(count):
        at = clock.now() - timedelta(days=5) + timedelta(hours=10 * number)
        message_id = say(who, "一句刻薄的话", at=at)
        address(store, room, message_id, whom)
        with store.write(room) as unit:
            unit.add(
                Reading(
                    message_id=message_id, model_version="t", negative=0.9, neutral=0.1, positive=0.0,
                    categories={"insult": ATTACK}, is_question=False, language="zh", stage="local", read_at=unit.now,
                )
            )  # fmt: skip
    with store.write(room) as unit:
        mark_members(unit, [who])


def count(store: Store, room: str, table: type) -> int:
    with store.read(room) as unit:
        return unit.session.scalar(select(func.count()).select_from(table)) or 0


def test_harassment_over_days_is_one_case_with_its_messages(
    store: Store, room: str, say: Say, clock: FixedClock
) -> None:
    attacks(store, room, say, clock, 6)
    assert PatternWatch(store).run(room) == 1
    with store.read(room) as unit:
        [case] = unit.session.scalars(select(Case)).all()
        items = unit.session.scalars(select(CaseItem)).all()
        [finding] = unit.session.scalars(select(CaseFinding)).all()
    assert case.category == "harassment"
    assert len(items) == 6
    assert finding.affected == ["bo"]
    assert finding.found_by == FoundBy.PATTERN
    assert "6" in finding.evidence["sentence"]["en"]
    assert "Bo" in finding.evidence["sentence"]["zh-CN"]


def test_looking_again_changes_nothing(store: Store, room: str, say: Say, clock: FixedClock) -> None:
    attacks(store, room, say, clock, 6)
    watch = PatternWatch(store)
    watch.run(room)
    before = (count(store, room, Case), count(store, room, CaseItem), count(store, room, CaseFinding))
    with store.write(room) as unit:
        mark_members(unit, ["ann"])
    assert watch.run(room) == 0
    assert (count(store, room, Case), count(store, room, CaseItem), count(store, room, CaseFinding)) == before
    assert count(store, room, StaleMark) == _other_marks(store, room)


def _other_marks(store: Store, room: str) -> int:
    with store.read(room) as unit:
        statement = select(func.count()).select_from(StaleMark).where(StaleMark.purpose != PURPOSE)
        return unit.session.scalar(statement) or 0


def test_more_attacks_join_the_same_case(store: Store, room: str, say: Say, clock: FixedClock) -> None:
    attacks(store, room, say, clock, 6)
    watch = PatternWatch(store)
    watch.run(room)
    attacks(store, room, say, clock, 7)
    watch.run(room)
    with store.read(room) as unit:
        [case] = unit.session.scalars(select(Case).where(Case.status == CaseStatus.OPEN.value)).all()
    assert case.category == "harassment"


def test_a_quarrel_of_two_is_shown_but_opens_no_case(store: Store, room: str, say: Say, clock: FixedClock) -> None:
    attacks(store, room, say, clock, 6)
    attacks(store, room, say, clock, 5, who="bo", whom="ann")
    watch = PatternWatch(store)
    assert watch.run(room) == 0
    assert count(store, room, Case) == 0
    assert [found.kind for found in watch.find(room, "ann")] == [PatternKind.QUARREL]


def test_a_mark_of_an_erased_member_is_cleared(store: Store, room: str) -> None:
    with store.write(room) as unit:
        mark_members(unit, ["nobody"])
    assert PatternWatch(store).run(room) == 0
    assert count(store, room, StaleMark) == _other_marks(store, room)


def test_another_community_sees_nothing(store: Store, room: str, say: Say, clock: FixedClock) -> None:
    attacks(store, room, say, clock, 6)
    assert PatternWatch(store).find(room, "ann")
    with store.read(room) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Channel)) == 2
    assert PatternWatch(store).find("elsewhere", "ann") == []


def test_accounts_with_one_contact_become_one_case_after_reading(
    store: Store, room: str, say: Say, service: ModerationService
) -> None:
    with store.write(room) as unit:
        for name in ("dee", "eve"):
            unit.add(Member(id=name, platform="test", external_id=name, name=name.title(), created_at=unit.now))
    say("cai", "无抵押贷款，秒批50万，征信花了也能下款，加微信 dk_demo_2")
    say("dee", "手头紧的看过来，黑户白户都包下款，当日放，联系微信 dk_demo_2")
    say("eve", "急用钱找我，套现提额，不看征信，加我微信 dk_demo_2")
    while service.read_pending(room).taken:
        pass
    with store.read(room) as unit:
        cases = unit.session.scalars(select(Case).where(Case.status == CaseStatus.OPEN.value)).all()
        [finding] = unit.session.scalars(select(CaseFinding)).all()
    assert len(cases) == 1
    assert finding.evidence["facts"]["accounts"] == 3
    assert finding.evidence["facts"]["kind"] == "advert_ring"
