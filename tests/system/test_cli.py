"""The command line as people ask it: the same answers with a running service and without one, and readable mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.system.terminals import Terminal, one_line, same

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


QUESTIONS = [
    ("match", "M014"),
    ("match", "M014", "--kind", "resource", "-n", "3"),
    ("match", "M014", "--kind", "thread", "--wording", "model"),
    ("match", "M014", "--city", "深圳"),
    ("match", "explain", "M014", "M013"),
    ("match", "welcome", "M014", "--channel", "main"),
    ("topics", "M006", "-n", "1"),
    ("suggested",),
    ("suggested", "M006", "--limit", "1"),
    ("atmosphere",),
    ("atmosphere", "--channel", "main", "--start", "2026-10-19T00:00:00+08:00", "--end", "2026-10-26T00:00:00Z"),
    ("atmosphere", "--by-day"),
    ("replies", "-n", "5"),
    ("cases", "list"),
    ("cases", "list", "--status", "open", "--limit", "2"),
    ("cases", "list", "--severity", "medium", "--sort", "oldest", "--unreported"),
    ("plan", "下周六深圳60人AI路演沙龙，预算2万，两小时"),
    ("rounds", "plan", "--size", "3", "--rounds", "2", "--preview"),
    ("team", "做一个带传感器的硬件，卖到海外", "-n", "2"),
    ("team", "--with", "M014"),
    ("check",),
]


def test_every_question_has_one_answer_with_a_service_and_without(terminals: list[Terminal]) -> None:
    lists = [[*arguments, *as_json] for arguments in QUESTIONS for as_json in (("--json",), ())]
    for arguments in lists:
        # One right after the other: scores count the days since somebody was there.
        one, two = (terminal.run(*arguments) for terminal in terminals)
        assert (one.code, two.code) == (0, 0), (arguments, one, two)
        if "--json" in arguments:
            assert one.json(), arguments
            assert same(one.json()) == same(two.json()), arguments
        else:
            assert len(one.out) > 40
            assert len(two.out) > 40
            assert "Traceback" not in one.err + two.err


def test_pairs_are_scored_line_by_line_and_everybody_is_matched_in_lines(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    pairs = tmp_path / "pairs.jsonl"
    pairs.write_text(
        '{"member": "M014", "other": "M013"}\nnonsense\n{"member": "M014", "other": "M999"}\n', encoding="utf-8"
    )
    answers = []
    for terminal in terminals:
        scored = terminal.start("match", "score", str(pairs))
        assert scored.code == 0, scored.err
        lines = [json.loads(line) for line in scored.out.splitlines()]
        assert [line["line"] for line in lines] == [1, 2, 3]
        assert lines[0]["components"]
        assert [line["error"]["code"] for line in lines[1:]] == ["invalid_input", "not_found"]
        listed = terminal.run("match", "--all", "-n", "1", "--json")
        assert listed.code == 0, listed.err
        proposals = [json.loads(line) for line in listed.out.splitlines()]
        assert proposals
        assert all(item["reasons"] and item["status"] == "proposed" for item in proposals)
        answers.append((lines, sorted((item["member_id"], item["target_id"]) for item in proposals)))
        assert terminal.json("match", "newcomers") == []
        listed = terminal.json("match", "M017", "--kind", "resource")["items"]
        assert all(terminal.json("match", "audience", item["target_id"])["considered"] > 0 for item in listed[:1])
    assert same(answers[0]) == same(answers[1])


# What is wrong, and a part of the line that says so.
MISTAKES = [
    (("import", "no-such-file.csv"), "no-such-file.csv"),
    (("import", "BINARY"), "UTF-8"),
    (("import", "EMPTY"), "文件是空的"),
    (("import", "TABLE", "--map", "no-equals-sign"), "column=field"),
    (("import", "TABLE", "--format", "fax"), "format"),
    (("import", "TABLE"), "name。成员表必须有 external_id"),
    (("import", "TABLE"), "--map 列名=external_id"),
    (("import", "TABLE", "--kind", "members", "--platform", "No Platform!"), "platform"),
    (("match", "M014", "-c", "nowhere"), "nowhere"),
    (("match", "nobody at all"), "nobody at all"),
    (("match", "M014", "--kind", "spouse"), "kind"),
    (("topics", "nobody"), "nobody"),
    (("suggested", "nobody"), "nobody"),
    (("plan", "  "), "需求是空的"),
    (("plan", "下周六深圳60人沙龙，预算200元"), "请提高预算"),
    (("atmosphere", "--channel", "nowhere"), "nowhere"),
    (("atmosphere", "--start", "2026-10-19T00:00:00"), "start"),
    (("atmosphere", "--start", "yesterday"), "start"),
    (("atmosphere", "--by-day", "--start", "2020-01-01T00:00:00Z", "--end", "2026-01-01T00:00:00Z"), "days long"),
    (("replies", "--channel", "nowhere"), "nowhere"),
    (("cases", "list", "--status", "lost"), "status"),
    (("cases", "list", "--sort", "random"), "sort"),
    (("cases", "show", "cas_none"), "cas_none"),
    (("cases", "split", "cas_none", "msg_none"), "cas_none"),
    (("cases", "claim", "cas_none"), "cas_none"),
    (("report", "msg_none", "M014", "--category", "insult"), "msg_none"),
    (("report", "msg_none", "M014", "--category", "rudeness"), "category"),
    (("message", "msg_none"), "msg_none"),
    (("cases", "decide", "cas_none", "--verdict", "guilty"), "verdict"),
    (("keys", "create", "x", "--role", "king"), "role"),
    (("keys", "create", "x", "--role", "member"), "member"),
    (("keys", "create", "x", "--role", "admin", "--expires", "2001-01-01T00:00:00Z"), "past"),
    (("keys", "revoke", "key_none"), "key_none"),
    (("export", "nobody"), "nobody"),
    (("erase", "nobody", "--yes"), "nobody"),
]


def test_every_mistake_leaves_one_readable_line_and_exit_code_one(terminals: list[Terminal], tmp_path: Path) -> None:
    files = {"BINARY": b"\x00\x01\x02 no format at all \xff", "EMPTY": b"", "TABLE": b"name\nx\n"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    lists = [[str(tmp_path / a) if a in files else a for a in arguments] for arguments, _ in MISTAKES]
    unclear = []
    for terminal in terminals:
        for (arguments, part), done in zip(MISTAKES, terminal.all(lists), strict=True):
            line = one_line(arguments, done)
            if part.lower() not in line.lower() or len(line) > 500:
                unclear.append((arguments, line))
    assert not unclear
