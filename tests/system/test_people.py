"""What callers and members may rely on in a running service: scopes, other communities, consent, and being forgotten."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.llm.endpoint import Behaviour
from tests.system.conftest import Prepared
from tests.system.running import wait_for_job
from tests.system.world import BRIEF, PROBLEM, World, chat, opened, tables

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def world(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened(prepared, tmp_path_factory.mktemp("people") / "var") as served:
        yield served


# --- callers -----------------------------------------------------------------------------------------------------


def test_ids_of_another_community_do_not_exist(world: World) -> None:
    world.model.behaviours[:] = [Behaviour(kind="html")]
    one, two = list(world.prepared.members.values())[:2]
    ids = {
        "case": world.admin.get("/cases").json()["items"][0]["id"],
        "plan": world.admin.post("/event-plans", json=BRIEF).json()["id"],
        "resource": world.admin.get("/resources").json()["items"][0]["id"],
        "job": world.admin.get("/jobs").json()["items"][0]["id"],
        "key": world.admin.get("/keys").json()["items"][0]["id"],
    }
    reads = [
        f"/members/{one}", f"/members/{one}/export", f"/members/{one}/matches", f"/members/{one}/matches/{two}/explanation",
        f"/resources/{ids['resource']}", f"/cases/{ids['case']}", f"/event-plans/{ids['plan']}",
        f"/event-plans/{ids['plan']}/markdown", f"/jobs/{ids['job']}", "/atmosphere?channel=main",
    ]  # fmt: skip
    writes: list[tuple[str, str, object]] = [
        ("PATCH", f"/members/{one}/consent", {"consent_match": False}), ("DELETE", f"/members/{one}", None),
        ("POST", f"/members/{one}/topics", {}), ("POST", f"/cases/{ids['case']}/claim", None),
        ("POST", f"/cases/{ids['case']}/decide", {"verdict": "no_violation"}), ("POST", f"/cases/{ids['case']}/undo", {}),
        ("POST", f"/jobs/{ids['job']}/cancel", None), ("DELETE", f"/keys/{ids['key']}", None),
        ("POST", "/keys", {"name": "n", "role": "member", "member_id": one}),
    ]  # fmt: skip
    before = {path: world.admin.get(path).json() for path in reads[:2]}
    with world.client("stranger", "other") as own, world.client("stranger") as intruder:
        for method, path, body in [*(("GET", path, None) for path in reads), *writes]:
            for client in (own, intruder):
                answer = client.request(method, path, json=body)
                assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path, answer.text)
                assert "启航" not in answer.text
    assert {path: world.admin.get(path).json() for path in before} == before
    with world.client("admin", "nowhere") as lost:
        assert lost.get("/members").status_code == 404


def test_a_key_without_the_scope_is_told_which(world: World) -> None:
    own, other = world.prepared.members["M014"], world.prepared.members["M042"]
    refused: list[tuple[str, str, str, object, str]] = [
        ("moderator", "POST", "/event-plans", BRIEF, "events:write"),
        ("moderator", "GET", f"/members/{own}/matches", None, "matching:read"),
        ("operator", "DELETE", f"/members/{own}", None, "members:erase"),
        ("operator", "POST", "/keys", {"name": "n", "role": "admin"}, "keys:write"),
        ("member", "GET", f"/members/{other}", None, "members:read"),
        ("member", "DELETE", f"/members/{other}", None, "members:erase"),
        ("member", "POST", "/jobs", {"kind": "reindex"}, "index:write"),
    ]
    before = world.rows()
    for role, method, path, body, scope in refused:
        with world.client(role) as client:
            answer = client.request(method, path, json=body)
        assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM), (role, method, path)
        assert (answer.json()["code"], answer.json()["data"]["scope"]) == ("denied", scope)
    assert world.rows() == before


def test_an_empty_profile_is_told_what_is_missing(world: World) -> None:
    world.imported("bare.csv", "external_id,name,consent_match\nE0,空白档案,yes\n".encode(), kind="members")
    member_id = world.member("空白档案")["id"]
    for kind in ("member", "resource"):
        answer = world.admin.get(f"/members/{member_id}/matches", params={"kind": kind})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert found["items"] == []
        (note,) = [note for note in found["notes"] if note["code"] == "empty_profile"]
        assert note["missing_aspect"] == "wants"
        assert note["text"]


def proposed(world: World, member_id: str) -> list[str]:
    found = world.admin.get(f"/members/{member_id}/matches", params={"n": 10}).json()["items"]
    return [item["target_id"] for item in found]


@pytest.mark.parametrize("consent", ["consent_match", "consent_ai"])
def test_who_takes_consent_back_is_gone_from_the_very_next_matches(world: World, consent: str) -> None:
    asker, gone = next(
        (asker, found[0]) for asker in world.prepared.members.values() if (found := proposed(world, asker))
    )
    assert gone in proposed(world, asker), "asking twice changes nothing by itself"
    offer = next(
        text["text"] for text in world.admin.get(f"/members/{gone}").json()["texts"] if text["aspect"] == "has"
    )
    search = {"q": offer, "n": 20}
    assert gone in {item["member_id"] for item in world.admin.get("/search/people", params=search).json()}
    assert world.admin.patch(f"/members/{gone}/consent", json={consent: False}).status_code == 200
    try:
        assert gone not in proposed(world, asker)
        assert gone not in {item["member_id"] for item in world.admin.get("/search/people", params=search).json()}
        why = world.admin.get(f"/members/{asker}/matches/{gone}/explanation").json()["exclusions"]
        assert ("consent" if consent == "consent_match" else consent) in {exclusion["code"] for exclusion in why}
        assert proposed(world, gone) == []
        if consent == "consent_ai":
            assert world.admin.get(f"/members/{gone}/export").json()["records"]["vector_row"] == []
    finally:
        world.admin.patch(f"/members/{gone}/consent", json={consent: True})
        wait_for_job(world.admin, world.admin.post("/jobs", json={"kind": "sync"}).json()["id"])
    assert gone in proposed(world, asker)


# --- the right to be forgotten -----------------------------------------------------------------------------------

NAME, OUTSIDE_ID = "岑鹿鸣", "wx_cenluming_77"
HAS = [
    "在云南种了十二年高原蔬菜，能直接跟做直播的人签产地价，也审过食品标签合规",
    "在深圳做了九年AI语音转写的引擎，能给路演做现场演示",
]
WANTS = ["想找做农食类直播的主播团队带我们的高原蔬菜，退货率要压得低"]
SAID = ["请问农食类直播的退货率怎么才能压到百分之四以下，有谁做过？", "你就是个废物傻逼，滚出去", "我是鹿鸣，刚进群"]
OWNS = "高原蔬菜产地直采名册"
WORDS = [NAME, OUTSIDE_ID, *HAS, *WANTS, *SAID, OWNS]
MEMBER = (
    f"external_id,name,city,has,wants,consent_match\n{OUTSIDE_ID},{NAME},深圳,{'|'.join(HAS)},{'|'.join(WANTS)},yes\n"
)
RESOURCE = f"code,type,title,description,owner\nCEN-1,information,{OWNS},二十个产地,{OUTSIDE_ID}\n"


def spellings(words: list[str]) -> list[str]:
    """Return the words as they are and as JSON columns spell them."""
    return list(dict.fromkeys([*words, *(json.dumps(word)[1:-1] for word in words)]))


def hits(file: Path, words: list[str]) -> set[tuple[str, str]]:
    """Return (table, column) of a SQLite file wherever one of the words stands in it; every table is searched."""
    found = set()
    with closing(sqlite3.connect(file)) as database:
        for table in tables(database):
            for column in [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]:
                asked = f'SELECT 1 FROM "{table}" WHERE instr(CAST("{column}" AS TEXT), ?) LIMIT 1'
                if any(database.execute(asked, (word,)).fetchone() for word in spellings(words)):
                    found.add((table, column))
    return found


def files_with(folder: Path, words: list[str]) -> set[str]:
    """Return the files whose bytes hold one of the words, free pages, logs and write-ahead logs included."""
    needles = [word.encode() for word in spellings(words)]
    found = set()
    for path in folder.rglob("*"):
        if path.is_file() and any(needle in path.read_bytes() for needle in needles):
            found.add(str(path.relative_to(folder)))
    return found


def lives(world: World) -> list[str]:
    """Let the member of `MEMBER` leave traces everywhere; return the ids of the member and of all their words."""
    world.model.behaviours[:] = [Behaviour(kind="html")]
    assert world.imported("one.csv", MEMBER.encode(), kind="members")["status"] == "done"
    assert world.imported("owned.csv", RESOURCE.encode(), kind="resources")["status"] == "done"
    said = [{"content": text, "sender": OUTSIDE_ID, "platformMessageId": f"cen{n}"} for n, text in enumerate(SAID)]
    assert world.imported("said.jsonl", chat(*said))["status"] == "done"
    own = str(world.member(NAME)["id"])
    for number, other in enumerate([own, world.prepared.members["M014"], *list(world.prepared.members.values())[:6]]):
        world.admin.get(f"/members/{other}/matches", params={"n": 20})
        world.admin.post(f"/members/{other}/topics", json={"n": 10}, headers={"Idempotency-Key": f"topic {number}"})
    assert world.admin.post("/event-plans", json=BRIEF, headers={"Idempotency-Key": "plan"}).status_code == 201
    wait_for_job(world.admin, world.admin.post("/jobs", json={"kind": "snapshot"}).json()["id"])
    records = world.admin.get(f"/members/{own}/export").json()["records"]
    return [own, *(row["id"] for table in ("profile_text", "message", "resource") for row in records[table])]


def test_an_erased_member_is_nowhere_and_the_proof_is_given(world: World) -> None:
    ids = lives(world)
    truth, vectors = world.data_dir / "copilot.sqlite", world.data_dir / "chroma" / "chroma.sqlite3"
    found = {table for table, _ in hits(truth, [*ids, *WORDS])}
    assert {"member", "profile_text", "message", "reading", "case", "match", "vector_row", "event_plan"} <= found
    assert {"topic_suggestion", "idempotency_record"} <= found
    assert {"embeddings", "embedding_metadata"} <= {table for table, _ in hits(vectors, ids)}

    answer = world.admin.delete(f"/members/{ids[0]}")
    proof = answer.json()
    assert answer.status_code == 200, answer.text
    assert (proof["counts"]["member"], proof["counts"]["profile_text"], proof["counts"]["message"]) == (1, 3, 3)
    assert (proof["counts"]["reading"], proof["counts"]["resource"]) == (3, 1)
    assert proof["index_confirmed_at"] >= proof["erased_at"]
    # That somebody was erased, and by whom, stays in the audit log, under the id alone.
    assert hits(truth, [ids[0], *WORDS]) == {("audit_entry", "subject_id")}
    assert hits(vectors, ids) == set(), "Chroma's log of changes among them"
    assert files_with(vectors.parent, ids) == set(), "neither its graphs nor its free pages"
    for kind in ("read", "sync", "snapshot"):  # nothing brings them back, and the ids of their questions go too
        assert (
            wait_for_job(world.admin, world.admin.post("/jobs", json={"kind": kind}).json()["id"])["status"] == "done"
        )
    again = world.imported("again.csv", MEMBER.encode(), kind="members")
    assert again["result"]["import"]["skipped"] == {"erased": 1}
    assert world.admin.delete(f"/members/{ids[0]}").status_code == 404

    assert hits(truth, [*ids, *WORDS]) == {("audit_entry", "subject_id")}
    assert hits(vectors, ids) == set()
    assert hits(world.data_dir / "jobs.sqlite", [*ids, *WORDS]) == set()
    with closing(sqlite3.connect(truth)) as database:
        assert database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert files_with(world.data_dir, WORDS) == set(), "free pages are overwritten, logs hold no words"
