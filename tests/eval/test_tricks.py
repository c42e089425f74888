"""Disguised copies: the same for the same seed, only what was chosen, and never without a change."""

from __future__ import annotations

from random import Random

from copilot.language.normalise import normalise
from eval.train.tricks import TRICKS, copies, disguised

TEXT = "你这个傻逼能不能闭嘴，整天就会骂人"


def test_copies_depend_on_the_seed_alone() -> None:
    assert copies([TEXT] * 5, [2.0] * 5, 1) == copies([TEXT] * 5, [2.0] * 5, 1)
    assert copies([TEXT] * 5, [2.0] * 5, 1) != copies([TEXT] * 5, [2.0] * 5, 2)


def test_odds_say_how_many_copies_a_text_gets() -> None:
    found = copies([TEXT, TEXT, TEXT], [0.0, 1.0, 3.0], 1)
    assert [row for row, _ in found].count(0) == 0
    assert [row for row, _ in found].count(1) <= 1
    assert [row for row, _ in found].count(2) <= 3


def test_a_copy_differs_and_a_text_with_nothing_to_hide_gets_none() -> None:
    pick = Random(4)
    found = [disguised(TEXT, pick) for _ in range(100)]
    assert all(copy != TEXT for copy in found)
    assert sum(copy is not None for copy in found) > 80
    assert disguised("see you at nine", pick) is None
    assert disguised("", pick) is None


def test_every_trick_hides_some_word() -> None:
    for trick in TRICKS:
        pick = Random(5)
        hidden = {trick(word, pick) for word in ("骂人", "黑人", "好狗", "女妈") for _ in range(30)}
        assert hidden - {None, "骂人", "黑人", "好狗", "女妈"}, trick.__name__


def test_copies_can_be_normalised() -> None:
    pick = Random(6)
    for _ in range(50):
        copy = disguised(TEXT, pick) or TEXT
        form = normalise(copy)
        assert form.original_span(0, len(form.text)) == (0, len(copy))
