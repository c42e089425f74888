"""Events at the command line: from the stores, and the same from a service."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli.event_backend import RemoteEvents
from copilot.cli.main import app
from copilot.community.store import Store
from copilot.community.tables import Community, Event, Member
from copilot.errors import Conflict, CopilotError, InvalidInput, NotFound
from tests.conftest import NOW


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A community with two members, an event with one place in an hour, and one that is over."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path))
    store = Store.open(f"sqlite:///{tmp_path / 'copilot.sqlite'}")
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="qihang", name="启航", created_at=NOW))
    with store.write("c") as unit:
        for name in ("M1", "M2"):
            unit.add(Member(id=f"mem_{name}", platform="t", external_id=name, name=f"名{name}", created_at=NOW))
        for code, hours in (("E-1", 1), ("E-0", -5)):
            start = datetime.now(UTC) + timedelta(hours=hours)
            unit.add(
                Event(
                    id=f"evt_{code}", code=code, title=f"沙龙{code}", format="salon", starts_at=start,
                    ends_at=start + timedelta(hours=2), capacity=1, created_at=NOW,
                )
            )  # fmt: skip
    store.close()
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["events", *arguments], terminal_width=200)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_an_event_is_lived_through_at_the_keyboard() -> None:
    listed = json.loads(run("list", "--when", "coming", "--json"))
    assert [item["code"] for item in listed] == ["E-1"]
    assert json.loads(run("signup", "E-1", "M1", "--json"))["status"] == "going"
    assert json.loads(run("signup", "evt_E-1", "名M2", "--json"))["position"] == 1
    assert "1 moved up" in run("leave", "E-1", "M1")
    assert len(json.loads(run("code", "E-1", "--json"))["code"]) == 6
    assert "1 came" in run("check-in", "E-1", "M2")
    assert "1 of 1" in run("show", "E-1")
    assert [item["status"] for item in json.loads(run("signups", "E-1", "--json"))] == ["cancelled", "attended"]
    assert json.loads(run("remind", "E-1", "--json")) == []
    assert "0 to tell" not in run("cancel", "E-1", "--reason", "漏水")
    assert "漏水" in json.loads(run("remind", "E-1", "--json"))[0]["text"]


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_a_review_is_made_and_shown_with_the_lessons_typed_in() -> None:
    made = run("review", "E-0", "--lesson", "早点提醒", "--summary", "人少")
    assert "no reading" in made and "1. 早点提醒" in made
    assert json.loads(run("review", "E-0", "--show", "--json"))["summary"] == "人少"
    assert "不读数" in run("effects")


@pytest.mark.usefixtures("folder")
def test_what_was_spent_is_recorded_in_whole_units_and_shown() -> None:
    recorded = json.loads(run("spent", "E-0", "--line", "venue=1,200.50:场地", "--line", "taxi=80:打车", "--json"))
    assert [line["spent_cents"] for line in recorded["lines"]] == [120_050, 8_000]
    assert "spent 1,280.50" in run("spent", "E-0")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["spent", "E-0", "--line", "venue"], InvalidInput),
        (["spent", "E-0", "--line", "venue=NaN:x"], InvalidInput),
        (["spent", "E-0", "--line", "venue=-1:x"], InvalidInput),
        (["spent", "E-0", "--line", "venue=0.001:x"], InvalidInput),
        (["spent", "E-0", "--line", "venue=5"], InvalidInput),
        (["show", "E-9"], NotFound),
        (["publish", "plan_none"], NotFound),
        (["list", "--when", "never"], InvalidInput),
        (["signups", "E-1", "--status", "asleep"], InvalidInput),
        (["remind", "E-1", "--kind", "nag"], InvalidInput),
        (["signup", "E-0", "M1"], Conflict),
        (["review", "E-1"], Conflict),
        (["review", "E-0", "--lesson", "长" * 301], InvalidInput),
        (["feedback", "E-1", "M1", "5"], Conflict),
    ],
)
def test_what_cannot_be_is_refused_by_name(arguments: list[str], error: type[CopilotError]) -> None:
    with pytest.raises(error):
        run(*arguments)


def test_a_service_is_asked_for_the_same() -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = []

    def ask(method: str, path: str, **options: Any) -> dict[str, Any]:
        asked.append((method, path, options))
        return {"items": [{"id": "x"}]}

    events = RemoteEvents(ask)
    events.listing(None, 5)
    events.signups("e", "going", 5)
    events.reminders("e", None, 5)
    for answer in (events.get("e"), events.publish("p"), events.cancel("e", "r"), events.sign_up("e", "m"),
                   events.leave("e", "m"), events.code("e"), events.check_in("e", "m"),
                   events.feedback("e", "m", {"rating": 5}), events.review("e", None), events.review("e", {}),
                   events.effects(), events.spending("e", None), events.spending("e", {"lines": []})):  # fmt: skip
        assert answer["items"]
    assert asked[:3] == [
        ("GET", "/events", {"params": {"limit": 5}}),
        ("GET", "/events/e/signups", {"params": {"status": "going", "limit": 5}}),
        ("GET", "/events/e/reminders", {"params": {"limit": 5}}),
    ]
    assert [(method, path) for method, path, _ in asked[3:]] == [
        ("GET", "/events/e"), ("POST", "/events"), ("POST", "/events/e/cancel"), ("POST", "/events/e/signups"),
        ("POST", "/events/e/signups/cancel"), ("GET", "/events/e/check-in-code"), ("POST", "/events/e/check-ins"),
        ("POST", "/events/e/feedback"), ("GET", "/events/e/review"), ("POST", "/events/e/review"),
        ("GET", "/event-effects"), ("GET", "/events/e/spending"), ("PUT", "/events/e/spending"),
    ]  # fmt: skip
