from __future__ import annotations

from datetime import date

import pytest

from copilot.events.briefs.when import find_days

MONDAY = date(2026, 11, 16)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("下周六办", date(2026, 11, 28)), ("本周日", date(2026, 11, 22)), ("这周五", date(2026, 11, 20)), ("周六", date(2026, 11, 21)),
        ("下下周三", date(2026, 12, 2)), ("下个星期天", date(2026, 11, 29)), ("礼拜五", date(2026, 11, 20)), ("周末", date(2026, 11, 21)),
        ("11月28日", date(2026, 11, 28)), ("十一月二十八日", date(2026, 11, 28)), ("11月28号", date(2026, 11, 28)),
        ("3月5日", date(2027, 3, 5)), ("明年3月5日", date(2027, 3, 5)), ("明天", date(2026, 11, 17)), ("大后天", date(2026, 11, 19)),
        ("今晚", date(2026, 11, 16)), ("下个月3号", date(2026, 12, 3)), ("下月15日", date(2026, 12, 15)), ("28号", date(2026, 11, 28)),
        ("5号", date(2026, 12, 5)), ("10天后", date(2026, 11, 26)), ("两周后", date(2026, 11, 30)), ("2026-12-05", date(2026, 12, 5)),
        ("2026年12月5日", date(2026, 12, 5)), ("2026/12/5", date(2026, 12, 5)), ("next Saturday", date(2026, 11, 28)),
        ("this Friday", date(2026, 11, 20)), ("on Saturday", date(2026, 11, 21)), ("Nov 28", date(2026, 11, 28)),
        ("November 28th", date(2026, 11, 28)), ("28 November 2026", date(2026, 11, 28)), ("Dec 5, 2026", date(2026, 12, 5)),
        ("tomorrow", date(2026, 11, 17)), ("day after tomorrow", date(2026, 11, 18)), ("in two weeks", date(2026, 11, 30)),
        ("12/5", date(2026, 12, 5)), ("11.28", date(2026, 11, 28)), ("11月1日", date(2026, 11, 1)),
    ],
)  # fmt: skip
def test_a_day_is_read_from_monday_16_november(text: str, day: date) -> None:
    assert [item.value.value for item in find_days(text, MONDAY)] == [day]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["2月30日", "13月1日", "2026-02-31", "11月31日"])
def test_a_day_that_does_not_exist_is_found_but_has_no_value(text: str) -> None:
    assert [item.value.value for item in find_days(text, MONDAY)] == [None]


@pytest.mark.parametrize(
    "text",
    [
        "1号会议室",
        "3号线旁边",
        "11月20日前报名",
        "报名截止11月20日",
        "sign up by Nov 20",
        "第3号楼",
        "两周年",
        "预算2.5万",
    ],
)
def test_rooms_deadlines_and_amounts_are_not_the_day_of_the_event(text: str) -> None:
    assert find_days(text, MONDAY) == []


def test_month_or_day_first_is_a_doubt_only_when_both_are_possible() -> None:
    assert find_days("3/12", MONDAY)[0].value.is_ambiguous
    assert not find_days("11/28", MONDAY)[0].value.is_ambiguous


def test_the_last_day_of_february_waits_for_a_leap_year_within_reach() -> None:
    assert find_days("2月29日", date(2027, 3, 1))[0].value.value == date(2028, 2, 29)
