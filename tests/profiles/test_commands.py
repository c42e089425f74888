"""Profiles at the command line, without a service: extraction, lists, and the confirmation that is always refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from copilot.cli.main import app
from copilot.community.store import Store
from copilot.community.tables import Community, Member
from copilot.errors import CopilotError, Denied, InvalidInput
from tests.conftest import NOW

TEXT = "坐标深圳｜做跨境电商ERP｜能提供：接口踩坑记录"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    shutil.copy(migrated, tmp_path / "copilot.sqlite")
    store = Store.open(f"sqlite:///{tmp_path / 'copilot.sqlite'}", upgrade=False)
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="qihang", name="启航", created_at=NOW))
    with store.write("c") as unit:
        unit.add(Member(id="ann", platform="t", external_id="M1", name="安", consent_ai=True, created_at=NOW))
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["profile", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_a_text_and_a_file_are_read_and_listed(folder: Path) -> None:
    found = json.loads(run("extract", "安", "--text", TEXT, "--json"))
    assert {one["field"] or one["aspect"] for one in found["items"]} == {"is", "has", "city", "industry"}
    (folder / "intro.txt").write_text("想找：懂投放的搭档", "utf-8-sig")
    assert "懂投" in run("extract", "M1", "--file", str(folder / "intro.txt"))
    assert len(json.loads(run("proposals", "ann", "--json"))) == len(found["items"]) + 1
    assert "接口" in run("proposals", "ann", "--status", "proposed")
    assert json.loads(run("proposals", "ann", "--status", "declined", "--json")) == []


@pytest.mark.slow
def test_nobody_confirms_at_the_command_line(folder: Path) -> None:
    proposal = json.loads(run("extract", "安", "--text", TEXT, "--json"))["items"][0]["id"]
    with pytest.raises(Denied) as refused:
        run("confirm", "安", proposal)
    assert refused.value.data["reason"] == "own_answer"


@pytest.mark.slow
def test_sources_are_shown_and_withdrawn_but_never_granted(folder: Path) -> None:
    assert "never asked" in run("sources", "安")
    run("extract", "安", "--text", TEXT)
    assert "deleted: 4 proposals" in run("sources", "安", "--withdraw", "introduction")
    with pytest.raises(CopilotError):
        run("extract", "安", "--text", TEXT)
    with pytest.raises(CopilotError):
        run("extract", "安", "--chat")


@pytest.mark.parametrize(
    "arguments",
    [
        ("extract", "安"),
        ("extract", "安", "--text", "x", "--chat"),
        ("extract", "安", "--file", "none.txt"),
        ("extract", "安", "--file", "binary"),
        ("extract", "安", "--file", "long"),
        ("proposals", "安", "--status", "maybe"),
        ("sources", "安", "--withdraw", "mail"),
        ("sources", "安", "--delete-confirmed"),
    ],
)
def test_wrong_input_is_one_named_error(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "binary").write_bytes(b"\xff\xfe\x00")
    (folder / "long").write_text("x" * 70_000)
    with pytest.raises(InvalidInput):
        run(*arguments)
