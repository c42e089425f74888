"""Which questions count as open: the rules one by one, on chat written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.community.demand import DemandKind, DemandRules, group_same, questions, stands_alone, to_everybody
from tests.topics.conftest import BANK, MOULD, line

RULES = DemandRules()


def open_ids(*window: object) -> list[str]:
    return [q.id for q in questions(list(window), RULES) if not q.answer_ids and q.is_open_call]  # type: ignore[arg-type]  # lines


def test_a_question_nobody_reacts_to_is_open() -> None:
    assert open_ids(line("q", "yoyo", 0, MOULD, asks=True), line("x", "tao", 40, "今天食堂的面不错")) == ["q"]


def test_a_reply_answers_it_however_late() -> None:
    late = line("a", "chen", 3000, "减胶。", reply_to_id="q")
    found = questions([line("q", "yoyo", 0, MOULD, asks=True), late], RULES)
    assert found[0].answer_ids == ("a",)


def test_a_statement_nearby_that_takes_up_its_words_answers_it() -> None:
    near = line("a", "chen", 20, "缩水印先调保压，再看水槽背面的筋")
    assert open_ids(line("q", "yoyo", 0, MOULD, asks=True), near) == []


@pytest.mark.parametrize(
    "other",
    [
        line("a", "chen", 31, "缩水印先调保压，再看水槽背面的筋"),
        line("a", "chen", 20, "缩水印先调保压，再看水槽背面的筋", channel="other"),
        line("a", "chen", 20, "今天的会改到三点"),
        line("a", "chen", 20, "缩水印和保压，我也想问怎么调？", asks=True),
        line("a", "yoyo", 20, "缩水印就在保压之后出现的"),
    ],
    ids=["too late", "another channel", "about something else", "asks too", "the asker adds"],
)
def test_what_is_no_answer_leaves_it_open(other: object) -> None:
    assert "q" in open_ids(line("q", "yoyo", 0, MOULD, asks=True), other)


def test_thanks_by_the_asker_show_that_it_was_answered() -> None:
    assert open_ids(line("q", "yoyo", 0, MOULD, asks=True), line("t", "yoyo", 55, "谢谢陈工，私聊收到！")) == []
    assert open_ids(line("q", "yoyo", 0, MOULD, asks=True), line("t", "yoyo", 65, "谢谢各位")) == ["q"]


@pytest.mark.parametrize(
    ("text", "fields", "expected"),
    [
        (MOULD, {"asks": False}, False),
        (MOULD, {"asks": True, "flagged_score": 0.6}, False),
        ("怎么办？", {"asks": True}, False),
        ("欢迎小林，先看群公告，想说什么直接说，这里没有笨问题", {"asks": True}, False),
        (MOULD, {"asks": True}, True),
    ],
    ids=["no question", "flagged", "too short", "asks nobody for anything", "a question"],
)
def test_only_harmless_questions_that_say_enough_count(text: str, fields: dict[str, bool], expected: bool) -> None:
    assert stands_alone(line("q", "yoyo", 0, text, **fields), RULES) is expected  # type: ignore[arg-type]  # test fields


def test_a_question_put_to_one_person_is_not_everybodys() -> None:
    assert not to_everybody(line("q", "yoyo", 0, "@老陈 上次那副模具现在什么情况？", asks=True, mentions=("chen",)))
    assert not to_everybody(line("q", "yoyo", 0, "你们公司旁边那家面馆？你上次说的", asks=True))
    assert to_everybody(line("q", "yoyo", 0, "@老陈 说得对。再请教各位：缩水印怎么调？", asks=True, mentions=("chen",)))


@pytest.mark.parametrize(
    "text",
    [
        "秀姐，合同条款的标注做过吗？比如框出“违约责任”在哪几行",
        "问下岚姐，大群可以发我们静安新出的小团队工位价目表吗？",
        "沈律师您批注都写在Word修订里吗？我们有没有人统计过",
        "Jonas, do you also talk to South-east Asian teams? I meet two or three",
        "Congratulations Sofia. What was the comparison arm in that trial?",
    ],
)
def test_who_is_called_by_name_at_the_start_is_asked_alone(text: str) -> None:
    assert not to_everybody(line("q", "yoyo", 0, text, asks=True))


@pytest.mark.parametrize(
    "text",
    [
        "岚姐，各位老师，问一哈：核桃介绍怎么写城里人才爱看？",
        "请教各位老师：第一次收到条款清单，哪几条能谈？",
        "请问有没有做过小样本主动学习的老师，下一轮选点用什么？",
        "有懂模具的老师傅吗，缩水印怎么调？",
        "人工智能做像素动画，四帧四个不同的人怎么办？",
        "Quick one, has anyone tried extracting tables from scanned sheets?",
    ],
)
def test_who_asks_the_room_asks_everybody_however_they_begin(text: str) -> None:
    assert to_everybody(line("q", "yoyo", 0, text, asks=True))


@pytest.mark.parametrize(
    "text",
    [
        "冷笑话时间：为啥双11的快递不怕冷？因为它们都在路上热门",
        "周三晚上可以吗？我把楼上整层都留给大家的读书会",
        "请问 24 小时空调吗？我们发版经常到半夜，大家都在",
        "She writes less code than anyone here and deletes more of it every week",
        "欢迎小林，先看群公告，想问啥直接问，这里没有笨问题",
    ],
    ids=["a joke", "free then?", "open then?", "anyone in a statement", "an invitation to ask"],
)
def test_what_waits_for_no_article_is_not_demand(text: str) -> None:
    assert not stands_alone(line("q", "yoyo", 0, text, asks=True), RULES)


def test_an_empty_window_asks_nothing() -> None:
    assert questions([], RULES) == []
    assert group_same({}, RULES) == {}
    assert group_same({"a": np.array([1.0, 0.0], dtype=np.float32)}, RULES) == {"a": ()}


def test_near_duplicates_are_one_group_and_grouping_is_transitive() -> None:
    # cos(a, b) = cos(b, c) = 0.96 and cos(a, c) = 2 * 0.96^2 - 1 = 0.843: a and c meet only through b.
    angle = np.arccos(0.96)
    vectors = {
        name: np.array([np.cos(at), np.sin(at)], dtype=np.float32)
        for name, at in [("a", 0.0), ("b", angle), ("c", 2 * angle), ("far", 1.5)]
    }
    assert group_same(vectors, RULES) == {"a": ("b", "c"), "b": ("a", "c"), "c": ("a", "b"), "far": ()}


def test_in_a_crowded_space_the_usual_similarity_raises_the_bound() -> None:
    # Twelve vectors that are all 0.93 to 1 alike: above the absolute bound, but none stands out by 0.05.
    vectors = {f"q{n}": np.array([np.cos(n * 0.03), np.sin(n * 0.03)], dtype=np.float32) for n in range(12)}
    assert set(group_same(vectors, RULES).values()) == {()}


def test_kinds_are_stable_words() -> None:
    assert [kind.value for kind in DemandKind] == [
        "unanswered", "repeated", "answered_by_member", "answered_by_others", "gap",
    ]  # fmt: skip


def test_questions_come_in_order_of_time_across_channels() -> None:
    window = [line("q2", "shao", 5, BANK, asks=True, channel="b"), line("q1", "yoyo", 9, MOULD, asks=True)]
    assert [q.id for q in questions(window, RULES)] == ["q2", "q1"]
