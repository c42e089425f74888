"""Cases for evaluation at the terminal: a folder of their own, made before anything is exported, or one readable line."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from copilot.cli.export_commands import _unpacked
from copilot.cli.main import app
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.community.store import Store
from copilot.community.tables import AuditEntry
from copilot.errors import InvalidInput
from copilot.settings import load_settings

RUN = CliRunner()
FILES = [
    "README.md",
    "claims.jsonl",
    "decisions.jsonl",
    "manifest.json",
    "matches.jsonl",
    "plans.jsonl",
    "topics.jsonl",
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("COPILOT_DATA_DIR", str(folder))
    url = load_settings({"COPILOT_DATA_DIR": str(folder)}).database_url
    shutil.copy(migrated, url.removeprefix("sqlite:///"))
    store = Store.open(url, upgrade=False)
    create_community(store, CommunityConfig(slug="qihang", name="启航"))
    store.close()
    return folder


def exports_in(data: Path) -> int:
    store = Store.open(load_settings({"COPILOT_DATA_DIR": str(data)}).database_url, upgrade=False)
    with store.system() as session:
        n = session.scalar(select(func.count()).where(AuditEntry.action == "evaluation.cases_exported"))
    store.close()
    return n or 0


def refused(*words: str) -> str:
    found = RUN.invoke(app, ["export", "eval-cases", *words])
    assert isinstance(found.exception, InvalidInput), found.exception
    return found.exception.message


def test_an_export_comes_into_a_new_folder_of_its_owner_and_no_second_one_over_it(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    made = RUN.invoke(app, ["export", "eval-cases", str(folder)])
    assert made.exit_code == 0, made.output
    assert f"wrote {', '.join(FILES)} to {folder}" in made.output
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert folder.stat().st_mode & 0o077 == 0
    before = (folder / "manifest.json").read_bytes()

    assert refused(str(folder)) == f"{folder} is not empty; an export wants a folder of its own"
    assert (folder / "manifest.json").read_bytes() == before
    assert exports_in(data) == 1


def test_only_the_kinds_that_were_asked_for_come_into_an_empty_folder(data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    made = RUN.invoke(app, ["export", "eval-cases", str(folder), "--what", "topics", "--what", "claims"])
    assert made.exit_code == 0, made.output
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "claims.jsonl",
        "manifest.json",
        "topics.jsonl",
    ]
    assert set(json.loads((folder / "manifest.json").read_text("utf-8"))["files"]) == {"claims.jsonl", "topics.jsonl"}
    assert exports_in(data) == 1


def test_where_nothing_can_be_written_nothing_is_exported(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("mine")
    assert refused(str(file)) == f"{file} is not a folder"
    assert refused(str(file / "below")) == f"{file / 'below'} is not a folder"
    # Nobody, not even root, makes a folder there.
    assert refused("/proc/nothing/here").startswith("/proc/nothing/here cannot be written: ")
    assert refused(str(tmp_path / ("x" * 300))).endswith("cannot be written: File name too long")
    assert file.read_text() == "mine"
    assert exports_in(data) == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into every folder")
@pytest.mark.usefixtures("data")
def test_a_folder_of_others_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o500)
    assert "cannot be written" in refused(str(folder))


@pytest.mark.usefixtures("data")
def test_a_refused_export_leaves_no_folder_behind(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert "--what is one of decisions" in refused(str(folder), "--what", "secrets")
    assert RUN.invoke(app, ["export", "eval-cases", str(folder), "--community", "nobody"]).exit_code != 0
    assert not folder.exists()


def test_no_name_of_an_archive_leads_out_of_the_folder_and_no_archive_is_an_error(tmp_path: Path) -> None:
    hostile = io.BytesIO()
    with zipfile.ZipFile(hostile, "w") as archive:
        for name in ("../escaped.txt", "/tmp/escaped.txt", "README.md", "notes.txt"):
            archive.writestr(name, "x")
    folder = tmp_path / "out"
    folder.mkdir()
    assert _unpacked(hostile.getvalue(), folder) == ["README.md"]
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "README.md"]
    with pytest.raises(InvalidInput, match="no export"):
        _unpacked(b"<html>", folder)
