"""Links into the console, made beside the database of a data folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.cli.console_links import LinkFor, make
from copilot.clock import SystemClock
from copilot.community.console_sessions import link_actor, redeem
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.store import Store
from copilot.community.tables import ApiKey, Member
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


@pytest.fixture
def truth(settings: Settings) -> Store:
    return Store.open(settings.database_url, clock=SystemClock())


def test_a_link_signs_in_with_the_key_of_its_role(settings: Settings, truth: Store) -> None:
    community_id = create_community(truth, CommunityConfig(slug="qihang", name="n"))
    with truth.write(community_id) as unit:
        unit.add(Member(id="m1", platform="p", external_id="M1", name="n", created_at=unit.now))
    for whom, role in ((LinkFor(Role.MODERATOR), Role.MODERATOR), (LinkFor(Role.MEMBER, member="M1"), Role.MEMBER)):
        made = make(settings, "qihang", whom, setup=False)
        token = str(made["url"]).rpartition("/")[2]
        assert link_actor(truth, token).role is role
        redeem(truth, token)
    with truth.read(community_id) as unit:
        key_id = unit.session.query(ApiKey.id).where(ApiKey.role == "member").scalar()
    named = make(settings, "qihang", LinkFor(Role.ADMIN, key=key_id), setup=False)
    assert link_actor(truth, str(named["url"]).rpartition("/")[2]).member_id == "m1"
    for whom, error in ((LinkFor(Role.MEMBER, member="M9"), NotFound), (LinkFor(Role.MEMBER), InvalidInput), (LinkFor(Role.ADMIN, key="key_x"), NotFound)):  # fmt: skip
        with pytest.raises(error):
            make(settings, "qihang", whom, setup=False)
    with pytest.raises(NotFound):
        make(settings, "elsewhere", LinkFor(Role.ADMIN), setup=False)
    truth.close()


def test_before_there_is_a_community_only_a_running_service_can_be_linked_to(settings: Settings) -> None:
    with pytest.raises(Conflict):
        make(settings, "qihang", LinkFor(Role.ADMIN), setup=False)
