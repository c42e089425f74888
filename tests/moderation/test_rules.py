"""The rules: what they must catch, and above all what they must leave alone."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copilot.community.models import Category
from copilot.language.normalise import normalise
from copilot.moderation.detectors import RuleDetector, whole_phrase
from copilot.moderation.models import MessageInput, Signal
from copilot.moderation.patterns import PrivacyDetector, SexualDetector, ThreatDetector
from copilot.moderation.promotion import PromotionDetector, ScamDetector

OWN = Path(__file__).resolve().parents[2] / "eval" / "datasets" / "moderation" / "own.jsonl"
RULES: tuple[RuleDetector, ...] = (
    PromotionDetector(), ScamDetector(), ThreatDetector(), PrivacyDetector(), SexualDetector(),
)  # fmt: skip
# A scam is an advert as well: which of the two opens the case is all the same to the moderator.
SELLING = {Category.SCAM, Category.UNSOLICITED_PROMOTION}


def signals(text: str, *, promo_allowed: bool = False) -> list[Signal]:
    message = MessageInput("m", "c", "s", datetime(2026, 11, 1, tzinfo=UTC), text, promo_allowed)
    plain = normalise(text)
    return [signal for rule in RULES for signal in rule.find_one(message, plain)]


def opened(text: str, *, promo_allowed: bool = False) -> set[Category]:
    return {signal.category for signal in signals(text, promo_allowed=promo_allowed) if signal.opens_case}


def own(kinds: set[str]) -> list[dict[str, str]]:
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    return [row for row in rows if row["kind"] in kinds]


def test_the_card_of_the_own_lines_counts_them_right() -> None:
    rows = [json.loads(line) for line in OWN.read_text("utf-8").splitlines()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["text"] for row in rows}) == len(rows)
    counted = Counter(row["kind"] for row in rows)
    table = OWN.with_name("README.md").read_text("utf-8")
    claimed = {
        kind: int(count)
        for kinds, counts in re.findall(r"^\| ([a-z_, ]+) \| ([\d, ]+) \|", table, flags=re.MULTILINE)
        for kind, count in zip(kinds.split(", "), counts.split(", "), strict=True)
    }
    assert claimed == counted


def test_no_own_hard_negative_opens_a_case_by_rule() -> None:
    kinds = {
        "banter", "self_mockery", "blunt", "anti_bias", "quoted_insult", "venting", "legit_promo", "legit_contact",
        "ordinary", "deescalation", "threat_no", "scam_no",
    }  # fmt: skip
    rows = own(kinds)
    assert len(rows) >= 250
    assert [row["text"] for row in rows if opened(row["text"])] == []


@pytest.mark.parametrize(
    ("kind", "wanted", "least"),
    [("unsolicited_promotion", SELLING, 0.8), ("scam", SELLING, 0.9), ("threat", {Category.THREAT}, 0.9)],
)
def test_most_own_positives_open_a_case(kind: str, wanted: set[Category], least: float) -> None:
    rows = own({kind})
    assert sum(bool(opened(row["text"]) & wanted) for row in rows) / len(rows) >= least


@pytest.mark.parametrize(
    "text",
    [
        "你要的联系方式：陈经理 138****2210",
        "加我微信细聊，我把图纸发你",
        "https://example.com/report 这篇写得好",
        "周六沙龙免费，名额三十个，想来的接龙",
        "刷单都是骗局，别上当",
        "听到“先交资料费”“稳赚不赔”就可以走了，加微信也别理",
        "请问无抵押贷款哪家银行利率低一点",
        "他说要打断我的腿，我已经报警",
        "弄死我算了，需求又改了",
        "订单 440000199001011 已发货",
        "",
    ],
)
def test_ordinary_lines_open_no_case(text: str) -> None:
    assert opened(text) == set()


def test_a_disguised_contact_counts_even_where_promotion_is_welcome() -> None:
    plain = "源头工厂承接礼品定制，需要的老板加微信 gift_demo_1"
    disguised = plain.replace("微信", "薇❤信")
    assert opened(plain) == {Category.UNSOLICITED_PROMOTION}
    assert opened(plain, promo_allowed=True) == set()
    assert opened(disguised, promo_allowed=True) == {Category.UNSOLICITED_PROMOTION}


def test_a_scam_is_one_in_every_channel() -> None:
    text = "无抵押贷款，秒批50万，征信花了也能下款，加微信 dk_demo_2"
    assert Category.SCAM in opened(text, promo_allowed=True)


def test_spread_characters_do_not_help() -> None:
    assert Category.SCAM in opened("无 抵 押 贷 款，秒批，征信花了也下款，联系威芯 dk_demo_2")


def test_an_identity_card_number_is_private() -> None:
    [signal] = signals("他的号码是440000199001011234，大家看看")
    assert signal.category is Category.PRIVACY
    assert (signal.start, signal.end) == (5, 23)


def test_evidence_spans_are_slices_of_the_stored_text() -> None:
    for row in own({"unsolicited_promotion", "scam", "threat", "privacy", "sexual"}):
        for signal in signals(row["text"]):
            assert 0 <= signal.start < signal.end <= len(row["text"])
            assert 0 < signal.score <= 1


@pytest.mark.parametrize(
    "text",
    [
        "再多嘴我就去你单位楼下堵你",
        "明天我叫几个人去砸了你的店",
        "信不信我推你下楼",
        "你女儿放学我去接，你看着办",
        "Pay by Friday or my brothers come to your door",
        "keep talking and i'll doxx you",
    ],
)
def test_threats_against_somebody_in_person_open_a_case(text: str) -> None:
    assert opened(text) == {Category.THREAT}


@pytest.mark.parametrize(
    "text",
    [
        "对不起，昨天那句打断你的腿是气话，我收回",
        "请不要再威胁他了，找人打你这种话不能说",
        "I'm sorry for saying i'll kill you, that was awful of me",
        "今晚我做饭，放学我去接娃",
        "小区门口堵车，晚点到",
    ],
)
def test_apologies_counter_speech_and_daily_life_open_none(text: str) -> None:
    assert opened(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "小姐姐声音好好听，可以加个微信认识一下吗",
        "hello dear, i am lonely, text me on telegram @someone_demo",
        "wrong number, but you seem kind, can we be friends",
    ],
)
def test_a_stranger_who_wants_a_contact_for_himself_opens_a_case_everywhere(text: str) -> None:
    assert opened(text) == {Category.UNSOLICITED_PROMOTION}
    assert opened(text, promo_allowed=True) == {Category.UNSOLICITED_PROMOTION}


@pytest.mark.parametrize(
    "text",
    [
        "要的把邮箱留下，我发资料",
        "我微信私发你了，备注复盘会",
        "dm me your number and i'll call at 3 like you asked",
        "报名的同学加我约时间",
    ],
)
def test_a_contact_for_something_agreed_opens_none(text: str) -> None:
    assert opened(text) == set()


@pytest.mark.parametrize(
    ("text", "found", "phrase"),
    [
        ("well, you will regrettably see", "regret", "regrettably"),
        ("行吧，再多嘴就打断你的腿，听见没", "打断", "再多嘴就打断你的腿"),
        ("编号12345678", "345", "12345678"),
    ],
)
def test_evidence_is_whole_words_and_phrases(text: str, found: str, phrase: str) -> None:
    start = text.index(found)
    low, high = whole_phrase(text, start, start + len(found))
    assert phrase in text[low:high]
    assert text[low:high].strip(" ,，") == text[low:high]


def test_two_detectors_that_share_a_look_say_the_same_as_each_alone() -> None:
    text = "无抵押贷款，秒批50万，征信花了也能下款，加微信 dk_demo_2"
    message = MessageInput("m", "c", "s", datetime(2026, 11, 1, tzinfo=UTC), text)
    shared = normalise(text)
    for rule in (PromotionDetector(), ScamDetector()):
        assert rule.find_one(message, shared) == rule.find_one(message, normalise(text))
