"""What goes wrong around a running service: its model, its files, its index, its database, its disk.

Each fault must be said plainly and leave nothing half-done, and the service must go on when it has passed.
"""

from __future__ import annotations

import io
import json
import resource
import signal
import sqlite3
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from copilot.errors import InvalidInput
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorItem
from tests.llm.endpoint import Behaviour
from tests.system.conftest import Prepared
from tests.system.running import Service, serving, wait_for_job
from tests.system.world import BRIEF, PROBLEM, World, chat, opened

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


@pytest.fixture(scope="module")
def world(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with opened(prepared, tmp_path_factory.mktemp("faults") / "var") as served:
        yield served


# --- the model ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (Behaviour(kind="hang"), "model_timeout"),
        (Behaviour(kind="html"), "model_unavailable"),
        (Behaviour(kind="cut"), "model_unavailable"),
        (Behaviour(kind="half_json"), "model_unavailable"),
        (Behaviour(text='{"title": "只有一半'), "model_output_invalid"),
    ],
    ids=["hangs", "answers-html", "cuts-the-stream", "sends-half-a-body", "writes-half-a-json"],
)
def test_a_bad_model_costs_the_better_draft_and_nothing_else(world: World, behaviour: Behaviour, code: str) -> None:
    world.model.behaviours[:] = [behaviour]
    asked = len(world.model.requests)
    answer = world.admin.post("/event-plans", json=BRIEF)
    assert answer.status_code == 201, answer.text
    streamed = world.admin.post("/event-plans/stream", json=BRIEF)
    assert streamed.status_code == 200
    name, data = streamed.text.strip().split("\n\n")[-1].splitlines()
    assert name == "event: message_end", data
    assert len(world.model.requests) >= asked + 2, "the model was asked each time"
    for plan in (answer.json(), json.loads(data.removeprefix("data: "))["plan"]):
        assert plan["drafted_by"] == "playbook"
        assert plan["degraded"]["code"] == code
        assert "模型" in plan["degraded"]["message"]
        assert plan["content"]["agenda"]
        assert all(check["passed"] for check in plan["checks"])
        assert world.admin.get(f"/event-plans/{plan['id']}").json() == plan


# --- files -------------------------------------------------------------------------------------------------------


def test_a_message_is_stored_up_to_the_bound_and_without_control_characters(world: World) -> None:
    job = world.imported(
        "long.jsonl",
        chat(
            {"content": "长" * 10_000, "sender": "L1", "accountName": "长信甲"},
            {"content": "长" * 10_001, "sender": "L1"},
            {"content": "你好\x00\x07\x1b[31m世界\x7f\ud800", "sender": "L1"},
            {"content": "裸TAME响", "sender": "L1"},
        ).replace(b"TAME", b"\x07\x1b"),
    )
    report = job["result"]["import"]
    assert job["status"] == "done"
    assert report["counts"]["messages"]["inserted"] == 3
    (error,) = report["errors"]
    assert (error["line"], error["field"], error["code"]) == (3, "content", "too_long")
    assert "10,001" in error["message"]
    records = world.admin.get(f"/members/{world.member('长信甲')['id']}/export").json()["records"]
    assert {row["text"] for row in records["message"]} == {"长" * 10_000, "你好[31m世界", "裸  响"}
    assert len(records["reading"]) == 3


def test_rows_that_cannot_be_stored_are_refused_one_by_one_with_line_and_field(world: World) -> None:
    table = (
        "external_id,name,has,consent_match,joined_on\nB1,甲\x00\x08乙,会做\x1b糖画的老师傅,yes,\n"
        f"B2,太长,{'长' * 4_001},,\nB3,不明,,也许,\nB4,何时,,,昨天\n,无名,,,\n"
    )
    job = world.imported("rows.csv", table.encode(), kind="members", format="csv")
    report = job["result"]["import"]
    assert (job["status"], report["counts"]["members"]["inserted"]) == ("done", 1)
    assert [(error["line"], error["field"]) for error in report["errors"]] == [
        (3, "has"), (4, "consent_match"), (5, "joined_on"), (6, "external_id"),
    ]  # fmt: skip
    (text,) = world.admin.get(f"/members/{world.member('甲 乙')['id']}").json()["texts"]
    assert text["text"] == "会做 糖画的老师傅"


LATIN = "external_id,name\n1,Zoë\n2,Café crème brûlée\n".encode("latin-1")


