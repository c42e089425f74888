"""What is counted of a message, who was there, and which questions are settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.atmosphere.thresholds import Thresholds
from copilot.atmosphere.windows import Roster, followed_questions, say
from copilot.community.conversation import Line, replies_after
from tests.atmosphere.chat import FLAT, LENIENT, said, window
from tests.conftest import NOW

LINE = Line(
    id="m", channel_id="main", sender_id="a", sent_at=NOW, type=0, text="", reply_to_id=None, mentions=(),
    is_question=False, sentiment=FLAT, flagged_score=0.0, model_version="m1",
)  # fmt: skip
FULL = "冷链报价按吨公里计算，隔天到货需要提前锁定司机和仓位，旺季至少提前三天"


@pytest.mark.parametrize(
    ("line", "substantive", "resource"),
    [
        (replace(LINE, text=FULL), True, False),
        (replace(LINE, text="收到"), False, False),
        (replace(LINE, text=FULL, sentiment=None), False, False),  # nobody read it
        (replace(LINE, text=FULL, flagged_score=0.9), False, False),  # a long insult or advert
        (replace(LINE, text="https://example.org/cold-chain/prices-and-drivers-and-storage"), False, True),
        (replace(LINE, text="看这个https://example.org/a，很全"), False, True),
        (replace(LINE, text="", type=7, sentiment=None), False, True),
    ],
)
def test_substance_and_resources_are_told_apart(line: Line, substantive: bool, resource: bool) -> None:
    counted = say(line, Thresholds())
    assert (counted.is_substantive, counted.is_resource) == (substantive, resource)


def test_a_reply_of_the_same_minute_follows_what_it_replies_to() -> None:
    chat = [
        said("3", "a", 0, reply_to_id="2"),
        said("2", "b", 0, reply_to_id="1"),
        said("1", "c", 0),
        said("4", "d", 1),
    ]
    assert [item.id for item in replies_after(chat)] == ["1", "2", "3", "4"]


def test_messages_that_reply_in_a_ring_are_kept_once() -> None:
    ring = [said("1", "a", 0, reply_to_id="2"), said("2", "b", 0, reply_to_id="1"), said("3", "c", 0, reply_to_id="3")]
    assert sorted(item.id for item in replies_after(ring)) == ["1", "2", "3"]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=12))
def test_reordering_loses_nothing_and_keeps_time(rows: list[tuple[int, int]]) -> None:
    chat = sorted(
        (said(str(n), "a", minute, reply_to_id=str(to)) for n, (minute, to) in enumerate(rows)),
        key=lambda item: item.sent_at,
    )
    ordered = list(replies_after(chat))
    assert sorted(ordered, key=lambda item: item.id) == sorted(chat, key=lambda item: item.id)
    assert [item.sent_at for item in ordered] == [item.sent_at for item in chat]


def test_members_are_known_from_the_day_they_joined_and_speakers_always() -> None:
    roster = Roster({"early": NOW, "late": NOW + timedelta(days=2)}, undated=3)
    assert roster.known(NOW + timedelta(days=1), []) == 4
    assert roster.known(NOW + timedelta(days=1), ["late", "early"]) == 5
    assert roster.known(NOW, []) == 3


def test_a_neighbour_may_have_answered_but_not_the_asker_and_not_a_reply_to_something_else() -> None:
    ask = {"is_question": True}
    chat = [
        said("q1", "a", 0, **ask), said("x1", "a", 1), said("x2", "b", 2, reply_to_id="x0"),  # nobody
        said("q2", "a", 60, **ask), said("x3", "a", 61), said("x4", "b", 70),  # b, ten minutes later
        said("q3", "a", 120, **ask), said("x5", "b", 136),  # too late
        said("q4", "a", 200, **ask), said("x6", "b", 201, channel_id="side"),  # elsewhere
        said("q5", "a", 300, **ask), said("q6", "b", 301, **ask),  # b asks back
    ]  # fmt: skip
    assert followed_questions(chat, timedelta(minutes=15)) == {"q2", "q5"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.booleans(), st.booleans()), max_size=12))
def test_one_pass_finds_the_neighbours_that_a_plain_search_finds(rows: list[tuple[str, int, bool, bool]]) -> None:
    chat = sorted(
        (
            said(f"{n:02d}", who, minute, is_question=asks, reply_to_id="x" if replies else None)
            for n, (who, minute, asks, replies) in enumerate(rows)
        ),
        key=lambda item: item.sent_at,
    )
    reach = timedelta(minutes=3)
    plain = {
        question.id
        for at, question in enumerate(chat)
        if question.is_question
        and any(
            other.sender_id != question.sender_id
            and other.reply_to_id is None
            and other.sent_at - question.sent_at <= reach
            for other in chat[at + 1 :]
        )
    }
    assert followed_questions(chat, reach) == plain


def test_an_answer_after_the_window_counts_within_a_day() -> None:
    chat = [
        said("q1", "a", 590, is_question=True), said("q2", "b", 595, is_question=True),
        said("x1", "c", 700, reply_to_id="q1"), said("x2", "c", 590 + 25 * 60, reply_to_id="q2"),
    ]  # fmt: skip
    first, second = window(chat).questions
    assert [answer.id for answer in first.answers] == ["x1"]
    assert first.wait_seconds == 110 * 60
    assert (second.answers, second.wait_seconds, second.is_followed) == ((), None, False)


def test_a_question_nobody_had_time_to_answer_is_not_judged() -> None:
    chat = [said("q1", "a", 0, is_question=True), said("q2", "a", 50, is_question=True), said("x", "b", 61)]
    patient = replace(LENIENT, patience=timedelta(minutes=60))
    assert [question.asked.id for question in window(chat, thresholds=patient).questions] == ["q1"]


def test_a_reply_into_the_time_before_the_window_still_links_two_people() -> None:
    chat = [said("m1", "a", -10), said("m2", "b", 5, reply_to_id="m1"), said("m3", "b", 6, reply_to_id="m2")]
    assert [(item.id, to.id) for item, to in window(chat).links] == [("m2", "m1")]


def test_an_empty_stretch_has_an_empty_window() -> None:
    empty = window([])
    assert (empty.questions, empty.links, empty.read, empty.known_members) == ([], [], [], 10)
