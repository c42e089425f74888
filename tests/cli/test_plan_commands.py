"""Batches of briefs, and plans on the command line against stores of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from copilot.cli.backend import Backend
from copilot.cli.local_plans import LocalPlans
from copilot.cli.main import app
from copilot.cli.plan_batches import MAX_BRIEFS, append, drafted, ids_done, read_line
from copilot.clock import FixedClock
from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.errors import InvalidInput
from copilot.services import Services
from copilot.settings import Settings
from tests.conftest import NOW

BRIEF = "12月5日下午两点深圳40人AI沙龙，预算2万，两小时"


class Asked:
    """As much of a backend as a batch asks."""

    locale = "zh-CN"

    def __init__(self, plans: LocalPlans) -> None:
        self.plans = plans


@pytest.fixture
def plans(tmp_path: Path) -> Iterator[LocalPlans]:
    services = Services(Settings.model_validate({"data_dir": tmp_path / "var"}), FixedClock(NOW))
    community_id = create_community(services.store, CommunityConfig(slug="sample", name="示例社区", locale="zh-CN"))
    # The index stays empty: what is drafted here needs no records.
    yield LocalPlans(services, community_id, "cli")
    services.close()


def batch(plans: LocalPlans, lines: list[str], done: set[str] | None = None) -> list[dict[str, Any]]:
    return list(drafted(cast("Backend", Asked(plans)), lines, done or set()))


def line(brief_id: object, brief: object) -> str:
    return json.dumps({"id": brief_id, "brief": brief}, ensure_ascii=False)


@pytest.mark.slow
def test_a_wrong_line_is_an_error_on_that_line_alone(plans: LocalPlans) -> None:
    lines = [
        line("a", BRIEF), "", "{nonsense", line("b", ""), line("a", BRIEF), line("c", {"headcount": -5}),
        line("d", {"format": "salon", "headcount": 30, "starts_on": "2026-12-05"}), line(7, "x"), line("e", BRIEF) + "}",
    ]  # fmt: skip
    found = batch(plans, lines)
    assert [(item["line"], item["id"], "plan" in item) for item in found] == [
        (1, "a", True), (3, None, False), (4, "b", False), (5, "a", False), (6, "c", False), (7, "d", True),
        (8, None, False), (9, None, False),
    ]  # fmt: skip
    assert found[2]["error"]["message"].startswith("需求是空的")
    assert found[5]["plan"]["content"]["headcount"] == 30


@pytest.mark.slow
def test_ids_that_are_done_are_left_out_and_a_torn_line_counts_for_nothing(plans: LocalPlans, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert ids_done(out) == set()
    append(out, json.dumps({"line": 1, "id": "a", "plan": {}}) + "\n")
    append(out, json.dumps({"line": 2, "id": "b", "error": {}}) + "\n")
    with out.open("ab") as file:
        file.write(b'{"line": 3, "id": "c", "pl')
    assert ids_done(out) == {"a"}
    found = batch(plans, [line("a", BRIEF), line("b", BRIEF)], ids_done(out))
    append(out, json.dumps(found[0], ensure_ascii=False) + "\n")
    assert [item["id"] for item in found] == ["b"]
    assert ids_done(out) == {"a", "b"}


def test_a_batch_is_bounded(plans: LocalPlans) -> None:
    with pytest.raises(InvalidInput):
        batch(plans, ["\n"] * (MAX_BRIEFS + 1))
    with pytest.raises(InvalidInput):
        read_line(line("a", "x" * 20_000))
    with pytest.raises(InvalidInput):
        read_line("[" * 19_000)


@pytest.mark.slow
def test_plans_are_revised_locked_compared_and_exported_without_a_service(plans: LocalPlans) -> None:
    made = plans.draft(BRIEF)
    revised = plans.revise(made["id"], "人数改成30")
    assert plans.differences(revised["id"], None)[0]["path"] == "goal"
    assert plans.lock(revised["id"], ["title"])["locks"] == ["title"]
    assert plans.edit(revised["id"], {"title": "AI沙龙之夜"})["version"] == 3
    newest = plans.versions(made["id"], 10)
    back = plans.restore(max(newest, key=lambda item: item["version"])["id"], made["id"])
    assert back["content"] == made["content"]
    assert plans.export(made["id"], "docx", None).startswith(b"PK")
    for wrong in (("pdf", None), ("csv", "all"), ("csv", None)):
        with pytest.raises(InvalidInput):
            plans.export(made["id"], *wrong)
    with pytest.raises(InvalidInput):
        plans.edit(back["id"], {"nothing": 1})
    feed = plans.make_feed("成员")
    assert plans.revoke_feed(feed["id"])["revoked_at"] is not None
    assert [item["id"] for item in plans.feeds()] == [feed["id"]]


def test_a_plan_begins_with_what_was_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = Services(Settings.model_validate({"data_dir": tmp_path / "var"}))
    create_community(services.store, CommunityConfig(slug="sample", name="示例社区", locale="zh-CN"))
    services.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPILOT_DATA_DIR", str(tmp_path / "var"))
    day = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    shown = CliRunner().invoke(app, ["plan", f"{day} 下午两点深圳40人AI沙龙，预算2万，两小时", "--community", "sample"])
    assert shown.exit_code == 0, shown.output
    echoed, _, plan = shown.stdout.partition("\n\n")
    assert "人数：40 人" in echoed.splitlines()
    assert "预算：20,000 元（原文“2万”）" in echoed.splitlines()
    assert plan.startswith("#")
