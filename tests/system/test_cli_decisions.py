"""Second opinions, appeals, standing, terms and limits at the terminal, alone and beside a running service."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.__main__ import main as evaluate
from eval.runs import read_run
from tests.system.terminals import Terminal

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_a_moderator_mutes_a_member_who_appeals_and_is_answered_by_another_one(terminals: list[Terminal]) -> None:
    for terminal in terminals:
        cases = terminal.json("cases", "list", "--status", "open")
        case = next(found for found in cases if found["clause_id"] and found["member_id"])
        decide = ("cases", "decide", case["id"], "--verdict", "violation")
        assert "理由" in terminal.refused(*decide, "--action", "mute", "--mute-hours", "24")
        muted = terminal.json(*decide, "--action", "mute", "--mute-hours", "24", "--reason", "骂人")
        assert muted["until"] is not None
        standing = terminal.json("cases", "standing", case["member_id"])
        assert [row["kind"] for row in standing["sanctions"]] == ["mute"]
        assert "骂人" in terminal.run("cases", "standing", case["member_id"]).out
        appeal = terminal.json("appeals", "add", muted["id"], case["member_id"], "--text", "我在转述")
        assert [row["id"] for row in terminal.json("appeals", "list", "--waiting")] == [appeal["id"]]
        assert terminal.json("appeals", "show", appeal["id"])["outcome"] is None
        answer = ("appeals", "answer", appeal["id"], "--outcome", "upheld", "--reason", "x")
        assert "同名" in terminal.refused(*answer), "who decided does not answer"
        terminal.json("cases", "undo", case["id"], "--reason", "是转述")
        assert terminal.json("appeals", "show", appeal["id"])["outcome"] == "settled"


def test_a_removal_waits_for_a_second_person(terminals: list[Terminal]) -> None:
    for terminal in terminals:
        cases = terminal.json("cases", "list", "--status", "open")
        case = next(found for found in cases if found["clause_id"] and found["member_id"])
        removal = ("--action", "removal", "--reason", "第四次")
        assert "propose" in terminal.refused("cases", "decide", case["id"], "--verdict", "violation", *removal)
        made = terminal.json("cases", "propose", case["id"], *removal)
        assert [row["id"] for row in terminal.json("cases", "proposals")] == [made["id"]]
        assert made["id"] in terminal.run("cases", "show", case["id"]).out
        assert "不能自己确认" in terminal.refused("cases", "confirm", made["id"])
        assert terminal.json("cases", "decline", made["id"], "--reason", "想错了")["status"] == "withdrawn"


def test_terms_are_shown_changed_in_a_file_and_given_back(terminals: list[Terminal], tmp_path: Path) -> None:
    for terminal in terminals:
        terms = terminal.json("cases", "terms")
        terms["terms"]["appeal_days"] = 21
        file = tmp_path / "terms.json"
        file.write_text(json.dumps(terms), encoding="utf-8")
        assert terminal.json("cases", "terms", "--file", str(file))["terms"]["appeal_days"] == 21
        assert "within 21 days" in terminal.run("cases", "terms").out
        file.write_text("second_opinion_actions: []\n", encoding="utf-8")
        assert "两个人" in terminal.refused("cases", "terms", "--file", str(file))
        file.write_text("- 1\n", encoding="utf-8")
        assert "holds no terms" in terminal.refused("cases", "terms", "--file", str(file))
        assert "cannot be read" in terminal.refused("cases", "terms", "--file", str(tmp_path / "none.yaml"))


def test_severe_words_are_blurred_in_the_queue_until_they_are_asked_for(terminals: list[Terminal]) -> None:
    for terminal in terminals:
        day = terminal.json("cases", "wellness", "--blur", "all", "--severe-per-day", "5")
        assert (day["blur"], day["severe_per_day"]) == ("all", 5)
        excerpt = next(found["excerpt"] for found in terminal.json("cases", "list") if found["excerpt"])[:6]
        assert excerpt not in terminal.run("cases", "list").out
        assert excerpt in terminal.run("cases", "list", "--reveal").out
        assert "severe cases today" in terminal.run("cases", "wellness").out
        assert "none" in terminal.refused("cases", "wellness", "--blur", "much")


def test_what_people_decided_comes_back_as_cases_that_the_installed_product_is_measured_on(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    for at, terminal in enumerate(terminals):
        cases = [found for found in terminal.json("cases", "list", "--status", "open") if found["clause_id"]][:6]
        for place, case in enumerate(cases):
            verdict = (
                ("--verdict", "no_violation") if place % 3 == 2 else ("--verdict", "violation", "--reason", "骂人")
            )
            terminal.json("cases", "decide", case["id"], *verdict)
        terminal.json("plan", "下周六下午两点，30人，AI 创业圆桌")
        folder, run = tmp_path / f"cases-{at}", tmp_path / f"run-{at}.json"
        done = terminal.run("export", "eval-cases", str(folder))
        assert done.code == 0, done.err
        assert "is not empty" in terminal.refused("export", "eval-cases", str(folder))
        written = "".join(path.read_text("utf-8") for path in folder.glob("*.jsonl"))
        for case in cases:
            assert case["id"] not in written
            assert case["sender_name"] not in written
        arguments = ["--suite", "community", "--cases-from", str(folder), "--jobs", "1", "--out", str(run)]
        assert evaluate(["run", *arguments]) == 0
        [suite] = read_run(run).suites
        figures = {figure.name.removeprefix("community."): figure for figure in suite.figures}
        labels = [json.loads(line)["label"] for line in (folder / "decisions.jsonl").read_text("utf-8").splitlines()]
        assert len(labels) >= len(cases) >= 3
        assert figures["decisions.upheld"].value == pytest.approx(labels.count("violation") / len(labels), abs=1e-6)
        assert figures["decisions.recall"].n > 0
        assert figures["plans.checks_passed"].value == 1.0
        assert figures["matches.yes"].unscored
