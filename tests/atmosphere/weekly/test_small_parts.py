"""Names of weeks, and excerpts that are exact parts of texts."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.atmosphere.weekly.excerpts import MOST_CHARS, cut, excerpt
from copilot.atmosphere.weekly.weeks import week_name, week_period
from copilot.errors import InvalidInput

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_week_is_local_monday_to_monday() -> None:
    period = week_period("2026-W46", SHANGHAI)
    assert period.start == datetime(2026, 11, 8, 16, tzinfo=UTC)
    assert period.end == datetime(2026, 11, 15, 16, tzinfo=UTC)
    assert week_name(period.start, SHANGHAI) == "2026-W46"
    assert week_name(datetime(2026, 11, 8, 15, 59, tzinfo=UTC), SHANGHAI) == "2026-W45"


def test_a_week_with_a_change_of_clocks_has_an_hour_less() -> None:
    period = week_period("2026-W13", ZoneInfo("Europe/Lisbon"))
    assert (period.end - period.start).total_seconds() == (7 * 24 - 1) * 3600


@pytest.mark.parametrize(
    "name", ["2026-46", "2026-W54", "2027-W53", "2026-W00", "0000-W10", "1200-W10", "", "２０２６-W46", "x" * 999]
)
def test_what_is_no_week_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        week_period(name, SHANGHAI)


def test_the_last_week_of_a_long_year_exists() -> None:
    assert week_name(week_period("2026-W53", SHANGHAI).start, SHANGHAI) == "2026-W53"


def test_a_long_text_ends_with_a_sentence() -> None:
    text = (
        "第一句话说的是怎么开始，写得比较长一些，免得太短，再补上几个字凑到四十个字以上才好看出效果。" + "第二句" * 60
    )
    found = excerpt("m", "a", text)
    assert found.quote.endswith("效果。")


@given(st.text(max_size=600))
def test_an_excerpt_is_an_exact_part_without_spaces_around(text: str) -> None:
    start, end = cut(text)
    assert 0 <= start <= end <= len(text)
    assert end - start <= MOST_CHARS
    assert text[start:end] == text[start:end].strip()
    assert bool(text[start:end]) == bool(text.strip())
