"""People and resources for a free text."""

from __future__ import annotations

import pytest

from copilot.errors import InvalidInput
from tests.matching.conftest import TRUCK, World


def test_the_member_whose_words_answer_comes_first(pair: World) -> None:
    found = pair.service.find_people("c", "冷藏车运输到成都", 3)
    assert found[0].member_id == "mem_trucker"
    assert (found[0].record_id, found[0].quote, found[0].name) == ("trucker-has-0", TRUCK[1], "trucker")
    assert all(0.6 <= item.score <= 1.0 for item in found)
    assert len({item.member_id for item in found}) == len(found)


def test_skills_help_to_find_somebody(pair: World) -> None:
    pair.member("quiet", [], ["做这行十年了"], skills=["股权激励", "数据出境"], headline="数据出境申报")
    assert "mem_quiet" in [item.member_id for item in pair.service.find_people("c", "数据出境申报", 5)]


def test_consent_decides_who_is_named(pair: World) -> None:
    pair.member("asked", [], ["三十台冷藏车，冷链运输到成都"], consent_match=None)
    pair.member("noai", [], ["四十台冷藏车，冷链运输到成都"], consent_ai=False)
    pair.member("closed", [], ["五十台冷藏车，冷链运输到成都"], visibility="operators")
    named = {item.member_id for item in pair.service.find_people("c", "冷链运输到成都的冷藏车", 10)}
    assert "mem_trucker" in named and not named & {"mem_asked", "mem_noai", "mem_closed"}
    wider = {
        item.member_id for item in pair.service.find_people("c", "冷链运输到成都的冷藏车", 10, require_consent=False)
    }
    assert "mem_asked" in wider and not wider & {"mem_noai", "mem_closed"}


def test_resources_are_found_by_type(pair: World) -> None:
    pair.resource("hall", "玉林茶馆包场", "竹椅六十把，办读书会不收场租", type="channel", tags=["茶馆", "沙龙"])
    pair.resource("law", "律师首次咨询", "三十分钟，股权、劳动、合同都可以谈", type="people")
    found = pair.service.find_resources("c", "合同和股权的法律咨询")
    assert found[0].resource_id == "res_law" and found[0].type == "people"
    assert pair.service.find_resources("c", "合同和股权的法律咨询", types=["funding"]) == []
    assert "res_hall" in [
        item.resource_id for item in pair.service.find_resources("c", "茶馆沙龙场地", types=["channel"])
    ]


def test_nothing_good_is_an_empty_list(world: World) -> None:
    assert world.service.find_people("c", "量子引力") == []
    assert world.service.find_resources("c", "量子引力") == []


@pytest.mark.parametrize(
    ("text", "n", "field"), [("  \x00", 5, "text"), ("长" * 4001, 5, "text"), ("冷链", 0, "n"), ("冷链", 51, "n")]
)
def test_input_out_of_bounds_is_refused(world: World, text: str, n: int, field: str) -> None:
    for search in (world.service.find_people, world.service.find_resources):
        with pytest.raises(InvalidInput) as caught:
            search("c", text, n)
        assert caught.value.data["field"] == field


def test_an_unknown_type_is_named(world: World) -> None:
    with pytest.raises(InvalidInput, match="gold"):
        world.service.find_resources("c", "冷链", types=["gold"])
