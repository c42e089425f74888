"""Bursts and copies are counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copilot.language.normalise import normalise
from copilot.moderation.flooding import FloodDetector, RepostDetector
from copilot.moderation.models import Earlier, MessageInput, Signal

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
TEXT = "周五晚上有一场线上分享，主题是跨境收款踩过的坑，欢迎来听"


def earlier(number: int, at: datetime, text: str = "嗯", channel: str = "c") -> Earlier:
    return Earlier(f"m{number}", channel, "s", at, text)


def flood(gaps: list[float]) -> list[Signal]:
    """Say something after each gap (seconds) and return what the last message raises."""
    times = [START]
    for gap in gaps:
        times.append(times[-1] + timedelta(seconds=gap))
    recent = tuple(earlier(n, at) for n, at in enumerate(times[:-1]))
    message = MessageInput("last", "c", "s", times[-1], "嗯", recent=recent)
    return FloodDetector().find_one(message, normalise("嗯"))


def test_nine_in_a_minute_are_fine_and_the_tenth_is_not() -> None:
    assert flood([6.0] * 8) == []
    [signal] = flood([6.0] * 9)
    assert signal.opens_case
    assert signal.score == pytest.approx(0.7)


def test_only_the_message_that_crosses_the_line_opens_a_case() -> None:
    [signal] = flood([2.0] * 13)
    assert not signal.opens_case
    assert signal.score == pytest.approx(0.78)  # 14 messages: 0.7 + 4 * 0.02


def test_a_second_burst_after_a_pause_is_a_new_case() -> None:
    [signal] = flood([2.0] * 12 + [600.0] + [2.0] * 9)
    assert signal.opens_case


def test_a_slow_stream_is_no_flood() -> None:
    assert flood([7.0] * 30) == []


def test_other_channels_do_not_count_as_flooding() -> None:
    recent = tuple(earlier(n, START, channel="elsewhere") for n in range(20))
    message = MessageInput("last", "c", "s", START + timedelta(seconds=1), "嗯", recent=recent)
    assert FloodDetector().find_one(message, normalise("嗯")) == []


def repost(text: str, before: list[tuple[str, float]]) -> list[Signal]:
    """Say `text` now, after the given texts so many hours ago."""
    now = START + timedelta(days=10)
    recent = tuple(earlier(n, now - timedelta(hours=h), said) for n, (said, h) in enumerate(before))
    return RepostDetector().find_one(MessageInput("last", "c", "s", now, text, recent=recent), normalise(text))


def test_the_third_copy_counts_and_small_changes_do_not_hide_it() -> None:
    assert repost(TEXT, [(TEXT, 2)]) == []
    [signal] = repost(TEXT, [(TEXT + "🔥", 50), (TEXT.replace("，", " "), 2)])
    assert signal.score == pytest.approx(0.7)


def test_with_a_contact_the_second_copy_is_enough() -> None:
    text = TEXT + " 加微信 abc_12345"
    assert len(repost(text, [(text, 2)])) == 1


def test_copies_of_last_week_are_forgotten() -> None:
    assert repost(TEXT, [(TEXT, 80), (TEXT, 90)]) == []


@pytest.mark.parametrize(
    "text", ["收到收到", "哈哈哈", "+1", "早上好各位", "接龙 周六沙龙 1. 张三 2. 李四 3. 王五 4. 赵六"]
)
def test_what_everybody_repeats_is_no_copy(text: str) -> None:
    assert repost(text, [(text, 1), (text, 2), (text, 3)]) == []


def test_different_texts_of_one_length_are_no_copies() -> None:
    other = "周三上午去一趟工厂，模具要再修一次，预计十天之后出样"
    assert repost(TEXT, [(other, 1), (other, 2)]) == []
