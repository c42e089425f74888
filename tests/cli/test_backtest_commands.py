"""Thresholds, back-tests and audits at the terminal, from the stores of this machine."""

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
from copilot.settings import load_settings
from tests.system.running import forked_command

RUN = CliRunner()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    store = Store.open(load_settings({"COPILOT_DATA_DIR": str(tmp_path)}).database_url)
    create_community(store, CommunityConfig(slug="qihang", name="启航"))
    store.close()
    return tmp_path


@pytest.mark.usefixtures("data")
def test_a_threshold_is_set_listed_and_taken_back() -> None:
    made = RUN.invoke(app, ["thresholds", "set", "--category", "insult", "--cut", "0.8", "--reason", "误报多"])
    assert made.exit_code == 0, made.output
    assert "v1  asks from 0.80  by cli" in made.output
    assert "误报多" in RUN.invoke(app, ["thresholds", "list"]).output
    back = RUN.invoke(app, ["thresholds", "reset", "--category", "insult", "--reason", "漏", "--json"])
    assert json.loads(back.output)["cut"] is None
    assert len(RUN.invoke(app, ["thresholds", "history", "--category", "insult"]).output.splitlines()) == 2


@pytest.mark.usefixtures("data")
def test_too_few_decisions_are_said() -> None:
    found = RUN.invoke(app, ["thresholds", "propose", "--category", "insult", "--precision", "0.9"])
    assert "裁决太少：0 件（要 35 件）" in found.output
    assert "说不出召回率" in RUN.invoke(app, ["audits", "recall"]).output
    assert "detectors: 0" in RUN.invoke(app, ["precision"]).output
    assert RUN.invoke(app, ["audits", "list"]).output == ""


@pytest.mark.slow
@pytest.mark.usefixtures("data")
def test_a_pattern_is_tried_on_an_empty_community() -> None:
    # In a process of its own: it runs a job, and other tests of this one may be running theirs.
    found = forked_command(os.environ, "backtests", "run", "--category", "scam", "--pattern", "贷款.{0,10}秒批")
    assert found.code == 0, found.err
    assert "newly flagged that nobody looked at: 0 of 0" in found.out
    assert "scam: pattern" in RUN.invoke(app, ["backtests", "list"]).output


@pytest.mark.parametrize(
    "words",
    [
        ["thresholds", "set", "--category", "weather", "--cut", "0.8", "--reason", "x"],
        ["backtests", "run", "--category", "insult"],
        ["backtests", "run", "--category", "insult", "--cut", "0.5", "--pattern", "x"],
        ["backtests", "show", "bkt_nothing"],
    ],
)
@pytest.mark.usefixtures("data")
def test_what_makes_no_sense_is_an_error(words: list[str]) -> None:
    assert RUN.invoke(app, words).exit_code != 0