@pytest.mark.parametrize(
    ("name", "content", "words", "data"),
    [
        ("latin.csv", LATIN, "在第 2 行", {"line": 2, "encoding": "unknown"}),
        ("big5.csv", "external_id,name\n1,張三\n2,陳大文在臺灣\n".encode("big5"), "在第 2 行", {"line": 2}),
        ("book.xlsx", b"PK\x03\x04 no workbook at all", "压缩包打不开", {"reason": "bad_archive"}),
        ("paper.pdf", b"%PDF-1.7 \x00\x01\x02" * 20, "不是能读的文本、表格或压缩包", {}),
        ("strange.csv", b"foo,bar\n1,2\n", "external_id", {"missing": ["external_id"], "columns": ["foo", "bar"]}),
    ],
)
def test_a_file_that_cannot_be_read_fails_its_job_with_the_place(
    world: World, name: str, content: bytes, words: str, data: dict[str, object]
) -> None:
    before = world.rows()
    job = world.imported(name, content, kind="members")
    assert (job["status"], job["error"]["code"]) == ("failed", "import_failed")
    assert words in job["error"]["message"]
    assert {**job["error"]["data"], **data} == job["error"]["data"]
    assert world.uploads() == []
    assert {**before, "job": before["job"] + 1} == world.rows()


def test_a_file_that_breaks_off_keeps_what_came_before_and_names_the_line(world: World) -> None:
    content = chat({"content": "完整的一条", "platformMessageId": "whole"}, {"content": "断掉的一条"})
    report = world.imported("half.jsonl", content[:-20])["result"]["import"]
    assert report["counts"]["messages"]["inserted"] == 1
    assert [(error["line"], error["code"]) for error in report["errors"]] == [(3, "malformed_json")]
    empty = world.upload("empty.csv", b"")
    assert (empty.status_code, empty.json()["errors"][0]["pointer"]) == (422, "#/file")


