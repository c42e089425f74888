from __future__ import annotations

from decimal import Decimal

import pytest

from copilot.language.numerals import read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60", 60), ("1,200", 1200), ("2.5万", 25_000), ("2万", 20_000), ("2万5", 25_000), ("1万5千", 15_000), ("20k", 20_000),
        ("3千", 3000), ("六十", 60), ("十", 10), ("十二", 12), ("二十", 20), ("一百", 100), ("三百五", 350), ("两千五", 2500),
        ("一万二", 12_000), ("两万五千", 25_000), ("一千零五", 1005), ("二〇二六", 2026), ("两", 2), ("twelve", 12),
        ("一亿", 10**8), ("1.5亿", 150_000_000), ("1千万", 10**7), ("2百万", 2 * 10**6), ("sixty", 60), ("a hundred", 100), ("two thousand", 2000),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_mean_it(text: str, value: int) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "几", "abc", "一一二千", "百千", "万", "两 百人", "one two three"])
def test_what_is_no_number_gives_none(text: str) -> None:
    assert read_number(text) is None


def test_decimals_stay_exact() -> None:
    assert read_number("0.1万") == 1000
    assert read_number("1.15万") == Decimal(11500)
