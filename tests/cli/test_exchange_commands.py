"""Resources and loans at a terminal, on the stores of this machine: what is asked for is done and readable."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli.agreement_commands import agreements_app
from copilot.cli.figure_commands import resources_app
from copilot.cli.loan_commands import loans_app
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.errors import CopilotError, InvalidInput
from tests.conftest import NOW
from tests.events.life import add_members


@pytest.fixture
def people(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Members of a small community in a data folder of its own."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COPILOT_DATABASE__URL", f"sqlite:///{tmp_path / 'truth.sqlite'}")
    shutil.copy(migrated, tmp_path)
    store = Store.open(f"sqlite:///{tmp_path / 'truth.sqlite'}", upgrade=False)
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="qihang", name="社区", created_at=NOW))
    found = add_members(store, "c", 3, consent_match=True)
    store.close()
    return found


def run(app: Any, *arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "140"})
    if isinstance(done.exception, CopilotError):
        raise done.exception
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done.stdout


def asked(app: Any, *arguments: str) -> Any:
    return json.loads(run(app, *arguments, "--json"))


@pytest.mark.slow
def test_a_resource_is_added_lent_and_brought_back(people: list[str], tmp_path: Path) -> None:
    today = datetime.now(UTC).date() + timedelta(days=1)
    days = (today.isoformat(), (today + timedelta(days=2)).isoformat())
    camera = asked(resources_app, "add", "technology", "相机设备", "--owner", people[0], "--capacity", "1")
    code = camera["library_code"]
    assert code == "TEC-HW-001"
    changed = asked(resources_app, "change", code, "--set", "max_days=5", "--set", "tags=相机|外拍")
    assert (changed["terms_of_use"]["max_days"], changed["tags"]) == (5, ["相机", "外拍"])
    assert [line["kind"] for line in asked(resources_app, "history", code)] == ["changed", "created"]
    [loan] = asked(loans_app, "request", code, people[1], *days, "--words", "外拍")
    [second] = asked(loans_app, "request", code, people[2], *days)
    assert (loan["status"], second["position"]) == ("requested", 1)
    assert asked(loans_app, "step", loan["id"], "accept")[0]["status"] == "accepted"
    calendar = asked(resources_app, "calendar", code, "--start", days[0], "--end", days[1])
    assert [item["free"] for item in calendar["days"]] == [0, 0, 0]
    assert asked(loans_app, "step", loan["id"], "withdraw")[0]["status"] == "withdrawn"
    assert len(asked(resources_app, "reminders", "decide")) == 1, "who waited has moved up"
    assert [row["id"] for row in asked(loans_app, "list", "--member", people[1])] == [loan["id"]]
    for app, words in (
        (resources_app, ["classes"]), (resources_app, ["list", "相机"]), (resources_app, ["show", code]), (resources_app, ["history", code]),
        (resources_app, ["calendar", code]), (resources_app, ["reminders", "decide"]), (loans_app, ["list"]),
        (loans_app, ["show", loan["id"]]),
    ):  # fmt: skip
        assert len(run(app, *words)) > 40, words
    file = tmp_path / "out.csv"
    run(resources_app, "export", "-o", str(file))
    assert code in file.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "wood", "x"),
        ("add", "people", "x", "--set", "capacity=many"),
        ("add", "people", "x", "--set", "colour"),
        ("add", "people", "x", "--set", "colour=red"),
        ("list", "--status", "gone"),
        ("reminders", "everything"),
        ("merge", "rdu_1"),
        ("export", "--format", "pdf"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(people: list[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(resources_app, *arguments)
    assert len(refused.value.message) > 10


@pytest.mark.slow
def test_trust_figures_and_agreements_are_readable_at_a_terminal(people: list[str], tmp_path: Path) -> None:
    today = datetime.now(UTC).date() + timedelta(days=1)
    camera = asked(resources_app, "add", "technology", "相机设备", "--owner", people[0], "--capacity", "1")
    [loan] = asked(loans_app, "request", camera["library_code"], people[1], today.isoformat(), today.isoformat())
    shares = ("--share", "lender=62.5", "--share", "borrower=37.5")
    values = ("--set", "project=外拍", "--set", "settle_within_days=7")
    [view] = asked(agreements_app, "propose", loan["id"], "--template", "revenue_share", *values, *shares)
    for side in ("lender", "borrower"):
        [view] = asked(agreements_app, "accept", view["id"], side, view["content_hash"])
    assert (view["status"], [item["by_operator"] for item in view["accepted"]]) == ("in_force", [True, True])
    assert "62.5%" in run(agreements_app, "show", view["id"])
    with pytest.raises(InvalidInput):
        run(agreements_app, "propose", loan["id"], "--template", "revenue_share", *values, "--share", "lender=50")
    assert asked(resources_app, "trust", people[0])["is_new"]
    for app, words in (
        (agreements_app, ["templates"]), (agreements_app, ["list", loan["id"]]), (resources_app, ["trust", people[1]]),
        (resources_app, ["figures", "--by", "month"]), (resources_app, ["demand"]),
    ):  # fmt: skip
        assert run(app, *words)
    run(resources_app, "figures", "-o", str(tmp_path / "figures.csv"))
    assert (tmp_path / "figures.csv").read_text(encoding="utf-8-sig").startswith("start,end,by")
