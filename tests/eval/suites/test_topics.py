"""Topics are held against what was stored: words of somebody else, or altered ones, do not count."""

from __future__ import annotations

from datetime import UTC, datetime

from copilot.topics.models import Cited, Demand, Lengths, OutlineStep, Topic
from eval.scorers.quotes import ungrounded
from eval.suites.topics import Stored, topic_quotes

KNOWN = Stored(
    texts={"msg_1": "谁用过端侧模型？求推荐", "txt_1": "做过三年端侧推理", "txt_2": "有一间茶室"},
    authors={"msg_1": "mem_b", "txt_1": "mem_a", "txt_2": "mem_b"},
)


def topic(record_id: str, quote: str, asked: str = "谁用过端侧模型？") -> Topic:
    return Topic(
        id="top_1", rank=1, fit=0.5, reason="r", framework="f", framework_title="f", titles=["t"], opening="o",
        demand=Demand(
            kind="unanswered", question_id="msg_1", channel_id="c", channel_name="c", asker_id="mem_b", asker_name="B",
            asked_at=datetime(2026, 11, 1, tzinfo=UTC), quote=asked,
        ),
        evidence=[Cited(kind="has", id=record_id, quote=quote)],
        outline=[OutlineStep(heading="h", questions=["q"])],
        lengths=Lengths(voice_seconds=60, short_chars=300, article_chars=1000), message="m", drafted_by="playbook",
    )  # fmt: skip


def wrong(found: Topic) -> list[str]:
    return [quote.words for quote in ungrounded(topic_quotes("mem_a", found, KNOWN), KNOWN.texts)]


def test_a_real_question_and_the_members_own_words_are_grounded() -> None:
    assert wrong(topic("txt_1", "三年端侧推理")) == []


def test_words_of_another_member_are_not_evidence() -> None:
    assert wrong(topic("txt_2", "有一间茶室")) == ["有一间茶室"]


def test_an_altered_question_is_found() -> None:
    assert wrong(topic("txt_1", "端侧推理", asked="谁用过端侧模型!")) == ["谁用过端侧模型!"]


def test_a_record_that_does_not_exist_is_found() -> None:
    assert wrong(topic("txt_9", "端侧推理")) == ["端侧推理"]
