"""What is asked for, as a report: open, repeated, rising, missing; novelty and themes by hand."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from copilot.community.demand import DemandRules, Question
from copilot.community.store import Store
from copilot.community.tables import Member, TopicSuggestion
from copilot.errors import InvalidInput, NotFound
from copilot.topics.novelty import novelty_of
from copilot.topics.themes import rising_themes
from tests.conftest import NOW
from tests.topics.conftest import BANK, BOOKS, MOULD, Room

RULES = DemandRules()


def unit(*values: float) -> np.ndarray:
    vector = np.array(values, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def ask(number: int, text: str, days_ago: float, asker: str = "") -> Question:
    return Question(f"q{number}", "main", asker or f"a{number}", NOW - timedelta(days=days_ago), text)


def test_open_questions_are_listed_with_who_has_them(asked: Room) -> None:
    service = asked.service()
    service.suggest("c", "chen")
    found = service.demand("c", 10)
    assert [(item.question_id, item.given_to) for item in found.unanswered] == [
        ("q-bank", ""), ("q-books", ""), ("q-mould", "chen"),
    ]  # fmt: skip
    assert [item.question_id for item in found.gaps] == ["q-bank", "q-books", "q-mould"]
    assert all(item.quote in text for item, text in zip(found.unanswered, (BANK, BOOKS, MOULD), strict=True))
    assert (found.repeated, found.rising) == ([], [])
    assert len(service.demand("c", 1).unanswered) == 1


def test_what_a_published_topic_answers_is_no_gap_and_no_topic_again(asked: Room, store: Store) -> None:
    service = asked.service()
    (topic,) = service.suggest("c", "chen").topics
    with store.write("c") as unit_:
        unit_.get(TopicSuggestion, topic.id).status = "published"
    found = service.demand("c")
    assert "q-mould" not in [item.question_id for item in found.gaps]
    (item,) = [item for item in found.unanswered if item.question_id == "q-mould"]
    assert (item.novelty, item.nearest) == (0.0, "已发布的选题")
    asked.say("q-mould-2", "shao", MOULD, asks=True)
    asked.member("second", ["开了二十六年模具厂，注塑缩水、飞边、保压怎么调都是自己上手。"])
    assert [t.demand.question_id for t in service.suggest("c", "second").topics] == []


def test_the_same_question_of_two_people_is_one_cluster(asked: Room) -> None:
    asked.say("q-mould-2", "shao", MOULD + "急", asks=True)
    (cluster,) = asked.service().demand("c").repeated
    assert cluster.askers == 2
    assert [item.question_id for item in cluster.questions] == ["q-mould-2", "q-mould"]


def test_questions_of_those_who_refuse_ai_are_not_shown(asked: Room, store: Store) -> None:
    with store.write("c") as unit_:
        unit_.get(Member, "yoyo").consent_ai = False
        unit_.get(Member, "shao").visibility = "operators"
    found = asked.service().demand("c")
    assert "q-mould" not in [item.question_id for item in found.unanswered]
    assert {item.asker_name for item in found.unanswered if item.question_id == "q-bank"} <= {""}


def test_an_empty_chat_asks_for_nothing(room: Room) -> None:
    found = room.service().demand("c")
    assert (found.questions, found.unanswered, found.repeated, found.rising, found.gaps) == (0, [], [], [], [])
    with pytest.raises(InvalidInput):
        room.service().demand("c", 0)
    with pytest.raises(NotFound):
        room.service().demand("nowhere")


def test_novelty_falls_from_the_usual_to_a_repetition() -> None:
    content = np.stack([unit(1, 0)])
    none = np.zeros((0, 2), dtype=np.float32)
    # Little background: usual .85, bound .925. cos .8875 lies half-way.
    half = unit(0.8875, float(np.sqrt(1 - 0.8875**2)))
    found = novelty_of({"same": unit(1, 0), "half": half, "far": unit(0, 1)}, content, none, RULES)
    assert found == pytest.approx({"same": 0.0, "half": 0.5, "far": 1.0}, abs=1e-3)
    assert novelty_of({"q": unit(1, 0)}, none, none, RULES) == {"q": 1.0}
    assert novelty_of({}, content, none, RULES) == {}


def test_a_word_rises_against_its_rate_before() -> None:
    asked = [ask(n, "光伏组件怎么回收？", 1, f"a{n % 2}") for n in range(3)]
    asked += [ask(3 + n, "绘本印刷找哪家？", 10 + n) for n in range(6)]
    asked.sort(key=lambda question: question.asked_at)
    (theme,) = rising_themes(asked, NOW, 10)[:1]
    # 3 lately, none before: (3 + 1) / (0 + 1) = 4.
    assert (theme.lately, theme.before, theme.rise) == (3, 0, 4.0)
    assert theme.rate_lately == 100.0
    assert set(theme.examples) == {"q0", "q1", "q2"}
    assert len(rising_themes(asked, NOW, 10)) == 1, "pairs of one longer word are one theme"


def test_one_loud_person_or_a_first_week_is_no_theme() -> None:
    loud = [ask(n, "光伏组件怎么回收？", 1, "one") for n in range(5)] + [ask(9, "绘本印刷找哪家？", 10)]
    assert rising_themes(sorted(loud, key=lambda q: q.asked_at), NOW, 10) == []
    assert rising_themes([ask(n, "光伏组件怎么回收？", 1) for n in range(5)], NOW, 10) == []
    assert rising_themes([], NOW, 10) == []
