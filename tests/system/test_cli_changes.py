"""The command line as people change things by it: the same outcome with a running service and without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Match, Member
from copilot.matching.models import Verdict
from copilot.matching.relations.introduction_models import IntroductionRules, Said
from copilot.matching.relations.introductions import hear
from tests.system.terminals import Terminal, one_line, same
from tests.webhooks.receiver import receiving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


def test_importing_a_table_says_what_it_would_do_does_it_and_does_nothing_twice(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    table = tmp_path / "more.csv"
    table.write_text(
        "编号,name,city,爱好,joined_on\nX1,新人甲,杭州,钓鱼,\nX2,新人乙,上海,,2026-01-31\nX3,新人丙,北京,,不记得\n",
        encoding="gb18030",
    )
    arguments = ("import", str(table), "--kind", "members", "--map", "编号=external_id")
    for terminal in terminals:
        for extra, counts in (
            (("--dry-run",), (2, 0)),
            ((), (2, 0)),
            ((), (0, 2)),
        ):
            report = terminal.json(*arguments, *extra)["result"]["import"]
            members = report["counts"]["members"]
            assert (members["inserted"], members["unchanged"]) == counts, report
            assert report["error_count"] == 1
            assert report["errors"][0]["line"] == 4
        record = json.loads(terminal.run("export", "X1").out)["records"]["member"][0]
        assert (record["name"], record["attributes"]) == ("新人甲", {"爱好": "钓鱼"})
        shown = terminal.run(*arguments)
        assert "3 rows" in shown.out, shown.out


def test_importing_a_chat_reads_and_indexes_it(terminals: list[Terminal], tmp_path: Path) -> None:
    lines = [
        {"_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1},
         "meta": {"name": "小群", "platform": "wechat", "type": "group"}},
        *({"_type": "message", "platformMessageId": f"m{n}", "sender": "u1", "timestamp": 1_790_000_000 + n * 60,
           "type": 0, "content": "请问谁做过小程序备案？" if n == 3 else f"消息{n}"} for n in range(12)),
    ]  # fmt: skip
    chat = tmp_path / "chat.jsonl"
    chat.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    for terminal in terminals:
        result = terminal.json("import", str(chat))["result"]
        assert result["import"]["counts"]["messages"]["inserted"] == 12
        assert result["read"]["messages"] == 12
        assert result["sync"]["embedded"] >= 1


def test_a_moderator_lists_claims_decides_and_undoes(terminals: list[Terminal]) -> None:
    ended = []
    for terminal in terminals:
        case = terminal.json("cases", "list", "--status", "open")[0]
        claimed = terminal.json("cases", "claim", case["id"])
        assert claimed["status"] == "claimed"
        assert terminal.json("cases", "release", case["id"])["status"] == "open"
        decided = terminal.json(
            "cases", "decide", case["id"], "--verdict", "violation", "--action", "warning", "--reason", "群规第三条"
        )
        assert decided["verdict"] == "violation"
        assert case["id"] in {c["id"] for c in terminal.json("cases", "list", "--status", "decided")}
        assert "已经有了决定" in terminal.refused("cases", "claim", case["id"])
        undone = terminal.json("cases", "undo", case["id"], "--reason", "看错了人")
        assert undone["status"] == "open"
        assert "看错了人" in kept_reasons(terminal)
        ended.append([claimed, decided, undone])
    assert same(ended[0]) == same(ended[1])


def kept_reasons(terminal: Terminal) -> str:
    """Return the audit log, where the reason of an undone decision is kept."""
    store = Store.open(f"sqlite:///{terminal.env['COPILOT_DATA_DIR']}/copilot.sqlite", upgrade=False)
    try:
        with store.read(store.community_id("qihang")) as unit:
            rows = unit.session.scalars(select(AuditEntry).where(AuditEntry.action == "decision.undone"))
            return json.dumps([row.data for row in rows], ensure_ascii=False)
    finally:
        store.close()


def test_keys_are_made_listed_and_revoked(terminals: list[Terminal]) -> None:
    for terminal in terminals:
        made = terminal.json("keys", "create", "for the test", "--role", "member", "--member", "M013")
        assert made["secret"].endswith(made["hint"])
        listed = terminal.json("keys", "list")
        assert made["id"] in {key["id"] for key in listed}
        assert all("secret" not in key for key in listed)
        assert made["secret"] not in terminal.run("keys", "list").out
        assert terminal.json("keys", "revoke", made["id"])["revoked_at"]
        if terminal.service is not None:
            with terminal.service.client(made["secret"]) as client:
                assert client.get("/me").status_code == 401
    columns = [set(terminal.json("keys", "list")[0]) for terminal in terminals]
    assert columns[0] == columns[1]


def test_a_webhook_is_made_tested_told_and_removed(terminals: list[Terminal]) -> None:
    with receiving() as receiver:
        for terminal in terminals:
            made = terminal.json("webhooks", "add", receiver.url, "--event", "match.proposed")
            assert made["secret"].startswith("whsec_")
            assert [hook["id"] for hook in terminal.json("webhooks", "list")] == [made["id"]]
            assert "secret" not in terminal.run("webhooks", "list", "--json").out
            assert "已送达" in terminal.run("webhooks", "test", made["id"]).out
            receiver.status = 503
            assert "503" in terminal.refused("webhooks", "test", made["id"])
            receiver.status = 200
            failed, sent = terminal.json("webhooks", "deliveries", made["id"])
            assert (failed["status"], sent["status"]) == ("failed", "delivered")
            assert terminal.json("webhooks", "retry", failed["id"])["status"] == "waiting"
            assert terminal.json("webhooks", "deliver")["result"]["webhooks"]["delivered"] == 1
            assert receiver.got[-1].id == failed["id"]
            assert terminal.json("webhooks", "change", made["id"], "--status", "disabled")["status"] == "disabled"
            assert terminal.json("webhooks", "rotate", made["id"])["secret"] != made["secret"]
            assert terminal.run("webhooks", "remove", made["id"]).out == f"{made['id']} is removed\n"
            line = terminal.refused("webhooks", "deliveries", made["id"])
            assert made["id"] in line
    wrong = ["webhooks", "add", "https://10.0.0.1/x", "--event", "match.guessed"]
    assert "round.planned" in terminals[0].refused(*wrong)


def test_a_pair_is_kept_apart_and_let_go_again(terminals: list[Terminal]) -> None:
    lines: list[str] = []
    for terminal in terminals:
        until = ("--until", "2099-01-01T00:00:00Z")
        made = terminal.json("rules", "add", "cannot_match", "M014", "M013", "--note", "同行", *until)
        assert (made["kind"], made["note"], made["expires_at"]) == ("cannot_match", "同行", until[1])
        for chosen in (["M013"], ["--kind", "cannot_match"]):
            assert terminal.json("rules", "list", *chosen) == [made]
        assert "同行" in terminal.run("rules", "list").out
        opposite = terminal.refused("rules", "add", "must_match", "M013", "M014")
        assert made["id"] in opposite
        alone = terminal.refused("rules", "add", "cannot_match", "M014", "M014")
        lines.append(opposite.replace(made["id"], "") + alone)
        assert "must_match" in terminal.refused("rules", "add", "keep_apart", "M013", "M014")
        assert terminal.run("rules", "remove", made["id"]).out == f"{made['id']} is removed\n"
        assert terminal.json("rules", "list") == []
        for given in ([], ["--given"]):
            assert terminal.json("endorsements", "list", "M014", *given) == []
        assert terminal.refused("endorsements", "remove", "end_none")
    assert lines[0] == lines[1], "the same words with a service and without"


def ask_for(terminal: Terminal, asker: str, target: str) -> str:
    """Let one member say yes to another, as their key does over HTTP, and return the introduction's id."""
    store = Store.open(f"sqlite:///{terminal.env['COPILOT_DATA_DIR']}/copilot.sqlite", upgrade=False)
    try:
        community_id = store.community_id("qihang")
        with store.write(community_id) as unit:
            ids = {row.external_id: row.id for row in unit.session.scalars(select(Member))}
            one, other = ids[asker], ids[target]
            for member_id in (one, other):
                unit.get(Member, member_id).consent_match = True
            match = Match(
                id=f"match_{asker}_{target}", member_id=one, kind="member", target_id=other, score=0.7, reasons=[],
                components={"forward": 0.8, "backward": 0.6}, created_at=unit.now, updated_at=unit.now,
            )  # fmt: skip
            unit.add(match)
            unit.session.flush()
            heard = hear(unit, match, Said(Verdict.ACCEPT), IntroductionRules())
            assert heard.introduction is not None
            return heard.introduction.id
    finally:
        store.close()


