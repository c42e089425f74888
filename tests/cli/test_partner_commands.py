"""`partners` and `circles` at the terminal, over the stores of this machine: two communities of one data folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from copilot.cli.circle_commands import circles_app
from copilot.cli.partner_commands import partners_app
from copilot.cli.resource_commands import resources_app
from copilot.community.store import Store
from copilot.community.tables import Community, Member
from copilot.errors import Conflict, CopilotError, InvalidInput, NotFound
from tests.conftest import NOW


@pytest.fixture
def neighbours(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Chinese community with three members of one city, and an English one beside it."""
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("COPILOT_DATABASE__URL", f"sqlite:///{tmp_path / 'truth.sqlite'}")
    monkeypatch.setenv("COLUMNS", "200")
    shutil.copy(migrated, tmp_path)
    store = Store.open(f"sqlite:///{tmp_path / 'truth.sqlite'}", upgrade=False)
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="home", name="家", locale="zh-CN", timezone="Asia/Shanghai", created_at=NOW))
        session.add(Community(id="e", slug="abroad", name="Abroad", locale="en", timezone="UTC", created_at=NOW))
    with store.write("c") as unit:
        for number in range(3):
            unit.add(
                Member(
                    id=f"mem_{number}", platform="w", external_id=f"M{number}", name=f"成员{number}", city="成都",
                    consent_match=True, consent_ai=True, visibility="community", created_at=NOW,
                )
            )  # fmt: skip
    store.close()


def run(app: typer.Typer, community: str, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "-c", community])
    if isinstance(done.exception, CopilotError):
        raise done.exception
    assert done.exit_code == 0, (arguments, done.output, done.exception)
    return done.stdout


def asked(app: typer.Typer, community: str, *arguments: str) -> Any:
    return json.loads(run(app, community, *arguments, "--json"))


@pytest.mark.slow
@pytest.mark.usefixtures("neighbours")
def test_two_communities_become_partners_share_and_part() -> None:
    code = asked(resources_app, "abroad", "add", "technology", "Laser cutter")["library_code"]
    shown = run(partners_app, "abroad", "invite", "--give", "technology", "--days", "1")
    token = shown.split()[-1]
    assert token.startswith("cpi_")
    assert "等待对方确认" in run(partners_app, "home", "accept", token, "--take", "technology", "--take", "CHA-GE-001")
    [there] = asked(partners_app, "abroad", "list")
    [here] = asked(partners_app, "home", "list", "--limit", "1")
    assert here["takes"] == {"classes": ["technology"], "codes": ["CHA-GE-001"]}
    assert "They write zh-CN" in run(partners_app, "abroad", "confirm", there["id"])
    assert "shared: 家" in run(partners_app, "abroad", "share", code)
    assert "Laser cutter" in run(partners_app, "home", "resources", "--partner", here["id"])
    assert "还不知道成员需要什么" in run(partners_app, "home", "match", "成员0", "-n", "3")
    assert "kept at home" in run(partners_app, "abroad", "share", code, "--off")
    assert asked(partners_app, "home", "resources")["items"] == []
    run(partners_app, "abroad", "share", code)
    assert asked(partners_app, "abroad", "change", there["id"], "--give", "channel")["gives"]["classes"] == ["channel"]
    assert asked(partners_app, "home", "resources")["items"] == []
    assert asked(partners_app, "home", "revoke", here["id"])["state"] == "revoked"
    assert "revoked" in run(partners_app, "abroad", "list")
    with pytest.raises(Conflict):
        run(partners_app, "home", "accept", token)
    for wrong in (("invite", "--give", "gold"), ("accept", "nonsense")):
        with pytest.raises(InvalidInput):
            run(partners_app, "home", *wrong)


@pytest.mark.usefixtures("neighbours")
def test_circles_are_listed_joined_and_left() -> None:
    assert "成都" in run(circles_app, "home", "list")
    assert run(circles_app, "home", "join", "成员0", "partner").startswith("partner")
    assert asked(circles_app, "home", "join", "成员0", "city", "--city", "深圳")["cities"] == ["成都", "深圳"]
    assert run(circles_app, "home", "join", "成员0", "partner", "--out").startswith("ordinary")
    assert "深圳" in run(circles_app, "home", "show", "M0")
    assert "近 90 天还没参加过活动" in run(circles_app, "home", "city", "Chengdu", "-n", "2")
    assert "不足 3 位" in run(circles_app, "home", "city", "拉萨")
    for wrong in (("join", "成员0", "gold"), ("join", "成员0", "city")):
        with pytest.raises(InvalidInput):
            run(circles_app, "home", *wrong)
    with pytest.raises(NotFound):
        run(circles_app, "home", "show", "nobody")
