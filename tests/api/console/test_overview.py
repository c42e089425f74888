"""The operator's morning: alerts with their messages, weeks by their days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from api.console.catalogue import texts_of
from api.console.figures import Figures
from api.console.rendering import Clock
from copilot.community.access import create_key
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig, Role
from copilot.community.tables import Alert
from tests.api.conftest import World
from tests.api.console.visitor import Visitor

HX = {"HX-Request": "true"}
_CONTENT = {
    "value": 0.56,
    "peak": 4.0,
    "level": 3.0,
    "messages": 9,
    "heated": 5,
    "people": 4,
    "evidence": ["msg_heated1", "msg_heated2"],
}


@pytest.fixture(scope="module")
def quarrel(world: World) -> Visitor:
    """An operator of a community of its own where three quarrels passed: one of them is settled, one is long ago."""
    services = world.services
    community_id = create_community(services.store, CommunityConfig(slug="quarrels", name="Quarrels", locale="en"))
    with services.store.write(community_id) as unit:
        secret = create_key(unit, "morning", Role.OPERATOR).secret
        for name, days, status in (("new", 3, "waiting"), ("settled", 4, "taken"), ("old", 40, "waiting")):
            opened = unit.now - timedelta(days=days)
            unit.add(Alert(id=f"alr_{name}", kind="thread", dimension="satisfaction", measure="heat", status="closed", seriousness=1.0, week="", opened_at=opened, closed_at=opened, content=_CONTENT, step=status, created_at=opened))  # fmt: skip
    return Visitor.of(world.client.app).sign_in(secret)


def test_what_passed_waits_on_the_overview_until_somebody_says_what_was_done(quarrel: Visitor) -> None:
    page = quarrel.get("/console/overview").text
    assert 'id="alert-alr_new"' in page
    assert "alr_settled" not in page and "alr_old" not in page
    assert 'href="/console/messages/msg_heated2"' in page
    done = quarrel.send("/console/overview/alerts/alr_new/take", {}, **HX)
    assert done.status_code == 200 and "badge-good" in done.text
    assert "alr_new" not in quarrel.get("/console/overview").text
    history = quarrel.get("/console/atmosphere/alerts").text
    assert all(f"alert-alr_{name}" in history for name in ("new", "settled", "old"))


def test_a_week_is_said_by_its_days_and_another_name_stays() -> None:
    clock = Clock("Asia/Shanghai", datetime(2026, 11, 20, tzinfo=UTC), texts_of("en"))
    assert clock.week("2026-W46") == "9 Nov – 15 Nov"
    assert clock.week("") == "" and clock.week("2026-W99") == "2026-W99"
    assert Figures(texts_of("en")).least_windows == 4
