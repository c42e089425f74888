"""The suite of a community's own cases, on exports made by hand: what it measures, and what it cannot."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import InvalidInput
from eval.catalogue import COMMUNITY, SUITES
from eval.scores import Figure
from eval.suite import Suite
from eval.suites import community

MESSAGE: dict[str, Any] = {
    "sender": "mem_a", "channel": "chn_a", "language": "zh", "why_no_text": "", "context": [], "source": "case", "case": "cas_a",
    "category": "insult", "found_by": "signal", "detector": "room", "detector_version": "1", "score": 0.9, "threshold": 0.5,
    "severity": "low", "action": "note",
}  # fmt: skip


def written(folder: Path, **files: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    parts = {}
    for kind, rows in files.items():
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
        (folder / f"{kind}.jsonl").write_bytes(content)
        parts[f"{kind}.jsonl"] = {"rows": len(rows), "sha256": hashlib.sha256(content).hexdigest()}
    manifest = {
        "format_version": 1,
        "export_id": "exp_1",
        "exported_on": "2026-11-16",
        "locale": "zh-CN",
        "files": parts,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def figures(suite: Suite) -> dict[str, Figure]:
    return {figure.name: figure for figure in suite.measure(None).figures}  # type: ignore[arg-type]  # needs no world


def test_decisions_are_held_against_what_the_installed_models_say_today(tmp_path: Path) -> None:
    rows = [
        MESSAGE | {"id": "1", "text": "你就是个废物，滚出这个群，骗子", "label": "violation"},
        MESSAGE | {"id": "2", "sender": "mem_b", "text": "周六下午两点见，我带茶", "label": "no_violation"},
        # Found twice, read once.
        MESSAGE | {"id": "3", "text": "你就是个废物，滚出这个群，骗子", "label": "no_violation"},
        MESSAGE | {"id": "4", "sender": "mem_c", "text": None, "why_no_text": "no_consent", "label": "violation"},
    ]
    found = figures(community.suite(written(tmp_path / "out", decisions=rows)))
    assert found["community.decisions.recall"].value == 1.0
    assert found["community.decisions.recall"].n == 1
    assert found["community.decisions.precision"].value == 1.0
    assert found["community.decisions.auc"].value == 1.0
    assert found["community.decisions.upheld"].value == 0.5
    assert found["community.without_words"].value == 0.25


def test_answers_topics_and_plans_are_counted_as_people_left_them(tmp_path: Path) -> None:
    match = {
        "member": "mem_a",
        "target": "mem_b",
        "kind": "member",
        "components": {},
        "weights_version": 0,
        "reasons": [],
    }
    topic = {"member": "mem_a", "checks": {"one": True}, "status": "suggested"}
    plan = {"drafted_by": "playbook", "checks": {"sum": True}, "is_event": True, "versions": 3}
    found = figures(community.suite(written(
        tmp_path / "out",
        matches=[
            match | {"id": "1", "outcome": "connected", "is_yes": True, "score": 0.9},
            match | {"id": "2", "outcome": "declined", "is_yes": False, "score": 0.2},
            match | {"id": "3", "outcome": "accepted", "is_yes": True, "score": None},
        ],
        topics=[topic | {"id": "1", "asked": ["accepted"]}, topic | {"id": "2", "asked": ["draft"]}, topic | {"id": "3", "asked": []}],
        plans=[plan | {"id": "1"}, plan | {"id": "2", "versions": 1, "is_event": False, "checks": {"sum": False}}],
    )))  # fmt: skip
    assert found["community.matches.score_auc"].value == 1.0
    assert found["community.matches.yes"].value == pytest.approx(2 / 3, abs=1e-6)
    assert found["community.topics.accepted_when_sent"].value == 1.0
    assert found["community.topics.asked"].value == pytest.approx(2 / 3, abs=1e-6)
    assert found["community.plans.checks_passed"].value == 0.5
    assert found["community.plans.changes_by_people"].value == 1.0


def test_what_an_export_does_not_hold_is_unscored(tmp_path: Path) -> None:
    found = figures(community.suite(written(tmp_path / "out")))
    assert all(figure.value is None and figure.unscored for figure in found.values())


def test_there_is_no_such_suite_without_a_folder_and_a_wrong_folder_is_refused_before_anything_runs(
    tmp_path: Path,
) -> None:
    assert COMMUNITY not in SUITES
    with pytest.raises(InvalidInput, match="holds no export"):
        community.suite(tmp_path)
