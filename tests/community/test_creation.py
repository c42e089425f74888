from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.community.creation import create_community, read_config
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Channel, Community
from copilot.errors import InvalidInput

CONFIG = """
slug: makers
name: 创客
name_en: Makers
locale: zh-CN
timezone: Asia/Shanghai
kind: heavy
values: [{zh: 先给后要, en: Give first}, {en: Only English}]
policy_clauses: [{id: P1, title_zh: 不骂人, categories: [insult]}]
channels: [{id: main, name: 大群, purpose: 聊天, promo_allowed: true}, {id: side}]
"""


def described(tmp_path: Path, text: str = CONFIG) -> CommunityConfig:
    path = tmp_path / "community.yaml"
    path.write_text(text, encoding="utf-8")
    return read_config(path)


def test_a_community_is_created_with_its_channels(store: Store, tmp_path: Path) -> None:
    community_id = create_community(store, described(tmp_path))
    assert store.community_id("makers") == community_id
    with store.read(community_id) as unit:
        community = unit.community()
        assert (community.name, community.kind, community.values) == ("创客", "heavy", ["先给后要", "Only English"])
        assert community.settings["name_en"] == "Makers"
        assert community.policy[0]["categories"] == ["insult"]
        channels = {channel.external_id: channel for channel in unit.session.scalars(select(Channel))}
        assert (channels["main"].name, channels["main"].promo_allowed) == ("大群", True)
        assert channels["side"].name == "side"


def test_creating_twice_is_creating_once(store: Store, tmp_path: Path) -> None:
    assert create_community(store, described(tmp_path)) == create_community(store, described(tmp_path))
    assert len(store.community_ids()) == 1


def test_a_changed_description_updates_the_community(store: Store, tmp_path: Path) -> None:
    community_id = create_community(store, described(tmp_path))
    create_community(store, described(tmp_path, CONFIG.replace("kind: heavy", "kind: light").replace("聊天", "闲聊")))
    with store.read(community_id) as unit:
        assert unit.community().kind == "light"
        assert "闲聊" in {channel.purpose for channel in unit.session.scalars(select(Channel))}


def test_settings_made_elsewhere_stay(store: Store, tmp_path: Path) -> None:
    community_id = create_community(store, described(tmp_path))
    with store.system(write=True) as session:
        community = session.get_one(Community, community_id)
        community.settings = {**community.settings, "quiet_hours": [22, 8]}
    create_community(store, described(tmp_path))
    with store.read(community_id) as unit:
        assert unit.community().settings["quiet_hours"] == [22, 8]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "content"),
        ("just words", "content"),
        ("slug: [", "YAML"),
        ("slug: UPPER\nname: x", "slug"),
        ("slug: makers", "name"),
        (CONFIG.replace("Asia/Shanghai", "Mars/Base"), "timezone"),
        (CONFIG.replace("[insult]", "[rudeness]"), "categories"),
        (CONFIG + "\nunknown: 1", "unknown"),
        ("!!python/object/apply:os.system ['true']", "YAML"),
    ],
)
def test_a_wrong_description_names_its_first_problem(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        described(tmp_path, text)


def test_a_missing_description_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_config(tmp_path / "community.yaml")