@pytest.mark.parametrize("entry", ["../../../../escape.json", "/escape.json", "a\\..\\..\\escape.json"])
def test_an_archive_that_points_outside_is_refused_and_writes_nothing(world: World, entry: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("users.json", '[{"id": "Z1", "name": "zip"}]')
        archive.writestr(zipfile.ZipInfo(entry), '[{"id": "Z2", "name": "slip"}]')
    before = world.rows()
    job = world.imported("slack.zip", packed.getvalue())
    assert (job["status"], job["error"]["code"]) == ("failed", "import_failed")
    assert job["error"]["data"] == {"entry": entry, "reason": "unsafe_archive"}
    assert {**before, "job": before["job"] + 1} == world.rows()
    assert world.uploads() == []
    assert list(world.data_dir.rglob("*escape*")) == []
    assert not any((folder / "escape.json").exists() for folder in world.data_dir.parents)


def peak_megabytes(service: Service) -> float:
    """Return the most memory the process has ever held."""
    lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def big_form(megabytes: int) -> Iterator[bytes]:
    """Yield a form with one file of generated rows, a megabyte at a time."""
    yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="big.csv"\r\n\r\n'
    block = b"x1,someone\n".ljust(10, b"\n") * 90_910
    for _ in range(megabytes):
        yield block[:1_000_000]
    yield b"\r\n--edge--\r\n"


@pytest.mark.parametrize(
    ("megabytes", "stated", "limit"), [(205, False, 200_000_000), (230, False, 210_000_000), (250, True, 210_000_000)]
)
def test_an_upload_beyond_the_bound_is_refused_and_never_held_in_memory(
    world: World, megabytes: int, stated: bool, limit: int
) -> None:
    before = peak_megabytes(world.service)
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    if stated:
        headers["Content-Length"] = str(sum(map(len, big_form(megabytes))))
    answer = world.admin.post("/imports", content=big_form(megabytes), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert (answer.json()["code"], answer.json()["data"]["limit"]) == ("too_large", limit)
    assert world.uploads() == []
    assert peak_megabytes(world.service) - before < 60
    assert world.admin.get("/me").status_code == 200


# --- the index ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 0.0])
def test_vectors_without_a_direction_are_refused_with_their_whole_batch(tmp_path: Path, number: float) -> None:
    with closing(ChromaIndex.embedded(tmp_path, "e")) as index:
        index.upsert("c", "has", [VectorItem("kept", "m", "h", [1.0, 0.0])])
        bad = [VectorItem("good", "m", "h", [0.0, 1.0]), VectorItem("bad", "m", "h", [number, 0.0])]
        with pytest.raises(InvalidInput, match="NaN or infinity"):
            index.upsert("c", "has", bad)
        assert index.scan("c", "has") == {"kept": "h"}


# --- the database and the disk -----------------------------------------------------------------------------------


def take_lock(holder: sqlite3.Connection) -> None:
    """Take the write lock between two batches of a job; SQLite's own waiting sleeps through gaps that short."""
    until = time.monotonic() + 10
    while not holder.in_transaction:
        with suppress(sqlite3.OperationalError):
            holder.execute("BEGIN IMMEDIATE")
        assert time.monotonic() < until, "the lock was never free"
        time.sleep(0.001)


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Hold the database's write lock from this process, which is another than the service."""
    with closing(sqlite3.connect(world.data_dir / "copilot.sqlite", isolation_level=None, timeout=0)) as holder:
        take_lock(holder)
        yield
        holder.execute("ROLLBACK")


@contextmanager
def full_disk(world: World) -> Iterator[None]:
    """Let no file of the service grow, and no page beyond the first of any file be written."""
    pid = world.service.process.pid
    usual = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, usual)


def fresh_key(world: World) -> str:
    """Return a key never used before: its first use is noted in the database."""
    return str(world.admin.post("/keys", json={"name": "fresh", "role": "moderator"}).json()["secret"])


def writes(world: World) -> list[tuple[str, str, dict[str, object], int]]:
    """Return requests that change the truth, and their usual status."""
    member_id = world.prepared.members["M014"]
    return [
        ("PATCH", f"/members/{member_id}/consent", {"consent_match": True}, 200),
        ("POST", "/event-plans", dict(BRIEF), 201),
        ("POST", "/jobs", {"kind": "sync"}, 202),
    ]


@pytest.mark.parametrize(("fault", "status", "code"), [(locked, 503, "store_busy"), (full_disk, 507, "store_full")])
def test_a_database_that_takes_no_writes_says_so_and_the_same_request_works_later(
    world: World, fault: Any, status: int, code: str
) -> None:
    world.model.behaviours[:] = [Behaviour(kind="html")]
    keys = {path: {"Idempotency-Key": f"{code}{path}"} for _, path, _, _ in writes(world)}
    fresh = fresh_key(world)
    before = world.rows()
    with fault(world):
        for method, path, body, _ in writes(world):
            answer = world.admin.request(method, path, json=body, headers=keys[path])
            assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
            assert answer.json()["code"] == code
            assert status != 503 or int(answer.headers["retry-after"]) >= 1
        for size in (1_000, 3_000_000):
            answer = world.upload("rows.csv", b"external_id,name\n".ljust(size, b"1"), kind="members")
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
            assert world.uploads() == []
        with world.service.client(fresh) as reader:
            assert reader.get("/members").status_code == 200, "reading needs no writing"
            assert reader.get("/cases").status_code == 200
    assert world.rows() == before, "nothing half-written"
    for method, path, body, usual in writes(world):
        answer = world.admin.request(method, path, json=body, headers=keys[path])
        assert answer.status_code == usual, answer.text
        assert "idempotent-replayed" not in answer.headers
        if path == "/jobs":
            wait_for_job(world.admin, answer.json()["id"])  # what is under way would change rows below the next fault


def begin_import(admin: httpx.Client, name: str) -> str:
    """Upload 3,000 members and return the job's id as soon as some of them are written."""
    table = "external_id,name\n" + "".join(f"{name}{n},批量{n}\n" for n in range(3_000))
    answer = admin.post(
        "/imports", files={"file": ("many.csv", table.encode())}, data={"options": '{"kind": "members"}'}
    )
    job_id = str(answer.json()["id"])
    until = time.monotonic() + 20
    while not admin.get(f"/jobs/{job_id}").json()["done"] and time.monotonic() < until:
        time.sleep(0.01)
    return job_id


@pytest.mark.parametrize("fault", [locked, full_disk])
def test_a_job_that_meets_it_waits_and_finishes_with_every_row_once(world: World, fault: Any) -> None:
    before = world.rows()["member"]
    job_id = begin_import(world.admin, fault.__name__)
    with fault(world):
        time.sleep(0.8)
        stopped = world.admin.get(f"/jobs/{job_id}").json()
        assert stopped["status"] == "running"
        assert 0 < stopped["done"] < 3_000
        written = world.rows()["member"] - before
        assert written == stopped["done"], "what is said to be done is written, and nothing else"
    job = wait_for_job(world.admin, job_id)
    assert (job["status"], job["error"]) == ("done", None)
    assert job["result"]["import"]["counts"]["members"]["inserted"] == 3_000
    assert world.rows()["member"] - before == 3_000
    assert world.uploads() == []


def test_a_service_stopped_while_a_job_waits_finishes_it_after_the_next_start(
    prepared: Prepared, tmp_path: Path
) -> None:
    folder = prepared.copy_to(tmp_path / "var")
    settings: dict[str, object] = {
        "database__busy_timeout_seconds": 0.2, "jobs__batch_rows": 50, "vectors__check_on_start": False,
    }  # fmt: skip
    with closing(sqlite3.connect(folder / "copilot.sqlite", isolation_level=None, timeout=0)) as holder:
        with serving(folder, **settings) as first, first.client(prepared.keys["admin"]) as admin:
            job_id = begin_import(admin, "stopped")
            take_lock(holder)
            time.sleep(0.8)
            assert admin.get(f"/jobs/{job_id}").json()["status"] == "running"
        assert first.process.returncode in {0, -signal.SIGTERM}, "it ended in order"
        assert f"job {job_id}" in first.log.read_text()
        holder.execute("ROLLBACK")
    with serving(folder, **settings) as second, second.client(prepared.keys["admin"]) as admin:
        job = wait_for_job(admin, job_id)
    assert (job["status"], job["result"]["import"]["counts"]["members"]["inserted"]) == ("done", 3_000)