def test_an_introduction_is_answered_with_the_members_key_and_its_outcomes_are_exported(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    shown = []
    for terminal in terminals:
        found = ask_for(terminal, "M015", "M016")
        path = tmp_path / "outcomes.jsonl"
        made = terminal.all(
            [
                ["keys", "create", "asked", "--role", "member", "--member", "M016", "--json"],
                ["keys", "create", "op", "--role", "operator", "--json"],
                ["introductions", "list", "M016", "--json"],
                ["introductions", "list", "--status", "reported", "--json"],
            ]
        )
        key, operator = (done.json()["secret"] for done in made[:2])
        assert [(item["id"], item["status"]) for item in made[2].json()] == [(found, "waiting")]
        assert made[3].json() == []
        answer = ["introductions", "answer", found]
        wrong, denied, accepted, view, text, exported, table, learnt, listed, activated, refused = terminal.all(
            [
                [*answer, "maybe", "--key", key],
                [*answer, "accept", "--key", operator],
                [*answer, "accept", "--key", key],
                ["introductions", "show", found, "--json"],
                ["introductions", "show", found],
                ["outcomes", "export", "--format", "jsonl", "-o", str(path)],
                ["outcomes", "export"],
                ["weights", "learn", "--json"],
                ["weights", "list"],
                ["weights", "activate", "0", "--json"],
                ["weights", "rollback"],
            ]
        )
        assert "ignore" in one_line(("answer", "maybe"), wrong)
        assert one_line(("answer", "operator"), denied)
        assert "双方都同意" in accepted.out
        assert "双方都同意" in text.out
        shown.append(view.json())
        said = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        assert exported.code == 0
        assert [item["outcome"] for item in said if item["match_id"] == "match_M015_M016"] == ["connected"]
        assert table.out.startswith("match_id,member_id,")
        assert learnt.json()["result"] == "not_enough"
        assert "in force: version 0" in listed.out
        assert activated.json()["version"] == 0
        assert one_line(("rollback",), refused)
    assert same(shown[0]) == same(shown[1])
    assert shown[0]["contacts"] is None


def test_erasing_a_member_returns_the_proof_and_leaves_nothing_to_export(terminals: list[Terminal]) -> None:
    proofs = []
    for terminal in terminals:
        records = json.loads(terminal.run("export", "M007").out)["records"]
        assert records["member"][0]["external_id"] == "M007"
        done = terminal.start("erase", "M007", "--yes")
        assert done.code == 0, done.err
        proof = done.json()
        assert proof["counts"]["member"] == 1
        assert proof["index_confirmed_at"]
        assert "M007" in terminal.refused("export", "M007")
        proofs.append(proof)
    assert same(proofs[0]) == same(proofs[1])


def test_a_rebuild_makes_every_vector_again(terminals: list[Terminal]) -> None:
    rebuilt = [terminal.json("reindex")["result"]["reindex"] for terminal in terminals]
    assert rebuilt[0]["embedded"] > 50
    assert rebuilt[0] == rebuilt[1]
    for terminal in terminals:
        report = terminal.json("check")["result"]["check"]
        assert report["is_sound"]
        assert not report["was_repaired"]
