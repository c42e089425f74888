"""Readings over HTTP: for moderators, bounded, nothing kept, nothing private."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from copilot.community.tables import Case, Message, Reading
from tests.api.conftest import World

TEXTS = [{"id": "a", "text": "你这个煞笔，滚出去"}, {"text": "我真的撑不住了，不想活了"}]


def test_texts_are_read_and_nothing_of_them_is_kept(world: World) -> None:
    def stored() -> list[int]:
        with world.services.store.read(world.community_id) as unit:
            return [
                unit.session.scalar(select(func.count()).select_from(table)) or 0 for table in (Message, Reading, Case)
            ]

    before = stored()
    answer = world.post("moderator", "/readings", {"texts": TEXTS, "explain": True})
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [item["id"] for item in items] == ["a", 2]
    assert items[0]["labels"]["offensive"]
    assert items[0]["explain"]["model_version"] == world.services.cascade.version
    assert all(item["distress"] is None and item["labels"]["distress"] is None for item in items)
    assert stored() == before


@pytest.mark.parametrize(
    "body",
    [{}, {"texts": []}, {"texts": [{"text": "a"}] * 201}, {"texts": [{"text": "a" * 10_001}]}, {"texts": [{"t": 1}]}],
)
def test_what_is_out_of_bounds_is_refused(world: World, body: dict[str, object]) -> None:
    answer = world.post("moderator", "/readings", body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_half_a_character_is_refused(world: World) -> None:
    headers = {**world.headers("moderator"), "Content-Type": "application/json"}
    answer = world.client.post(world.path + "/readings", content='{"texts": [{"text": "a\\ud800"}]}', headers=headers)
    assert answer.status_code in {400, 422}


def test_members_and_strangers_have_nothing_read(world: World) -> None:
    assert world.post("member", "/readings", {"texts": TEXTS}).status_code == 403
    assert world.post("stranger", "/readings", {"texts": TEXTS}).status_code == 404
