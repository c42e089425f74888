"""`weekly` and `stars` at the terminal, over the stores of this machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.errors import InvalidInput, NotFound
from tests.atmosphere.chat import Room
from tests.system.running import forked_command


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a small English community, named to the commands by their environment."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    from copilot.settings import load_settings

    current = load_settings({"COPILOT_DATA_DIR": str(tmp_path)})
    store = Store.open(current.database_url, current.database)
    community_id = create_community(store, CommunityConfig(slug="small", name="Small", locale="en", timezone="UTC"))
    room = Room(store, community_id)
    room.chatter(40, minute=-10_000_000 / 60)
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, [*arguments, "-c", "small"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_a_week_is_made_into_a_folder_of_files(data_dir: Path) -> None:
    folder = data_dir / "report"
    # In a process of its own: it runs a job, and other tests of this one may be running theirs.
    made = forked_command(os.environ, "weekly", "--out", str(folder), "-c", "small")
    assert made.code == 0, made.err
    names = sorted(path.name for path in folder.iterdir())
    assert "activity.png" in names
    assert any(name.endswith("operators.html") for name in names)
    report = json.loads(next(folder.glob("*.json")).read_text(encoding="utf-8"))
    assert report["name"] == "Small"
    again = json.loads(run("weekly", "--stored", "--week", report["week"], "--json"))
    assert again == report
    assert run("weekly", "--stored", "--audience", "members").startswith("# Small: weekly report")


def test_what_cannot_be_is_said(data_dir: Path) -> None:
    with pytest.raises(NotFound):
        run("weekly", "--stored", "--week", "2020-W01")
    with pytest.raises(InvalidInput):
        run("weekly", "--week", "2020-W99")
    (data_dir / "file").write_text("x")
    with pytest.raises(InvalidInput, match="not a folder"):
        run("weekly", "--out", str(data_dir / "file"))


def test_stars_say_why_nobody_is_named(data_dir: Path) -> None:
    text = run("stars", "--weeks", "2")
    assert "Too little data: 0 replies" in text
