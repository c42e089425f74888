"""Weekly reports over a store: made, kept, shown checked against what is stored now."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from copilot.atmosphere.weekly.compose import compose
from copilot.atmosphere.weekly.service import WeeklyService, read_weekly
from copilot.clock import FixedClock
from copilot.community.erasure import erase_member
from copilot.community.member_export import export_member
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Member, Message, PrivateMessage, Reading, WeeklyRecord
from copilot.errors import InvalidInput, NotFound
from copilot.stored_documents import STORED_DOCUMENTS
from tests.atmosphere.chat import GLAD, Room
from tests.conftest import NOW

GOOD = "解除条款在第七条，先发书面通知，留好回执，三十天内对方不整改就可以解除。"


def a_week(room: Room) -> dict[str, str]:
    """Let people talk, one answer well and be thanked, and one question stay open."""
    room.chatter(40, 0, sentiment=GLAD)
    asked = room.say("b", 60, "合同里的解除条款怎么写才稳？", is_question=True)
    good = room.say("a", 61, GOOD, reply_to_id=asked)
    room.say("b", 62, "谢谢，解决了！", reply_to_id=good)
    left = room.say("d", 63, "有人报过北美的商标吗？流程大概多久？", is_question=True)
    room.say("e", 200, "今天先到这里")  # an hour later it is known that nobody answered
    return {"asked": asked, "good": good, "left": left}


@pytest.fixture
def said(room: Room, clock: FixedClock) -> dict[str, str]:
    from datetime import timedelta

    found = a_week(room)
    clock.advance(timedelta(days=1))
    return found


def test_a_week_is_reported_with_its_best_message_and_its_open_question(
    said: dict[str, str], weekly: WeeklyService
) -> None:
    report = weekly.make("c", actor="key")
    assert report.week == "2026-W47"
    assert not report.is_over
    best = report.best[0]
    assert (best.excerpt.id, best.excerpt.quote, best.answered, best.thanked) == (said["good"], GOOD, 1, 1)
    assert best.why == "回答了 1 个人的提问，1 个人道谢，1 个人回复"
    left = report.questions[0]
    assert (left.excerpt.id, left.followed, left.age_hours) == (said["left"], False, pytest.approx(22.95, abs=0.06))
    assert (report.question_count, report.open_count) == (2, 1)
    assert set(report.names) == {"c-a", "c-d"}
    assert report.actions and all(action.who == "值班运营" for action in report.actions)
    assert report.dropped == []
    assert weekly.get("c", "2026-W47") == report == weekly.get("c")


def test_what_to_do_today_is_known_without_a_report_and_follows_the_records(
    said: dict[str, str], weekly: WeeklyService, room: Room, store: Store
) -> None:
    today = weekly.today("c")
    assert (today.week, today.is_over, today.locale) == ("2026-W47", False, "zh-CN")
    assert today.actions == weekly.make("c", actor="key").actions
    room.say("a", 300, "流程大概九到十二个月。", reply_to_id=said["left"])
    assert "questions" in {one.source for one in today.actions}
    assert "questions" not in {one.source for one in weekly.today("c").actions}
    with pytest.raises(NotFound):
        weekly.today("nowhere")


def test_what_is_stored_gives_the_same_report_again(said: dict[str, str], weekly: WeeklyService, store: Store) -> None:
    made = weekly.make("c", actor="key")
    with store.read("c") as unit:
        snapshot, summary = read_weekly(unit.session.scalars(select(WeeklyRecord)).one())
        entry = unit.session.scalars(select(AuditEntry)).one()
    assert compose(snapshot, summary).model_copy(update={"names": made.names}) == made
    assert (entry.actor, entry.action, entry.data) == ("key", "atmosphere:weekly:made", {"week": "2026-W47"})


@pytest.mark.parametrize("change", ["recall", "hide", "edit", "private", "hidden_member", "no_ai"])
def test_a_message_that_may_no_longer_be_shown_leaves_the_stored_report(
    said: dict[str, str], weekly: WeeklyService, store: Store, change: str
) -> None:
    weekly.make("c")
    with store.write("c") as unit:
        message = unit.get(Message, said["good"])
        sender = unit.get(Member, "c-a")
        if change == "recall":
            message.recalled_at, message.text = NOW, ""
        elif change == "hide":
            message.hidden_at = NOW
        elif change == "edit":
            message.text = "别这么写。"
        elif change == "private":
            unit.add(PrivateMessage(message_id=message.id, noted_at=NOW))
        elif change == "hidden_member":
            sender.visibility = "hidden"
        else:
            sender.consent_ai = False
    report = weekly.get("c")
    assert report.best == []
    assert "c-a" not in report.names
    assert GOOD not in report.model_dump_json()
    reason = {"edit": "not_exact"}.get(change, "not_shown")
    assert ("best_message", reason) in {(one.kind, one.reason) for one in report.dropped}


def test_private_and_flagged_messages_and_hidden_people_are_never_taken(
    said: dict[str, str], weekly: WeeklyService, store: Store
) -> None:
    with store.write("c") as unit:
        unit.add(PrivateMessage(message_id=said["left"], noted_at=NOW))
        unit.get(Reading, said["good"]).categories = {"insult": 0.9}
    weekly.make("c")
    with store.read("c") as unit:
        stored = str(unit.session.scalars(select(WeeklyRecord)).one().snapshot)
    assert "商标" not in stored
    assert GOOD not in stored


def test_an_erased_member_leaves_the_stored_report(said: dict[str, str], weekly: WeeklyService, store: Store) -> None:
    weekly.make("c")
    with store.read("c") as unit:
        assert "weekly_record" in str(export_member(unit, "c-a"))
    erase_member(store, "c", "c-a", requested_by="key", readers=STORED_DOCUMENTS)
    with store.read("c") as unit:
        stored = str(unit.session.scalars(select(WeeklyRecord)).one().snapshot)
    assert GOOD not in stored and "c-a'" not in stored and said["good"] not in stored
    report = weekly.get("c")
    assert report.best == []
    assert ("best_message", "gone") in {(one.kind, one.reason) for one in report.dropped}


def test_made_again_it_takes_the_place_of_the_first(said: dict[str, str], weekly: WeeklyService, room: Room) -> None:
    first = weekly.make("c")
    room.say("c", 90, "又来了一条")
    again = weekly.make("c", "2026-W47", actor="other")
    assert again.reading.counts.messages == first.reading.counts.messages + 1
    heads = weekly.listed("c").items
    assert [(head.week, head.made_by) for head in heads] == [("2026-W47", "other")]


def test_an_empty_or_thin_week_says_so(room: Room, weekly: WeeklyService) -> None:
    empty = weekly.make("c", "2026-W40")
    assert empty.thin is not None and empty.thin.startswith("这一周说得太少：")
    room.say("a", 0, "早")
    thin = weekly.make("c")
    assert thin.thin is not None and "1 条消息" in thin.thin
    assert [head.week for head in weekly.listed("c").items] == ["2026-W47", "2026-W40"]


def test_a_week_to_come_or_never_made_or_of_another_community_is_refused(
    room: Room, weekly: WeeklyService, store: Store
) -> None:
    with pytest.raises(InvalidInput, match="has not begun"):
        weekly.make("c", "2026-W48")
    with pytest.raises(NotFound):
        weekly.get("c", "2026-W47")
    with pytest.raises(InvalidInput):
        weekly.get("c", "2026-W99")
    room.chatter(3)
    weekly.make("c")
    from copilot.community.tables import Community

    with store.system(write=True) as session:
        session.add(Community(id="o", slug="o", name="Other", locale="en", created_at=NOW))
    with pytest.raises(NotFound):
        weekly.get("o")
    assert weekly.listed("o").items == []


def test_members_get_their_own_version(said: dict[str, str], weekly: WeeklyService) -> None:
    weekly.make("c")
    found = weekly.get("c", audience="members")
    text = found.model_dump_json()
    assert GOOD not in text and "c-a" not in text and found.names == {}
    assert found.reading.counts.messages == 45
