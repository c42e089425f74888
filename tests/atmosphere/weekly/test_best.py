"""Which messages helped, by hand."""

from __future__ import annotations

import math

import pytest

from copilot.atmosphere.weekly.best import best_messages, is_thanks
from copilot.atmosphere.windows import Said
from tests.atmosphere.chat import SAD, said, window

ALL = frozenset("abcdef")


def good(name: str, sender: str, minute: float, **values: object) -> Said:
    return said(name, sender, minute, words=20, is_substantive=True, **values)


def test_points_count_people_answered_and_people_who_thanked() -> None:
    chat = [
        said("q", "b", 0, is_question=True),
        good("1", "a", 1, reply_to_id="q"),
        said("2", "b", 2, reply_to_id="1"),
        said("3", "c", 3, mentions=("a",)),
        said("4", "c", 4, reply_to_id="1"),
    ]
    texts = {"1": "先看合同。", "2": "谢谢，搞定了", "3": "thanks a lot", "4": "多谢！"}
    found = best_messages(window(chat), texts, ALL, (), 5)
    assert [one.excerpt.quote for one in found] == ["先看合同。"]
    one = found[0]
    assert (one.answered, one.thanked, one.replied) == (1, 2, 2)
    # 2 * 1 answered + 2 * 2 thanked + log2(1 + 2 replied) + 20 of 40 words.
    assert one.points == pytest.approx(2 + 4 + math.log2(3) + 0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("谢谢！", True),
        ("Thanks, that worked", True),
        ("不用谢", False),
        ("no thanks", False),
        ("好的", False),
        ("没用，谢谢", False),
        ("感谢你给我留了两年。但这话不对", False),
        ("thank you for leaving me two years, but that is wrong", False),
    ],
)
def test_thanks_are_thanks(text: str, expected: bool) -> None:
    assert is_thanks(said("1", "a", 0), text) is expected


def test_thanks_that_sound_bitter_or_ask_are_none() -> None:
    assert not is_thanks(said("1", "a", 0, sentiment=SAD), "真是谢谢你了")
    assert not is_thanks(said("1", "a", 0, is_question=True), "谁能帮忙？谢谢")


def test_a_message_that_sounds_bitter_is_not_shown_to_everybody() -> None:
    chat = [good("1", "a", 0, sentiment=SAD), said("2", "b", 1, reply_to_id="1")]
    assert best_messages(window(chat), {"1": "35岁以上就别写代码了", "2": "谢谢"}, ALL, (), 5) == []


def test_long_alone_is_not_good_and_hidden_flagged_or_reachable_ones_are_never_quoted() -> None:
    chat = [good(str(n), "abcd"[n], n) for n in range(4)]
    chat += [said(f"t{n}", "f", 10 + n, reply_to_id=str(n)) for n in range(1, 4)]
    texts = {"0": "长长的话", "1": "有用的话", "2": "加我微信 abc12345", "3": "也有用"} | {
        f"t{n}": "谢谢" for n in range(1, 4)
    }
    found = best_messages(window(chat), texts, ALL - {"b"}, {"3"}, 5)
    assert found == []
    assert [one.excerpt.id for one in best_messages(window(chat), texts, ALL, {"3"}, 5)] == ["1"]


def test_one_of_each_person_and_the_most_first() -> None:
    chat = [good("1", "a", 0), good("2", "a", 1), good("3", "b", 2)]
    chat += [said(f"t{n}", "cdef"[n], 10 + n, reply_to_id=to) for n, to in enumerate(["1", "2", "2", "3"])]
    texts = dict.fromkeys("123", "有用的话") | {f"t{n}": "谢谢" for n in range(4)}
    found = best_messages(window(chat), texts, ALL, (), 5)
    assert [one.excerpt.id for one in found] == ["2", "3"]
    assert len(best_messages(window(chat), texts, ALL, (), 1)) == 1


def test_nothing_said_has_no_best() -> None:
    assert best_messages(window([]), {}, ALL, (), 5) == []


def test_an_answer_to_a_flagged_question_does_not_count() -> None:
    chat = [said("q", "b", 0, is_question=True), good("1", "a", 1, reply_to_id="q")]
    assert best_messages(window(chat), {"1": "请按群规来，不要在这里发。"}, ALL, {"q"}, 5) == []
