"""Alerts at the terminal, from the stores of this machine."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Alert
from copilot.settings import load_settings
from tests.conftest import NOW

RUN = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    store = Store.open(load_settings({"COPILOT_DATA_DIR": str(tmp_path)}).database_url)
    community_id = create_community(store, CommunityConfig(slug="qihang", name="启航"))
    with store.write(community_id) as unit:
        unit.add(
            Alert(
                id="alr_1", kind="change", dimension="satisfaction", measure="net_sentiment", status="open",
                seriousness=1.2, week="2026-W46", step="waiting", created_at=NOW, opened_at=NOW - timedelta(days=1),
                content={"value": -0.2, "middle": 0.2, "spread": 0.1, "windows": 20, "peak": 5.0, "level": 4.5},
            )
        )  # fmt: skip
    store.close()
    return tmp_path


@pytest.mark.usefixtures("data")
def test_alerts_are_listed_shown_and_decided() -> None:
    listed = RUN.invoke(app, ["alerts", "list"])
    assert listed.exit_code == 0
    assert "alr_1" in listed.output
    assert "情绪变低了" in listed.output
    shown = RUN.invoke(app, ["alerts", "show", "alr_1"])
    assert "room-actions#2" in shown.output
    dismissed = RUN.invoke(app, ["alerts", "dismiss", "alr_1", "--reason", "放假", "--json"])
    assert json.loads(dismissed.output)["step"]["status"] == "dismissed"
    again = RUN.invoke(app, ["alerts", "take", "alr_1"])
    assert again.exit_code != 0
    wrong = RUN.invoke(app, ["alerts", "list", "--status", "loud"])
    assert wrong.exit_code != 0
