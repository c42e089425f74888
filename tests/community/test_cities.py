"""Cities under their Chinese and English names."""

from __future__ import annotations

import pytest

from copilot.community.cities import city_key, city_name, city_spellings, find_cities


@pytest.mark.parametrize("name", ["深圳", "深圳市", "Shenzhen", " shenzhen ", "SHENZHEN"])
def test_all_spellings_of_a_city_share_one_key(name: str) -> None:
    assert city_key(name) == "Shenzhen"
    assert city_name(name, "zh-CN") == "深圳"
    assert city_name(name, "en") == "Shenzhen"


def test_an_unknown_city_is_only_folded() -> None:
    assert city_key(" 云南凤庆县 ") == "云南凤庆县"
    assert city_name("Springfield", "zh-CN") == "Springfield"


def test_spellings_cover_what_records_may_hold() -> None:
    assert {"深圳", "深圳市", "Shenzhen", "shenzhen"} <= set(city_spellings("Shenzhen"))
    assert city_spellings("  ") == []
    assert city_spellings("云南凤庆县")[0] == "云南凤庆县"


def test_cities_are_found_in_text_in_order() -> None:
    assert [found[0] for found in find_cities("从上海到 Berlin，再去深圳")] == ["Shanghai", "Berlin", "Shenzhen"]
