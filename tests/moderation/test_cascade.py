"""The cascade as a whole: pure, complete, fast, and honest about who may be read by models."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.atmosphere.sentiment import SentimentModel
from copilot.moderation.cascade import Cascade
from copilot.moderation.model_detectors import RoomReader
from copilot.moderation.models import Context, Earlier, MessageInput
from tests.timing import seconds_of_work

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CASCADE = Cascade.load(SentimentModel.load())


def message(text: str, **more: object) -> MessageInput:
    return MessageInput("m", "c", "s", NOW, text, **more)  # type: ignore[arg-type]  # test shorthand


def test_no_messages_give_no_readings() -> None:
    assert CASCADE.read([]) == []


def test_a_message_reads_the_same_alone_and_in_a_batch() -> None:
    texts = ["你就是个废物，骗子", "太好了", "请问怎么报名", "you pathetic loser", "无抵押贷款 秒批 加vx abc_123"]
    together = CASCADE.read([message(text) for text in texts])
    for text, found in zip(texts, together, strict=True):
        [alone] = CASCADE.read([message(text)])
        assert alone.categories == found.categories
        assert alone.negative == pytest.approx(found.negative)


@settings(deadline=None, max_examples=80)
@given(text=st.text(max_size=200))
def test_any_text_gives_a_reading_with_spans_inside_it(text: str) -> None:
    [found] = CASCADE.read([message(text)])
    assert found.negative + found.neutral + found.positive == pytest.approx(1.0)
    for signal in found.signals:
        assert 0 <= signal.start <= signal.end <= len(text)
        assert 0 <= signal.score <= 1


@pytest.mark.parametrize(
    "text", ["废" * 10_000, "a" * 10_000, "你 " * 5_000, "加微信" * 3_000, "\x00\x01\u202e", "👨‍👩‍👧‍👦" * 500]
)
def test_hostile_lengths_stay_quick(text: str) -> None:
    started = time.process_time()
    CASCADE.read([message(text)])
    assert time.process_time() - started < 1.0


def test_without_consent_only_rules_look() -> None:
    [found] = CASCADE.read([message("你就是个废物，骗子，滚", models_allowed=False)])
    assert found.stage == "rules"
    assert (found.negative, found.neutral, found.positive) == (0.0, 1.0, 0.0)
    assert all(signal.detector != "room-model" for signal in found.signals)


def test_an_asked_for_offer_is_weighed_down_but_a_scam_is_not() -> None:
    asked = Context((Earlier("q", "c", "other", NOW, "有没有代账公司推荐？"),))
    offer = message("专业代账，200/月起，需要的老板加我微信 dz_demo_1")
    [found] = CASCADE.read([offer])
    assert any(signal.opens_case for signal in found.signals)
    assert not any(signal.opens_case for signal in CASCADE.weigh(offer, found, asked).signals)
    own_question = Context((Earlier("q", "c", "s", NOW, "有没有代账公司推荐？"),))
    assert any(signal.opens_case for signal in CASCADE.weigh(offer, found, own_question).signals)
    scam = message("无抵押贷款，秒批50万，征信花了也下款，加我微信 dk_demo_1")
    [found] = CASCADE.read([scam])
    assert "scam" in CASCADE.weigh(scam, found, asked).categories


def test_the_version_covers_every_part() -> None:
    class Other:
        version = "other"

        def predict(self, texts: list[str], plain: list[str]) -> np.ndarray:
            return np.tile([0.0, 1.0, 0.0], (len(texts), 1))

    rules = Cascade(Other(), [])  # type: ignore[arg-type]  # a list is a sequence of texts
    assert len({CASCADE.version, rules.version, Cascade(Other(), [], RoomReader.load()).version}) == 3  # type: ignore[arg-type]  # as above
    assert Cascade.load(SentimentModel.load()).version == CASCADE.version


@pytest.mark.slow
def test_a_thousand_messages_take_less_than_a_second_of_work() -> None:
    texts = [
        "这个方案比上一版好一些，但价格还是偏高，周五前能不能再报一次",
        "Does anyone have a supplier for this part?",
    ]
    messages = [message(texts[n % 2] + str(n)) for n in range(1000)]
    assert seconds_of_work(lambda: CASCADE.read(messages)) < 1.0


def test_ordinary_talk_of_founders_is_not_flagged() -> None:
    texts = [
        "这个商业模式我不看好，获客成本三百八，客单价九十九",
        "老板该死的KPI，又要卷死我们了哈哈哈",
        "我们这群傻子，放着大厂不待跑来创业",
        "什么叫女的做不了技术，我们后端负责人就是女生",
        "The benchmark is wrong, you tested on your training data.",
        "I am an idiot, I pushed the key to the public repo",
    ]
    for text, found in zip(texts, CASCADE.read([message(text) for text in texts]), strict=True):
        assert not any(signal.opens_case for signal in found.signals), text
