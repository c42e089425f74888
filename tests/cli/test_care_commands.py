"""Care and claims at a terminal: nobody looks without a key for care, and what is shown is complete."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from copilot.cli import care_commands, claim_commands
from copilot.cli.care_backend import RemoteCare
from copilot.cli.claim_backend import RemoteClaims
from copilot.errors import Denied

ROW = {
    "id": "car_1", "member_name": "林", "channel_name": "大厅", "kind": "self_harm", "status_sentence": "有人在看",
    "held_by_name": "岚姐", "created_at": "2026-11-16T02:00:00Z",
}  # fmt: skip
DETAIL: dict[str, Any] = {
    "care": ROW, "found": "为什么在这里", "text": "原话", "draft": "第一句", "steps": ["先听"], "check_before_use": "先核对",
    "helplines": [{"name": "热线", "reach": "12356", "hours": "全天", "source": "通知", "reviewed_on": "2026-11-22"}],
    "notes": [{"created_at": "2026-11-16T03:00:00Z", "written_by": "key_1", "text": "聊过了"}],
}  # fmt: skip


class Asked:
    """Remembers what a service was asked for."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[str, str, Any]] = []

    def __call__(self, method: str, path: str, **given: Any) -> Any:
        self.calls.append((method, path, given.get("json", given.get("params"))))
        return self.answer


@pytest.mark.parametrize("command", [["list"], ["show", "car_1"], ["take", "car_1"], ["people"]])
def test_without_a_key_for_care_nothing_is_opened(monkeypatch: pytest.MonkeyPatch, command: list[str]) -> None:
    monkeypatch.delenv("CARE_KEY", raising=False)
    refused = CliRunner().invoke(care_commands.care_app, command)
    assert isinstance(refused.exception, Denied)
    assert "CARE_KEY" in refused.exception.message


def test_a_detail_shows_the_words_the_draft_helplines_steps_and_notes(capsys: pytest.CaptureFixture[str]) -> None:
    care_commands._detail(DETAIL)  # what a terminal shows has no other entrance without a service
    shown = capsys.readouterr().out
    for words in ("林", "岚姐", "为什么在这里", "原话", "第一句", "12356", "先核对", "1. 先听", "聊过了"):
        assert words in shown


def test_the_service_is_asked_as_the_api_wants() -> None:
    asked = Asked({"items": [ROW]})
    care = RemoteCare(asked)
    care.listing("new", None, 5)
    care.act("car_1", "take", {})
    care.act("car_1", "notes", {"text": "x"})
    assert asked.calls == [
        ("GET", "/care", {"status": "new", "limit": 5}),
        ("POST", "/care/car_1/take", None),
        ("POST", "/care/car_1/notes", {"text": "x"}),
    ]
    asked = Asked({"items": []})
    claims = RemoteClaims(asked)
    claims.check("x")
    claims.correct("a", "b", None)
    claims.withdraw("cor_1")
    assert asked.calls == [
        ("POST", "/claims/check", {"text": "x"}),
        ("POST", "/corrections", {"text": "a", "source": "b", "expires_at": None}),
        ("DELETE", "/corrections/cor_1", None),
    ]


def test_a_report_names_outcome_claim_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    claim = {
        "outcome": "contradicted",
        "claim": "三个月内归还",
        "sentence": "不一致",
        "source_kind": "resource",
        "source_id": "res_1",
    }
    claim_commands._report(
        {"sentence": "1 处", "claims": [claim, {**claim, "source_id": None, "outcome": "cannot_tell"}]}
    )
    shown = capsys.readouterr().out
    for words in ("contradicted: 三个月内归还", "[resource res_1]", "cannot_tell"):
        assert words in shown
