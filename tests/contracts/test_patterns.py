"""On every database: a pattern is handed in once, its mark goes with it, and an erased member leaves no name in it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from copilot.community.erasure import erase_member
from copilot.community.store import Store
from copilot.community.tables import Case, CaseFinding, CaseItem, Channel, Member, Message, Reading, StaleMark
from copilot.moderation.pattern_watch import PURPOSE, PatternWatch, mark_members
from tests.conftest import NOW


def lived(store: Store) -> None:
    """In community `a`, Ann goes after Bobby Lin for three days; nobody marks anything in `b`."""
    with store.write("a") as unit:
        unit.add(Channel(id="chn_1", platform="test", external_id="1", name="main", created_at=NOW))
        for name, shown in (("mem_ann", "Annika"), ("mem_bo", "Bobby Lin")):
            unit.add(Member(id=name, platform="test", external_id=name, name=shown, created_at=NOW))
    with store.write("a") as unit:
        for number in range(6):
            unit.add(
                Message(
                    id=f"msg_{number}", channel_id="chn_1", external_id=str(number), sender_id="mem_ann", type=0,
                    text="一句刻薄的话", sent_at=NOW - timedelta(hours=70 - 12 * number), mentions=["mem_bo"],
                )
            )  # fmt: skip
    with store.write("a") as unit:
        for number in range(6):
            unit.add(
                Reading(
                    message_id=f"msg_{number}", model_version="t", negative=0.9, neutral=0.1, positive=0.0,
                    categories={"insult": 0.9}, is_question=False, language="zh", stage="local", read_at=NOW,
                )
            )  # fmt: skip
        mark_members(unit, ["mem_ann"])


def test_a_pattern_is_one_case_and_its_mark_is_gone(any_store: Store) -> None:
    lived(any_store)
    watch = PatternWatch(any_store)
    assert watch.run("a") == 1
    assert watch.run("a") == 0
    assert watch.run("b") == 0
    with any_store.read("a") as unit:
        assert len(unit.session.scalars(select(Case)).all()) == 1
        assert len(unit.session.scalars(select(CaseItem)).all()) == 6
        assert unit.session.scalars(select(StaleMark).where(StaleMark.purpose == PURPOSE)).all() == []
    with any_store.read("b") as unit:
        assert unit.session.scalars(select(Case)).all() == []


def test_who_was_harassed_and_is_erased_leaves_no_name_in_the_finding(any_store: Store) -> None:
    lived(any_store)
    PatternWatch(any_store).run("a")
    erase_member(any_store, "a", "mem_bo", requested_by="key_1")
    with any_store.read("a") as unit:
        [finding] = unit.session.scalars(select(CaseFinding)).all()
    assert "mem_bo" not in f"{finding.affected} {finding.evidence}"
    assert "Bobby" not in str(finding.evidence)


def test_who_harassed_and_is_erased_takes_the_case_along(any_store: Store) -> None:
    lived(any_store)
    PatternWatch(any_store).run("a")
    erase_member(any_store, "a", "mem_ann", requested_by="key_1")
    with any_store.read("a") as unit:
        assert unit.session.scalars(select(CaseFinding)).all() == []
        assert unit.session.scalars(select(Case)).all() == []
