"""`points`, `boards`, `seasons`, `awards` and `rewards` at the terminal, over the stores of this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Channel, Message, Thanks
from copilot.errors import Conflict, InvalidInput
from copilot.settings import load_settings
from tests.recognition.world import add_members


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a small English community in which bo thanked ann."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    current = load_settings({"COPILOT_DATA_DIR": str(tmp_path)})
    store = Store.open(current.database_url, current.database)
    community_id = create_community(store, CommunityConfig(slug="small", name="Small", locale="en", timezone="UTC"))
    add_members(store, community_id, ["ann", "bo"])
    with store.write(community_id) as unit:
        unit.add(Channel(id="main", platform="t", external_id="main", name="main", created_at=unit.now))
        unit.session.flush()
        unit.add(
            Message(
                id="msg", channel_id="main", external_id="msg", sender_id="ann", text="x", sent_at=unit.now, mentions=[]
            )
        )
        unit.session.flush()
        unit.add(
            Thanks(
                id="thx", kind="write_up", from_id="bo", member_id="ann", evidence_kind="message", evidence_id="msg",
                created_at=unit.now,
            )
        )  # fmt: skip
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "-c", "small"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_season_from_thanks_to_a_prize(data_dir: Path) -> None:
    assert "written 1" in run("points", "settle")
    assert "2.1 points from 1 entries." in run("points", "why", "ann")
    assert "equal: True" in run("points", "recount")
    assert "newcomer_welcomed" in run("points", "rules")
    file = data_dir / "points.csv"
    run("points", "export", str(file))
    assert file.read_bytes().startswith("\ufeffnumber".encode())
    with pytest.raises(InvalidInput, match="exists"):
        run("points", "export", str(file))
    made = ("--starts", "2000-01-01T00:00:00+00:00", "--ends", "2000-02-01T00:00:00+00:00", "--json")
    assert json.loads(run("seasons", "create", "Old", *made))["state"] == "over"
    with pytest.raises(InvalidInput):
        run("seasons", "create", "Odd", "--starts", "yesterday", "--ends", "2000-02-01T00:00:00+00:00")
    run("rewards", "offer", "Coffee", "--cost", "2", "--stock", "1")
    [reward] = json.loads(run("rewards", "list", "--json"))
    assert "waiting, 2 points" in run("rewards", "redeem", reward["id"], "ann")
    with pytest.raises(Conflict):
        run("rewards", "redeem", reward["id"], "ann")
    assert "Ann" in run("rewards", "slots", "--days", "1")
    assert "not shown" in run("boards", "leave", "ann")
    entry = json.loads(run("points", "list", "--member", "ann", "--json"))[0]
    assert "found it gamed" in run("points", "reverse", entry["id"], "--reason", "gamed")


def test_what_cannot_be_is_said(data_dir: Path) -> None:
    with pytest.raises(InvalidInput, match="reason is one of"):
        run("points", "reverse", "pnt_x", "--reason", "because")
    with pytest.raises(InvalidInput, match="rule is one of"):
        run("points", "list", "--rule", "made_up")
