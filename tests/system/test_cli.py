"""The command line as people use it: the same commands and answers with a running service and without one."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from copilot.cli.service_file import FILE_NAME
from copilot.community.store import Store
from copilot.community.tables import AuditEntry, Match, Member
from copilot.matching.models import Verdict
from copilot.matching.relations.introduction_models import IntroductionRules, Said
from copilot.matching.relations.introductions import hear
from tests.system.conftest import Prepared
from tests.system.running import Done, Service, command, commands, environment, serving
from tests.webhooks.receiver import receiving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
# What two runs on two copies of one folder may differ in.
_OWN_KEYS = {"id", "series_id", "match_id", "strike_id", "llm_call_ids", "actor", "at", "seconds"}
_OWN_ENDINGS = ("_at", "_by")


@dataclass(frozen=True)
class Terminal:
    """A shell in front of one data folder."""

    env: dict[str, str]
    service: Service | None = None

    def run(self, *arguments: str) -> Done:
        return command(self.env, *arguments)

    def json(self, *arguments: str) -> Any:
        done = self.run(*arguments, "--json")
        assert done.code == 0, (arguments, done.err)
        return done.json()

    def refused(self, *arguments: str) -> str:
        """Run a command that must fail; return its one line."""
        return one_line(arguments, self.run(*arguments))


def one_line(arguments: tuple[str, ...], done: Done) -> str:
    """Return the one line that a failed command left."""
    assert done.code == 1, (arguments, done)
    assert done.out == "", (arguments, done)
    lines = done.err.strip().splitlines()
    assert len(lines) == 1, (arguments, done)
    assert lines[0].startswith("error: ")
    return lines[0]


@pytest.fixture(scope="module")
def terminals(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Terminal]]:
    """Two copies of one folder: nobody serves the first, a service runs on the second."""
    folder = tmp_path_factory.mktemp("terminals")
    with ExitStack() as stack:
        alone = prepared.copy_to(folder / "alone")
        served = prepared.copy_to(folder / "served")
        near = {"webhooks__allow_private": True}
        service = stack.enter_context(serving(served, **near))
        yield [Terminal(environment(alone, **near)), Terminal(environment(served, **near), service)]


def same(value: Any) -> Any:
    """Return what must be equal on both sides."""
    if isinstance(value, dict):
        return {k: same(item) for k, item in value.items() if k not in _OWN_KEYS and not k.endswith(_OWN_ENDINGS)}
    if isinstance(value, list):
        return [same(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


QUESTIONS = [
    ("match", "M014"),
    ("match", "M014", "--kind", "resource", "-n", "3"),
    ("match", "M014", "--kind", "thread", "--wording", "model"),
    ("match", "M014", "--city", "深圳"),
    ("match", "explain", "M014", "M013"),
    ("match", "welcome", "M014", "--channel", "main"),
    ("topics", "M014", "-n", "1"),
    ("suggested",),
    ("suggested", "M014", "--limit", "1"),
    ("atmosphere",),
    ("atmosphere", "--channel", "main", "--start", "2026-10-19T00:00:00+08:00", "--end", "2026-10-26T00:00:00Z"),
    ("atmosphere", "--by-day"),
    ("replies", "-n", "5"),
    ("cases", "list"),
    ("cases", "list", "--status", "open", "--limit", "2"),
    ("plan", "下周六深圳60人AI路演沙龙，预算2万，两小时"),
    ("rounds", "plan", "--size", "3", "--rounds", "2", "--preview"),
    ("team", "做一个带传感器的硬件，卖到海外", "-n", "2"),
    ("team", "--with", "M014"),
    ("check",),
]


def test_every_question_has_one_answer_with_a_service_and_without(terminals: list[Terminal]) -> None:
    lists = [[*arguments, *as_json] for arguments in QUESTIONS for as_json in (("--json",), ())]
    alone, served = (commands(terminal.env, lists) for terminal in terminals)
    for arguments, one, two in zip(lists, alone, served, strict=True):
        assert (one.code, two.code) == (0, 0), (arguments, one, two)
        if "--json" in arguments:
            assert one.json()
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
        scored = terminal.run("match", "score", str(pairs))
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


# What is wrong, and a part of the line that says so.
MISTAKES = [
    (("import", "no-such-file.csv"), "no-such-file.csv"),
    (("import", "BINARY"), "UTF-8"),
    (("import", "EMPTY"), "empty"),
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
    (("cases", "claim", "cas_none"), "cas_none"),
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
        for (arguments, part), done in zip(MISTAKES, commands(terminal.env, lists), strict=True):
            line = one_line(arguments, done)
            if part.lower() not in line.lower() or len(line) > 500:
                unclear.append((arguments, line))
    assert not unclear


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
        assert "decided" in terminal.refused("cases", "claim", case["id"])
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
        made = commands(
            terminal.env,
            [
                ["keys", "create", "asked", "--role", "member", "--member", "M016", "--json"],
                ["keys", "create", "op", "--role", "operator", "--json"],
                ["introductions", "list", "M016", "--json"],
                ["introductions", "list", "--status", "reported", "--json"],
            ],
        )
        key, operator = (done.json()["secret"] for done in made[:2])
        assert [(item["id"], item["status"]) for item in made[2].json()] == [(found, "waiting")]
        assert made[3].json() == []
        answer = ["introductions", "answer", found]
        wrong, denied, accepted, view, text, exported, table, learnt, listed, activated, refused = commands(
            terminal.env,
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
            ],
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
        done = terminal.run("erase", "M007", "--yes")
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


def test_init_makes_a_community_once_and_says_what_is_wrong_with_its_file(prepared: Prepared, tmp_path: Path) -> None:
    terminal = Terminal(environment(tmp_path / "new"))
    first = terminal.json("init", str(prepared.sample / "community.yaml"))
    again = terminal.json("init", str(prepared.sample / "community.yaml"))
    assert first["id"] == again["id"]
    assert (first["is_new"], again["is_new"], again["key"]) == (True, False, None), "no key nobody asked for"
    assert "--new-key" in terminal.run("init", str(prepared.sample / "community.yaml")).out
    another = terminal.json("init", str(prepared.sample / "community.yaml"), "--new-key")
    assert another["key"] not in (None, first["key"])
    assert len(terminal.json("keys", "list", "-c", "qihang")) == 2
    assert terminal.json("init", "--slug", "plain", "--name", "Plain", "--timezone", "Europe/Berlin")["slug"] == "plain"
    assert terminal.json("cases", "list", "-c", "plain") == []
    broken = tmp_path / "broken.yaml"
    for text in ("slug: [", "slug: 'Not A Slug'\nname: x", "- 1\n- 2", "slug: x\nname: y\ntimezone: Mars/Olympus"):
        broken.write_text(text, encoding="utf-8")
        assert "broken.yaml" in terminal.refused("init", str(broken))
    terminal.refused("init")
    terminal.refused("init", str(tmp_path / "missing.yaml"))
    terminal.refused("init", "--slug", "x", "--name", "y", "--timezone", "Mars/Olympus")
    terminal.refused("init", "--slug", "Not A Slug", "--name", "y")


def test_wrong_settings_are_named_in_one_line(tmp_path: Path) -> None:
    wrong = {**environment(tmp_path), "COPILOT_DATABSE__URL": "x"}
    assert "COPILOT_DATABSE__URL" in Terminal(wrong).refused("cases", "list")
    assert "COPILOT_API__PORT" in Terminal(environment(tmp_path, api__port="many")).refused("cases", "list")
    assert "COPILOT_VECTORS__URL" in Terminal(environment(tmp_path)).refused("worker")
    unreachable = environment(tmp_path, database__url="postgresql://127.0.0.1:1/none")
    assert "database" in Terminal(unreachable).refused("cases", "list")
    assert "database" in Terminal(unreachable).refused("serve")


def test_a_second_process_on_the_folder_is_told_who_owns_it(prepared: Prepared, tmp_path: Path) -> None:
    folder = prepared.copy_to(tmp_path / "shared")
    with serving(folder) as service:
        terminal = Terminal(environment(folder))
        assert "already" in terminal.refused("serve")
        assert "already" in terminal.refused("demo", "--no-serve")
        (folder / FILE_NAME).rename(folder / "hidden")  # as if the service could not be found
        line = terminal.refused("match", "M017")
        assert f"process {service.process.pid}" in line
        assert "in use" in line
        serve = terminal.run("serve")
        assert serve.code == 1
        assert "in use" in serve.err.splitlines()[-1], "a service logs; its last line says why it ended"
        (folder / "hidden").rename(folder / FILE_NAME)
        assert terminal.json("match", "M017")["items"]
    assert not (folder / FILE_NAME).exists()


def test_after_a_service_was_killed_commands_work_on_their_own(prepared: Prepared, tmp_path: Path) -> None:
    folder = prepared.copy_to(tmp_path / "killed")
    with serving(folder) as service:
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        assert (folder / FILE_NAME).exists()
        terminal = Terminal(environment(folder))
        assert terminal.json("match", "M017")["items"]
        assert terminal.json("check")["result"]["check"]["is_sound"]
    with serving(folder) as service:
        assert terminal.json("cases", "list")


def test_the_demo_loads_itself_and_each_printed_call_works(tmp_path: Path) -> None:
    terminal = Terminal(environment(tmp_path / "demo"))
    loaded = command(terminal.env, "demo", "--no-serve", seconds=380)
    assert loaded.code == 0, loaded.err
    calls = [line.split("'") for line in loaded.out.splitlines() if "curl -H" in line]
    assert len(calls) == 3
    with serving(tmp_path / "demo") as service:
        for parts in calls:
            key, path = parts[1].removeprefix("Authorization: Bearer "), parts[3].partition("/qihang")[2]
            with service.client(key) as client:
                answer = client.get(path)
            assert answer.status_code == 200, answer.text
            assert answer.json().get("items", True), path
