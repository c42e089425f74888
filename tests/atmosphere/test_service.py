"""The service over a real store: what is seen, what is refused, what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from copilot.atmosphere.service import AtmosphereService
from copilot.atmosphere.thresholds import Bounds
from copilot.community.store import Store
from copilot.community.tables import AtmosphereSnapshot, Community, Member, Message
from copilot.errors import InvalidInput, NotFound, TooLarge
from copilot.knowledge import KnowledgeBase
from tests.atmosphere.chat import GLAD, SAD, Room
from tests.conftest import NOW

DAY = timedelta(days=1)


def snapshots(room: Room) -> list[AtmosphereSnapshot]:
    with room.store.read(room.community_id) as unit:
        return list(unit.session.scalars(select(AtmosphereSnapshot).order_by(AtmosphereSnapshot.window_start)))


def test_thirty_messages_of_five_people_are_read(room: Room, service: AtmosphereService) -> None:
    room.chatter(30, sentiment=GLAD)
    reading = service.read("c")
    assert reading.no_reading is None
    assert reading.sentiment is not None
    assert reading.sentiment.positive.value == 1
    assert list(reading.dimensions) == [
        "activity", "satisfaction", "interaction_quality", "content_quality", "participation"
    ]  # fmt: skip
    counts = reading.counts
    assert (counts.messages, counts.messages_read, counts.coverage, counts.speakers) == (30, 30, 1.0, 5)
    assert counts.known_members == 6
    assert reading.window.timezone == "Asia/Shanghai"
    assert reading.window.start.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("count", "people", "code", "words"),
    [
        (0, "a", "no_messages", "没有消息"),
        (29, "abcde", "too_few_messages", "只有 29 条消息（至少要 30 条）"),
        (40, "abcd", "too_few_speakers", "只有 4 个人说话（至少要 5 个）"),
        (40, "a", "too_few_speakers", "只有 1 个人说话"),
    ],
)
def test_thin_data_gives_no_reading_and_the_reason(
    room: Room, service: AtmosphereService, count: int, people: str, code: str, words: str
) -> None:
    room.chatter(count, people=people)
    reading = service.read("c")
    assert reading.no_reading is not None
    assert reading.no_reading.code == code
    assert words in reading.no_reading.sentence
    assert (reading.dimensions, reading.sentiment, reading.suggestion) == ({}, None, None)
    assert reading.counts.messages == count


def test_an_english_community_is_told_in_english(room: Room, service: AtmosphereService) -> None:
    with room.store.system(write=True) as session:
        row = session.get(Community, "c")
        assert row is not None
        row.locale = "en"
    reading = service.read("c")
    assert reading.no_reading is not None
    assert reading.no_reading.sentence == "Nothing was said in this window, so there is no reading."


def test_system_recalled_hidden_and_senderless_messages_are_not_seen(room: Room, service: AtmosphereService) -> None:
    room.chatter(30)
    room.say("f", 5, type=80)
    room.say("f", 5, recalled_at=NOW)
    room.say("f", 5, hidden_at=NOW)
    room.say(None, 5)
    assert service.read("c").counts.messages == 30


def test_another_communitys_messages_are_not_seen(room: Room, store: Store, service: AtmosphereService) -> None:
    with store.system(write=True) as session:
        session.add(Community(id="other", slug="other", name="Other", created_at=NOW))
    Room(store, "other").chatter(40, sentiment=SAD)
    assert service.read("c").counts.messages == 0
    with pytest.raises(NotFound):
        service.read("c", "other-main")
    with pytest.raises(NotFound):
        service.reply_pairs("c", "other-main")
    with pytest.raises(NotFound):
        service.read("nobody")


def test_one_channel_is_read_by_itself(room: Room, service: AtmosphereService) -> None:
    room.chatter(30, channel="main")
    room.chatter(10, channel="side")
    assert service.read("c").counts.messages == 40
    side = service.read("c", room.channel("side"))
    assert (side.counts.messages, side.window.channel_name) == (10, "Side")


def test_a_bad_mood_suggests_a_cited_step(room: Room, service: AtmosphereService) -> None:
    room.chatter(40, sentiment=SAD, people="abcdef")
    reading = service.read("c")
    assert reading.suggestion is not None
    assert reading.suggestion.measure == "net_sentiment"
    assert reading.suggestion.passage


def test_members_without_a_date_are_known_from_the_first_thing_they_said(
    room: Room, service: AtmosphereService
) -> None:
    room.chatter(30, minute=-3 * 24 * 60)
    room.say("f", 0)
    with room.store.write("c") as unit:
        unit.add(Member(id="g", platform="t", external_id="g", name="G", created_at=NOW))  # never said a word
    assert [day.counts.known_members for day in service.days("c")] == [1, 1, 1, 6, 6, 6, 7]


def test_days_are_read_one_by_one_and_quiet_ones_say_so(room: Room, service: AtmosphereService) -> None:
    room.chatter(30, minute=0)
    room.chatter(30, minute=-2 * 24 * 60)
    days = service.days("c")
    assert [day.counts.messages for day in days] == [0, 0, 0, 0, 30, 0, 30]
    assert days[-2].no_reading is not None
    assert days[-1].window.start.hour == 0
    assert days[-1].window.end - days[-1].window.start == DAY


def test_days_of_a_room_without_messages_are_seven_empty_ones(room: Room, service: AtmosphereService) -> None:
    assert [day.counts.messages for day in service.days("c")] == [0] * 7


def test_what_makes_no_window_is_refused(room: Room, service: AtmosphereService) -> None:
    with pytest.raises(InvalidInput):
        service.read("c", start=NOW, end=NOW - DAY)
    with pytest.raises(InvalidInput):
        service.read("c", end=datetime.max.replace(tzinfo=UTC))
    with pytest.raises(InvalidInput):
        service.days("c", start=NOW - 93 * DAY, end=NOW)
    for n in (0, 101):
        with pytest.raises(InvalidInput):
            service.reply_pairs("c", n=n)


def test_more_messages_than_the_bound_are_refused_with_the_count(
    room: Room, store: Store, knowledge: KnowledgeBase
) -> None:
    room.chatter(6)
    tight = AtmosphereService(store, knowledge, bounds=Bounds(most_messages=5))
    with pytest.raises(TooLarge) as refused:
        tight.read("c")
    assert (refused.value.data["count"], refused.value.data["limit"]) == (6, 5)


def test_an_answer_just_after_midnight_answers_yesterdays_question(room: Room, service: AtmosphereService) -> None:
    # Midnight in Shanghai is 14 hours after NOW (10:00 there).
    midnight = 14 * 60
    room.chatter(30, minute=midnight - 120)
    asked = [room.say("abcde"[n], midnight - 5 + n / 60, is_question=True) for n in range(5)]
    for question in asked:
        room.say("f", midnight + 10, reply_to_id=question)
    room.say("a", midnight + 200)
    first = service.days("c")[-2]
    rate = first.dimensions["interaction_quality"].measure("reply_rate")
    assert rate is not None
    assert (rate.value, rate.n) == (1.0, 5)


def test_snapshots_are_stored_once_and_renewed_when_the_day_changes(room: Room, service: AtmosphereService) -> None:
    first, *_ = room.chatter(30)
    assert service.snapshot("c") == 4  # a day and its week, of the whole and of the one channel with messages
    assert service.snapshot("c") == 0
    assert len(snapshots(room)) == 4
    with room.store.write("c") as unit:
        unit.get(Message, first).recalled_at = NOW
    assert service.snapshot("c") == 4
    newest = [row for row in snapshots(room) if row.channel_id is None][-1]
    assert newest.content["counts"]["messages"] == 29
    assert newest.content["no_reading"]["code"] == "too_few_messages"


def test_a_channel_whose_messages_are_all_recalled_keeps_no_old_reading(room: Room, service: AtmosphereService) -> None:
    room.chatter(30)
    gone = room.chatter(30, channel="side")
    service.snapshot("c")
    with room.store.write("c") as unit:
        for message in unit.get_many(Message, gone).values():
            message.recalled_at = NOW
    service.snapshot("c")
    side = [row for row in snapshots(room) if row.channel_id == room.channel("side")]
    assert {row.content["counts"]["messages"] for row in side} == {0}


def test_a_room_where_nothing_was_ever_said_has_no_snapshot(room: Room, service: AtmosphereService) -> None:
    assert service.snapshot("c") == 0


def test_a_snapshot_holds_ids_and_figures_but_no_words(room: Room, service: AtmosphereService) -> None:
    room.chatter(30, text="这句话只属于说它的人")
    service.snapshot("c")
    assert not any("这句话" in str(row.content) for row in snapshots(room))


def test_reply_pairs_are_counted_without_hidden_people_and_talk_to_oneself(
    room: Room, service: AtmosphereService
) -> None:
    by = {name: room.say(name) for name in "abcd"}
    for sender, to, times in (("b", "a", 3), ("a", "b", 2), ("c", "a", 2), ("d", "a", 9), ("a", "a", 5)):
        for _ in range(times):
            room.say(sender, 1, reply_to_id=by[to])
    room.say("c", 2, reply_to_id="nowhere")
    room.say("c", 2, reply_to_id=by["a"], recalled_at=NOW)
    with room.store.write("c") as unit:
        unit.get(Member, room.member("d")).visibility = "hidden"
    pairs = service.reply_pairs("c")
    assert [(pair.from_name, pair.to_name, pair.count) for pair in pairs] == [
        ("B", "A", 3),
        ("A", "B", 2),
        ("C", "A", 2),
    ]
    assert service.reply_pairs("c", n=1) == pairs[:1]
    assert service.reply_pairs("c", room.channel("side")) == []
