from __future__ import annotations

import contextlib
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.community.importers import values
from copilot.community.importers.base import RowProblem

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    "number", [1763258400, "1763258400", 1763258400.0, 1763258400000, 1763258400000000, Decimal(1763258400)]
)
def test_seconds_milliseconds_and_microseconds_are_the_same_moment(number: Any) -> None:
    assert values.epoch_time(number, "timestamp") == datetime(2025, 11, 16, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "number",
    [None, True, "soon", "", [], {}, math.nan, math.inf, "nan", -1, 0, 10**18, 10**400, "9" * 5000, Decimal("1E+400")],
)
def test_impossible_timestamps_are_row_problems(number: Any) -> None:
    with pytest.raises(RowProblem) as caught:
        values.epoch_time(number, "timestamp")
    assert caught.value.code == "bad_time"


@given(st.one_of(st.integers(), st.floats(), st.text(), st.booleans(), st.none()))
def test_no_value_makes_epoch_time_fail_otherwise(value: Any) -> None:
    with contextlib.suppress(RowProblem):
        assert values.epoch_time(value, "t").tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-15", "2026/11/15", "2026.11.15", "20261115", "2026年11月15日", "2026-11-15 00:00", "2026/11/15 0:00:00",
        "15 Nov 2026", "Nov 15, 2026", "November 15, 2026", "２０２６－１１－１５", "2026-11-14T16:00:00Z", "2026-11-15T00:00:00+08:00",
    ],
)  # fmt: skip
def test_common_forms_of_one_day_mean_the_same(text: str) -> None:
    assert values.moment(text, "joined_on", SHANGHAI) == datetime(2026, 11, 14, 16, 0, tzinfo=UTC)


def test_an_excel_date_is_a_day_of_the_communitys_zone() -> None:
    assert values.moment(datetime(2026, 11, 15), "joined_on", SHANGHAI) == datetime(2026, 11, 14, 16, 0, tzinfo=UTC)  # noqa: DTZ001  # as openpyxl gives it


@pytest.mark.parametrize(
    "text", ["昨天", "11/15/2026", "2026-13-40", "2026-02-30", "0001-01-01", "9999-12-31", "x" * 500, "2026年13月1日"]
)
def test_ambiguous_and_impossible_dates_are_row_problems(text: str) -> None:
    with pytest.raises(RowProblem):
        values.moment(text, "joined_on", SHANGHAI)


def test_a_day_is_the_day_that_is_written() -> None:
    assert values.day("2026-11-15T00:00+08:00", "expires_on") == date(2026, 11, 15)
    assert values.day("", "expires_on") is None


@given(st.text(max_size=80))
def test_no_text_makes_a_date_fail_otherwise(text: str) -> None:
    with contextlib.suppress(RowProblem):
        found = values.moment(text, "t", SHANGHAI)
        assert found is None or found.tzinfo is not None


@pytest.mark.parametrize(
    ("word", "meant"),
    [("yes", True), ("是", True), ("TRUE", True), ("１", True), (True, True), (1, True), ("同意", True), ("no", False), ("否", False),
     (0, False), (False, False), ("", None), (None, None), ("  ", None)],
)  # fmt: skip
def test_consent_words(word: Any, meant: bool | None) -> None:
    assert values.yes_or_no(word, "consent_match") is meant


def test_an_unknown_consent_word_is_not_taken_for_consent() -> None:
    with pytest.raises(RowProblem, match="yes, no or empty"):
        values.yes_or_no("maybe", "consent_match")


def test_sentences_split_at_bars_and_lines_but_not_at_commas() -> None:
    assert values.items("我会A，也会B | 我会C｜D\n\n E ", "has") == ["我会A，也会B", "我会C", "D", "E"]


def test_words_split_at_every_usual_separator() -> None:
    assert values.items("注塑；贴片;打样、小批量，模具,LED | a", "skills", words=True) == [
        "注塑", "贴片", "打样", "小批量", "模具", "LED", "a",
    ]  # fmt: skip


def test_repeats_that_differ_only_in_case_width_or_space_count_once() -> None:
    assert values.items("AI Tools|ＡＩ  tools|ai tools", "skills") == ["AI Tools"]


@pytest.mark.parametrize(
    ("text", "number"), [("30", 30), ("30人", 30), (30.0, 30), ("1,200", 1200), (" １２ ", 12), ("", None)]
)
def test_whole_numbers(text: Any, number: int | None) -> None:
    assert values.whole_number(text, "capacity", least=0, most=10_000) == number


@pytest.mark.parametrize("text", ["-1", "many", "1.5", "1e9", "9" * 4000, 10**30, math.nan])
def test_figures_that_are_no_whole_number_in_range_are_row_problems(text: Any) -> None:
    with pytest.raises(RowProblem):
        values.whole_number(text, "capacity", least=0, most=10_000)


def test_ids_may_be_numbers_but_not_lists_or_essays() -> None:
    assert values.identity(123456789012345678, "id") == "123456789012345678"
    assert values.identity(12.0, "id") == "12"
    for wrong in ([], {}, 10**5000, "x" * 201, math.inf):
        with pytest.raises(RowProblem):
            values.identity(wrong, "id")


def test_lone_surrogates_and_control_characters_do_not_reach_the_store() -> None:
    assert values.paragraph("a\ud83d\x00b\u2028c\r\nd", "content", 100) == "ab\nc\nd"
