"""Claims held against hand-written records: what agrees, what differs, and when nothing is said."""

from __future__ import annotations

import random
from datetime import date, time

import pytest

from copilot.moderation.claims.checking import check_text, may_claim
from copilot.moderation.claims.models import ClaimCheck, EventFacts, Outcome, ResourceFacts, Source, SourceKind
from copilot.moderation.claims.sources import event_source, resource_source
from copilot.moderation.claims.subjects import SourceIndex

SAID_ON = date(2026, 11, 20)
TALK = event_source(
    "evt_1",
    "E-9",
    "向量检索茶话会",
    EventFacts(date(2026, 11, 27), date(2026, 11, 27), time(19, 0), time(21, 0), "成都", False, 25),
)
LENS = resource_source(
    "res_1",
    "R-9",
    "微距镜头租借",
    ("三支镜头。", "押金 800 元；每天 40 元；不接受寄送。"),
    ResourceFacts("成都", 3, date(2027, 1, 31)),
)
RULE = Source(SourceKind.POLICY, "P1", texts=("每人每周最多发 2 次广告。不允许发布招聘截图。",))


def check(text: str, *sources: Source, locale: str = "zh-CN") -> list[ClaimCheck]:
    return check_text(text, SourceIndex(sources or (TALK, LENS, RULE)), SAID_ON, locale)


def told(text: str, *sources: Source) -> tuple[str, str | None]:
    found = next((c for c in check(text, *sources) if c.outcome is not Outcome.CANNOT_TELL), None)
    return (found.outcome.value, found.source_id) if found else ("cannot_tell", None)


@pytest.mark.parametrize(
    ("text", "outcome", "source"),
    [
        ("向量检索茶话会是11月27日", "supported", "evt_1"),
        ("向量检索茶话会改到11月30日", "contradicted", "evt_1"),
        ("E-9 改到11月30日", "contradicted", "evt_1"),
        ("向量检索茶话会周五", "supported", "evt_1"),
        ("向量检索茶话会晚上八点开始", "contradicted", "evt_1"),
        ("向量检索茶话会七点开始", "supported", "evt_1"),
        ("向量检索茶话会在重庆", "contradicted", "evt_1"),
        ("向量检索茶话会这次是线上", "contradicted", "evt_1"),
        ("向量检索茶话会取消了", "contradicted", "evt_1"),
        ("向量检索茶话会限 60 人", "contradicted", "evt_1"),
        ("微距镜头租借每天 40 元", "supported", "res_1"),
        ("微距镜头租借每天 60 元", "contradicted", "res_1"),
        ("微距镜头租借，押金 300 元", "contradicted", "res_1"),
        ("微距镜头租借接受寄送", "contradicted", "res_1"),
        ("微距镜头租借已经过期了", "contradicted", "res_1"),
        ("每人每周最多发 9 次广告", "contradicted", "P1"),
        ("允许发布招聘截图", "contradicted", "P1"),
    ],
)
def test_a_plain_claim_is_judged(text: str, outcome: str, source: str) -> None:
    assert told(text) == (outcome, source)


@pytest.mark.parametrize(
    "text",
    [
        "向量检索茶话会是11月30日吗", "听说了吗？向量检索茶话会11月30日？", "要是向量检索茶话会改到11月30日就好了", "希望向量检索茶话会改到11月30日",
        "去年向量检索茶话会在重庆", "向量检索茶话会我11月30日才到成都", "我在重庆出差，向量检索茶话会那天，11月30日回", "向量检索茶话会报名11月22日截止",
        "向量检索茶话会六点半签到", "说向量检索茶话会取消了的是谣言", "隔壁群的向量检索茶话会在重庆", "重庆今天下雨，11月30日转晴",
        "昨天打车花了 60 元", "镜头 60 元一天", "", "……",
    ],
)  # fmt: skip
def test_nothing_is_said_where_nothing_can_be_told(text: str) -> None:
    assert told(text) == ("cannot_tell", None)


def test_the_claim_is_exactly_its_slice_and_the_quote_exactly_the_records() -> None:
    text = "大家好！向量检索茶话会改到11月30日，微距镜头租借每天 60 元。"
    found = [c for c in check(text) if c.outcome is Outcome.CONTRADICTED]
    assert [text[c.start : c.end] for c in found] == [c.claim for c in found] == [
        "向量检索茶话会改到11月30日", "微距镜头租借每天 60 元"
    ]  # fmt: skip
    assert [c.source_quote for c in found] == ["starts_at 2026-11-27 19:00", "每天 40 元"]
    assert found[1].source_quote in LENS.texts[1]


def test_a_later_clause_speaks_of_what_an_earlier_one_named() -> None:
    assert told("向量检索茶话会定了，晚上八点开始") == ("contradicted", "evt_1")


def test_two_records_of_one_title_contradict_nobody() -> None:
    other = event_source(
        "evt_2",
        "E-10",
        TALK.title,
        EventFacts(date(2026, 12, 4), date(2026, 12, 4), time(19, 0), time(21, 0), "成都", False, 25),
    )
    assert told("向量检索茶话会是12月4日", TALK, other) == ("supported", "evt_2")
    assert told("向量检索茶话会是12月6日", TALK, other) == ("cannot_tell", None)


def test_a_correction_goes_before_the_record() -> None:
    correction = Source(SourceKind.CORRECTION, "cor_1", texts=("微距镜头租借每天 60 元，登记表还没有改。",))
    assert told("微距镜头租借每天 60 元", LENS, correction) == ("supported", "cor_1")


def test_a_cancelled_event_supports_whoever_says_so() -> None:
    facts = EventFacts(
        date(2026, 11, 27), date(2026, 11, 27), time(19, 0), time(21, 0), "成都", False, 25, is_cancelled=True
    )
    off = event_source("evt_1", "E-9", TALK.title, facts)
    assert told("向量检索茶话会取消了", off) == ("supported", "evt_1")
    assert told("向量检索茶话会照常举行", off) == ("contradicted", "evt_1")


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
def test_no_sentence_says_that_anything_is_false(locale: str) -> None:
    for text in ("向量检索茶话会改到11月30日", "向量检索茶话会是11月27日", "今晚 3 个人吃饭"):
        for found in check(text, locale=locale):
            assert not any(word in found.sentence for word in ("假", "谣", "false", "wrong", "untrue"))
            assert found.source_quote is None or found.source_quote in found.sentence


def test_no_text_breaks_it_and_every_claim_is_a_slice() -> None:
    chance = random.Random(7)  # a test's own dice
    letters = "向量检索茶话会11月30日在重庆，每天 60 元。取消了？!\n.,free $5 at 7pm\ud7ff\U0001f600"
    for _ in range(300):
        text = "".join(chance.choices(letters, k=chance.randint(0, 120)))
        for found in check(text):
            assert text[found.start : found.end] == found.claim


@pytest.mark.parametrize(
    ("text", "worth"), [("11月30日", True), ("取消了", True), ("it is free", True), ("哈哈哈好的", False), ("", False)]
)
def test_a_glance_leaves_out_what_cannot_be_checked(text: str, worth: bool) -> None:
    assert may_claim(text) is worth
