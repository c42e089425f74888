"""Cases at a terminal: readable at a hundred columns, complete, and asked for as given."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from copilot.cli import case_render, output
from copilot.cli.case_backend import RemoteCases
from copilot.cli.case_commands import cases_app

CASE: dict[str, Any] = {
    "id": "cas_6zh2n15bq3y57tt1qcsj", "priority": 0.3566, "harm": 0.5, "certainty": 0.99, "reach": 0.72,
    "categories": ["unsolicited_promotion", "misinformation_claim", "harassment"], "category": "harassment",
    "severity": "medium", "status": "claimed", "sender_name": "很长的名字" * 6, "channel_name": "启航大群" * 5,
    "channel_id": "chn_1", "sent_at": "2026-11-02T13:20:53Z", "excerpt": "…" + "这句话非常长" * 20 + "…", "messages": 3,
    "reports": 1, "age_seconds": 7_300, "detector": "unsolicited-promotion-rules", "score": 0.97,
}  # fmt: skip
ITEM = {
    "message_id": "msg_1", "category": "harassment", "found_by": "signal", "severity": "high", "score": 0.9,
    "quote": "走开" * 30, "detector": "room-model", "detector_version": "1", "threshold": 0.83, "withdrawn_at": None,
}  # fmt: skip
DETAIL: dict[str, Any] = {
    "case": CASE, "priority_sentence": "优先级 0.36 = 危害 0.50（中）× 把握 0.99 × 波及 0.72；不看发言人的过往。",
    "lines": [
        {"role": role, "sent_at": "2026-11-02T13:20:53Z", "sender_name": "Ann", "text": "一句话" * 40}
        for role in ("before", "parent", "subject", "also")
    ],
    "clause": {"id": "P1", "title_zh": "好好说话", "title_en": "Be civil"},
    "items": [ITEM, {**ITEM, "found_by": "report", "detector": "report", "withdrawn_at": "2026-11-03T00:00:00Z"}],
    "findings": [
        {
            "category": "harassment", "detector": "pair-window", "detector_version": "1", "score": 0.8,
            "evidence": {"sentence": {"zh-CN": "三天里反复针对同一个人"}},
        }
    ],
    "reports": [
        {
            "reporter_name": None, "created_at": "2026-11-02T13:20:53Z", "category": "insult", "text": "难受",
            "reliability": 0.8, "decided": 3,
        }
    ],
    "voices": 1, "affected": [{"name": "Bo", "how": "answered"}],
    "history": {
        "upheld": 2, "not_upheld": 1, "overturned": 1, "strikes_in_force": 1, "last_strike_expires_at": "2027-01-01T00:00:00Z",
        "latest": [
            {"decided_at": "2026-10-01T00:00:00Z", "category": "insult", "verdict": "violation", "action": "warning", "undone_at": "2026-10-02T00:00:00Z"}
        ],
    },
    "suggestion": {"sentence": "建议：警告"}, "proposal": None,
    "decisions": [
        {"decided_at": "2026-11-03T00:00:00Z", "id": "dec_1", "decided_by": "key_1", "confirmed_by": None, "until": None, "clause_id": "P1", "verdict": "violation", "action": "hide", "reason": "人身攻击", "undone_at": None}
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def _hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output.out, "width", 100)  # which it reads from the environment only when it is first imported


def test_a_queue_fits_a_hundred_columns_and_leaves_nothing_out(capsys: pytest.CaptureFixture[str]) -> None:
    case_render.queue([CASE, {**CASE, "sender_name": "", "excerpt": "", "reports": 0, "messages": 1}])
    shown = capsys.readouterr().out
    assert max(cell_len(line) for line in shown.splitlines()) <= 100
    for part in (
        "0.36",
        "medium",
        "claimed",
        "3 messages, 1 report",
        "waits 2 h",
        CASE["id"],
        "unknown sender",
        "(taken back)",
    ):
        assert part in shown, part


def test_a_case_is_shown_with_all_one_should_know(capsys: pytest.CaptureFixture[str]) -> None:
    case_render.detail(DETAIL)
    shown = capsys.readouterr().out
    assert max(cell_len(line) for line in shown.splitlines()) <= 100
    for part in (
        "优先级 0.36", "clause P1", "> 2026-11-02 13:20 Ann", "asks from 0.83", "not found any more", "反复针对同一个人",
        "a member, 2026-11-02 13:20", "0.80 of theirs", "Bo (answered)", "2 upheld, 1 not, 1 taken back",
        "1 strikes in force until 2027-01-01", "taken back 2026-10-02", "建议：警告", "decided 2026-11-03 00:00 by key_1",
    ):  # fmt: skip
        assert part in " ".join(shown.split()), part


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "less than a minute"), (60, "1 min"), (3_599, "59 min"), (7_200, "2 h"), (200_000, "2 d")],
)
def test_an_age_is_said_in_its_largest_unit(seconds: int, words: str) -> None:
    assert case_render.age(seconds) == words


def test_a_service_is_asked_for_what_was_given() -> None:
    asked: list[tuple[str, str, dict[str, Any]]] = []

    def ask(method: str, path: str, **options: Any) -> dict[str, Any]:
        asked.append((method, path, options))
        return {"items": []}

    cases = RemoteCases(ask)
    cases.listing({"status": "open", "mine": True, "sender": None}, "newest", 5)
    cases.split("cas_1", ["msg_1"])
    cases.report("msg_1", "mem_1", "insult", "难受")
    cases.message("msg_1", 3)
    assert asked == [
        ("GET", "/cases", {"params": {"status": "open", "mine": True, "sort": "newest", "limit": 5}}),
        ("POST", "/cases/cas_1/split", {"json": {"message_ids": ["msg_1"]}}),
        (
            "POST",
            "/reports",
            {"json": {"message_id": "msg_1", "member_id": "mem_1", "category": "insult", "text": "难受"}},
        ),
        ("GET", "/messages/msg_1", {"params": {"before": 3, "after": 3}}),
    ]


@pytest.mark.parametrize(
    "arguments", [["list", "--limit", "0"], ["list", "--limit", "many"], ["show"], ["split", "cas_1"]]
)
def test_a_command_that_says_too_little_is_refused(arguments: list[str]) -> None:
    assert CliRunner().invoke(cases_app, arguments).exit_code == 2
