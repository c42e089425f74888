"""`cards` at the terminal, over the stores of this machine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import Season
from copilot.errors import CopilotError, InvalidInput
from copilot.settings import load_settings
from tests.conftest import NOW
from tests.recognition.world import add_members


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a small English community and a season."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    current = load_settings({"COPILOT_DATA_DIR": str(tmp_path)})
    store = Store.open(current.database_url, current.database)
    community_id = create_community(store, CommunityConfig(slug="small", name="Small", locale="en", timezone="UTC"))
    add_members(store, community_id, ["ann"])
    with store.write(community_id) as unit:
        unit.add(Season(id="s", name="Spring", starts_at=NOW, ends_at=NOW))
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["cards", *arguments, "-c", "small"])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_cards_are_written_once_and_in_the_form_of_the_files_name(folder: Path) -> None:
    card = folder / "ann.svg"
    assert card.name in run("member", "ann", "-o", str(card), "--theme", "night", "--link", "https://example.org").replace("\n", "")  # fmt: skip
    assert ">Ann<" in card.read_text(encoding="utf-8")
    assert ">MEMBER<" in card.read_text(encoding="utf-8")
    run("ranking", "Spring", "-o", str(folder / "board.svg"), "--kind", "team", "--language", "zh-CN")
    assert "队伍榜" in (folder / "board.svg").read_text(encoding="utf-8")
    for wrong in (["member", "ann", "-o", str(card)], ["member", "ann", "-o", str(folder / "ann.gif")], ["ranking", "s", "-o", str(folder / "b.svg"), "--kind", "best"]):  # fmt: skip
        with pytest.raises(InvalidInput):
            run(*wrong)
    with pytest.raises(CopilotError):
        run("write-up", "pst_x", "-o", str(folder / "p.svg"))
    assert not (folder / "p.svg").exists()


def test_a_link_is_made_listed_and_revoked(folder: Path) -> None:
    made = json.loads(run("link", "member", "ann", "--theme", "night", "--json"))
    assert made["path"] == f"/cards/{made['token']}.svg"
    assert "revoked 2" in run("unlink", made["id"])
    assert made["hint"] in run("links")
    with pytest.raises(InvalidInput, match="kind is one of"):
        run("link", "team", "Spring")
