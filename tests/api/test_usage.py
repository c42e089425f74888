"""Usage: what calls cost and how they went; an endpoint that is left alone is visible, and drafts go on without it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from copilot.clock import FixedClock
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.services import Services
from copilot.settings import Settings
from tests.api.conftest import World
from tests.conftest import NOW
from tests.llm.endpoint import Behaviour, FakeEndpoint, serving

BRIEF = {"brief": "下周四晚8点线上分享，60分钟，80人"}
PATH = "/api/v1/communities/with-model"


@pytest.fixture
def down() -> Iterator[FakeEndpoint]:
    with serving(Behaviour("error", status=500)) as endpoint:
        yield endpoint


@pytest.fixture
def client(tmp_path: Path, down: FakeEndpoint) -> Iterator[TestClient]:
    llm: dict[str, Any] = {
        "base_url": down.base_url, "model": "m", "max_retries": 0, "breaker_failures": 2, "prompt_price": 2,
        "completion_price": 8,
    }  # fmt: skip
    services = Services(Settings.model_validate({"data_dir": tmp_path, "llm": llm}), FixedClock(NOW))
    community_id = create_community(
        services.store, CommunityConfig(slug="with-model", name="有模型的社区", locale="zh-CN")
    )
    with services.store.write(community_id) as unit:
        secret = create_key(unit, "o", Role.OPERATOR).secret
    app = create_app(services, None)  # type: ignore[arg-type]  # no job is started here
    client = TestClient(app, raise_server_exceptions=False, headers={"Authorization": f"Bearer {secret}"})
    yield client
    client.close()
    services.close()


@pytest.mark.slow
def test_an_endpoint_that_fails_is_left_alone_visibly_and_plans_still_come(
    client: TestClient, down: FakeEndpoint
) -> None:
    codes = []
    for _ in range(3):
        plan = client.post(f"{PATH}/event-plans", json=BRIEF)
        assert plan.status_code == 201, plan.text
        codes.append(plan.json()["degraded"]["code"])
    assert codes == ["model_unavailable"] * 3
    assert len(down.requests) == 2  # the third was not sent
    summary = client.get(f"{PATH}/usage/summary").json()
    assert summary["endpoint"]["circuit"] == "open"
    assert summary["endpoint"]["degraded"] is True
    assert summary["endpoint"]["last_reason"] == "server_error"
    assert 0 < summary["endpoint"]["retry_after_seconds"] <= 30
    (feature,) = summary["features"]
    assert (feature["feature"], feature["calls"], feature["failed_share"]) == ("events:plan", 2, 1.0)
    assert feature["latency_ms"]["p50"] <= feature["latency_ms"]["p99"]
    assert (feature["cost_cents"], summary["total_cost_cents"]) == (0, 0)
    ready = client.get("/readyz").json()
    assert ready["parts"]["model"] == "degraded"
    assert ready["ready"] is True or ready["parts"]["vectors"] != "ok"


def test_without_an_endpoint_that_is_said_and_nothing_is_degraded(world: World) -> None:
    summary = world.get("operator", "/usage/summary").json()
    assert summary["endpoint"] == {
        "configured": False, "model": None, "circuit": None, "degraded": False, "retry_after_seconds": 0.0,
        "last_reason": "",
    }  # fmt: skip
    assert summary["budget"]["daily_tokens"] == 500_000
    assert summary["total_cost_cents"] is None


@pytest.mark.parametrize("days", [0, 367, "x"])
def test_days_are_bounded(world: World, days: object) -> None:
    assert world.get("operator", "/usage/summary", days=days).status_code == 422


def test_a_member_and_a_stranger_see_nothing_of_it(world: World) -> None:
    assert world.get("member", "/usage/summary").status_code == 403
    assert world.get("stranger", "/usage/summary").status_code in {403, 404}
