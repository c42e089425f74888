"""A served part of the sample community, with a key for every role and a second community beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from copilot.clock import FixedClock
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.sample import load_sample
from copilot.community.tables import Member
from copilot.jobs import Jobs, runner
from copilot.services import Services
from copilot.settings import Settings
from tests.conftest import NOW
from tests.sample_part import part_of_sample


@dataclass
class World:
    """What API tests act on. `path` is the prefix of the sample's routes."""

    client: TestClient
    services: Services
    community_id: str
    keys: dict[str, str]
    member_id: str
    other_member_id: str
    jobs: Jobs
    path: str = "/api/v1/communities/qihang"

    def headers(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def get(self, role: str, path: str, **params: object):  # httpx's response, whichever httpx it is
        return self.client.get(self.path + path, params=params or None, headers=self.headers(role))

    def post(self, role: str, path: str, body: object = None, **headers: str):  # as above
        return self.client.post(self.path + path, json=body, headers={**self.headers(role), **headers})

    def matched(self) -> dict[str, Any]:
        """Return the matches of the first member of the sample who has any."""
        members = (row["id"] for row in self.get("operator", "/members", limit=200).json()["items"])
        lists = (self.get("operator", f"/members/{member_id}/matches", n=5).json() for member_id in members)
        return next(dict(listed) for listed in lists if listed["items"])


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    settings = Settings.model_validate(
        {
            "data_dir": folder / "var",
            "api": {"rate_per_minute": 100_000, "write_rate_per_minute": 100_000},
            "jobs": {"batch_rows": 20},
            "webhooks": {"allow_private": True, "timeout_seconds": 1},
        }
    )
    services = Services(settings, FixedClock(NOW))
    with runner(services) as jobs:
        loaded = load_sample(services.store, services.importing, part_of_sample(folder / "sample"))
        for kind in ("read", "check"):
            job = jobs.submit(loaded.community_id, kind, {}, created_by="test")
            assert jobs.wait(loaded.community_id, job.id).status == "done"
        other = create_community(services.store, CommunityConfig(slug="other", name="Other", locale="en"))
        with services.store.write(other) as unit:
            keys = {"stranger": create_key(unit, "s", Role.ADMIN).secret}
        with services.store.write(loaded.community_id) as unit:
            found = {row.external_id: row.id for row in unit.session.scalars(select(Member))}
            for role in (Role.OPERATOR, Role.MODERATOR, Role.ADMIN):
                keys[role.value] = create_key(unit, role.value, role).secret
            keys["member"] = create_key(unit, "m", Role.MEMBER, member_id=found["M014"]).secret
        client = TestClient(create_app(services, jobs, local_token="local-token"), raise_server_exceptions=False)
        yield World(client, services, loaded.community_id, keys, found["M014"], found["M013"], jobs)
        client.close()
    services.close()
