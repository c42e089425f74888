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
from copilot.errors import Conflict, InvalidInput, NotFound
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
    assert "2.1 points from 1 entry." in run("points", "why", "ann")
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


def test_rules_thanks_teams_and_final_boards_at_the_terminal(data_dir: Path) -> None:
    with pytest.raises(InvalidInput, match="rule is one of"):
        run("points", "set-rule", "made_up", "on")
    with pytest.raises(InvalidInput, match="on or off"):
        run("points", "set-rule", "write_up", "perhaps")
    with pytest.raises(InvalidInput, match="at most 5"):
        run("points", "set-rule", "report_upheld", "on")
    changed = run("points", "set-rule", "write_up", "on", "--points", "9")
    assert "version 2" in changed
    assert "3 within 30 days" in " ".join(changed.split())

    said = json.loads(run("points", "thank", "bo", "msg", "--json"))
    assert said["kind"] == "answer"
    assert "written 2" in run("points", "settle")
    assert "withdrawn" in run("points", "withdraw", "bo", said["id"])

    times = ("--starts", "2000-01-01T00:00:00+00:00", "--ends", "2000-02-01T00:00:00+00:00", "--json")
    season = json.loads(run("seasons", "create", "Old", *times))["id"]
    with pytest.raises(NotFound):
        run("boards", "final", season)
    team = json.loads(
        run(
            "seasons",
            "keep-team",
            season,
            "Makers",
            "--member",
            "ann",
            "--member",
            "bo",
            "--milestone",
            "Draft",
            "--json",
        )
    )
    assert [one["name"] for one in team["members"]] == ["Ann", "Bo"]
    assert json.loads(run("seasons", "milestone", team["id"], "1", "--json"))["progress"] == 1

    reward = json.loads(run("rewards", "offer", "Coffee", "--cost", "2", "--json"))["id"]
    run("rewards", "redeem", reward, "ann")
    assert len(json.loads(run("rewards", "exchanges", "--member", "ann", "--json"))) == 1
    assert json.loads(run("rewards", "close", reward, "--json"))["status"] == "closed"
    assert json.loads(run("rewards", "calendar", "--json")) == []
