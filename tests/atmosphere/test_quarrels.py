"""Exchanges that may be turning into a quarrel, and those that only look like one."""

from __future__ import annotations

from copilot.atmosphere.quarrels import QuarrelSigns, exchanges, quarrels, usual_share
from copilot.atmosphere.windows import Said
from tests.atmosphere.chat import FLAT, GLAD, SAD, said

SIGNS = QuarrelSigns()


def talk(*rows: tuple[str, float, tuple[float, float, float]], **values: object) -> list[Said]:
    return [said(f"m{n}", who, minute, sentiment=mood, **values) for n, (who, minute, mood) in enumerate(rows)]


HEATED = talk(
    ("a", 0, FLAT), ("b", 1, FLAT), ("a", 2, SAD), ("b", 3, SAD), ("a", 4, SAD), ("b", 5, SAD), ("a", 6, SAD),
)  # fmt: skip


def test_two_people_who_get_louder_are_shown_once_with_the_messages() -> None:
    (one,) = quarrels(HEATED, 0.1, SIGNS)
    assert one.people == 2
    assert one.opened_at == HEATED[5].sent_at  # three of five: P(X >= 3 | 5, .1) = .0086; four of six: .00127
    assert one.message_ids == [item.id for item in HEATED[:6]]
    assert one.heated_ids == ["m2", "m3", "m4", "m5"]
    assert one.chance <= SIGNS.chance


def test_flagged_words_count_where_the_mood_was_not_seen() -> None:
    calm = talk(*((who, minute, FLAT) for minute, who in enumerate("ababab")), attack_score=0.9)
    assert len(quarrels(calm, 0.1, SIGNS)) == 1


def test_one_who_is_upset_alone_is_no_quarrel() -> None:
    alone = talk(*((who, minute, SAD if who == "a" else FLAT) for minute, who in enumerate("aabaabaa")))
    assert quarrels(alone, 0.1, SIGNS) == []


def test_a_whole_room_that_complains_is_no_quarrel_of_a_few() -> None:
    room = talk(*((who, minute, SAD) for minute, who in enumerate("abcdefghijkl")))
    assert quarrels(room, 0.1, QuarrelSigns(people=(2, 4))) == []


def test_what_cools_down_is_not_shown() -> None:
    cooling = talk(
        ("a", 0, SAD), ("b", 1, SAD), ("a", 2, SAD), ("b", 3, FLAT), ("a", 4, GLAD), ("b", 5, GLAD), ("a", 6, FLAT),
    )  # fmt: skip
    assert quarrels(cooling, 0.1, QuarrelSigns(window=(12, 7))) == []


def test_a_gruff_room_needs_more() -> None:
    assert quarrels(HEATED, 0.5, SIGNS) == []
    assert usual_share(talk(*(("a", n, SAD) for n in range(100))), SIGNS) == SIGNS.usual  # too few to know
    assert usual_share(talk(*(("a", n, SAD if n % 4 == 0 else FLAT) for n in range(400))), SIGNS) == 0.25


def test_a_reply_keeps_two_talks_of_one_channel_apart() -> None:
    chat = [
        said("q", "a", 0), said("x", "c", 1, reply_to_id="gone"), said("r", "b", 2, reply_to_id="q"),
        said("y", "d", 3, reply_to_id="x"), said("late", "a", 60),
    ]  # fmt: skip
    assert [[item.id for item in one.said] for one in exchanges(chat, SIGNS)] == [["q", "r"], ["x", "y"]]


def test_a_mention_continues_what_was_last_said() -> None:
    chat = [said("q", "a", 0), said("o", "c", 20), said("r", "b", 25, mentions=("a",))]
    assert [[item.id for item in one.said] for one in exchanges(chat, SIGNS)] == [["q", "r"]]


def test_unread_messages_and_an_empty_room_say_nothing() -> None:
    unread = talk(*((who, minute, FLAT) for minute, who in enumerate("ababab")))
    assert quarrels([], 0.1, SIGNS) == []
    assert quarrels(unread, 0.1, SIGNS) == []
