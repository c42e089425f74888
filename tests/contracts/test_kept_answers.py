"""A model's answer is kept once per question, found within the hour and gone with what was made of it, on every store."""

from __future__ import annotations

from copilot.community.kept_answers import KeptAnswer, KeptAnswers, answer_key, drop_answer
from copilot.community.store import Store


def test_answers_are_kept_per_community_and_question(any_store: Store) -> None:
    answers, key = KeptAnswers(any_store), answer_key("model", "prompt")
    assert key != answer_key("modelp", "rompt")
    assert answers.find("a", key) is None
    answers.keep("a", key, KeptAnswer("{}", "m", ["call_1"]), {"mem_1"})
    answers.keep("a", key, KeptAnswer('{"x": "字"}', "m", ["call_2"]), {"mem_1"})
    assert answers.find("a", key) == KeptAnswer('{"x": "字"}', "m", ["call_2"])
    assert answers.find("b", key) is None
    with any_store.write("a") as unit:
        drop_answer(unit, key)
        drop_answer(unit, key)
    assert answers.find("a", key) is None


def test_an_answer_out_of_all_bounds_is_not_kept(any_store: Store) -> None:
    KeptAnswers(any_store).keep("a", "k", KeptAnswer("x" * 200_001, "m", []), set())
    assert KeptAnswers(any_store).find("a", "k") is None
