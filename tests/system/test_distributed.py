"""Several processes on PostgreSQL and a Chroma server: one answer whoever is asked, and no job lost to a killed worker."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Job, Member, Message, Reading, StaleMark, VectorRow
from copilot.embeddings.base import Embedder
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.sync import VectorSync
from tests.crash.chat import write_chat
from tests.sample_part import part_of_sample
from tests.servers import new_database
from tests.system.running import Service, environment, forked_command, serving, wait_for_job, working
from tests.vectors.chroma_server import running_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MESSAGES = 1200
_ENDED = {"done", "failed", "cancelled"}


@dataclass
class Cluster:
    """Two API processes on one database and one vector server; workers come and go."""

    services: list[Service]
    clients: list[httpx.Client]
    shared: dict[str, object]
    folder: Path

    def worker_environment(self) -> dict[str, str]:
        return environment(self.folder / "worker", **self.shared)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    with new_database(postgres_url) as database, running_server(folder / "chroma") as chroma:
        shared: dict[str, object] = {
            "database__url": database, "vectors__url": chroma.url, "jobs__run_in_api": False,
            "jobs__batch_rows": 40, "vectors__batch_size": 16,
        }  # fmt: skip
        sample = part_of_sample(folder / "sample")
        first = environment(folder / "first", **shared)
        made = forked_command(first, "init", str(sample / "community.yaml"), "--json")
        assert made.code == 0, made.err
        key = made.json()["key"]
        with (
            serving(folder / "one", **shared) as one,
            serving(folder / "two", **shared) as two,
            one.client(key) as first,
            two.client(key) as second,
        ):
            yield Cluster([one, two], [first, second], shared, folder)


def upload(client: httpx.Client, path: Path, **options: object) -> dict[str, Any]:
    with path.open("rb") as content:
        answer = client.post("/imports", files={"file": (path.name, content)}, data={"options": json.dumps(options)})
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    assert answer.headers["location"].endswith(f"/jobs/{job['id']}")
    return job


def test_processes_that_open_an_empty_database_together_make_its_tables_once(postgres_url: str) -> None:
    with new_database(postgres_url) as database, ThreadPoolExecutor(6) as pool:
        for store in pool.map(lambda _: Store.open(database), range(6)):
            assert store.community_ids() == []
            store.close()


def test_members_uploaded_to_one_process_are_matched_alike_by_all(cluster: Cluster) -> None:
    one, two = cluster.clients
    jobs = [upload(one, cluster.folder / "sample" / name)["id"] for name in ("members.csv", "resources.csv")]
    assert two.get(f"/jobs/{jobs[0]}").json()["status"] == "queued", "nobody works yet"
    with working(cluster.worker_environment(), "w1", cluster.folder / "w1.log"):
        for job in jobs:
            assert wait_for_job(two, job)["status"] == "done"
    started = [j for j in one.get("/jobs", params={"limit": 200}).json()["items"] if j["kind"] in {"read", "check"}]
    assert {j["kind"] for j in started} == {"read", "check"}, "a worker reads and checks when it starts"
    members = {row["external_id"]: row["id"] for row in one.get("/members", params={"limit": 200}).json()["items"]}
    own = members["M017"]
    for path in (
        "/members?limit=7", "/resources", "/channels", f"/members/{own}", f"/members/{own}/export", "/jobs", "/keys",
        "/search/people?q=ERP", "/search/resources?q=%E8%AF%AD%E9%9F%B3",
    ):  # fmt: skip
        first, second = one.get(path), two.get(path)
        assert first.status_code == 200, (path, first.text)
        if path != "/keys":  # each process notes when it last saw the key
            assert first.json() == second.json(), path
    found = [client.get(f"/members/{own}/matches", params={"n": 10}).json()["items"] for client in (one, two)]
    assert found[0]
    assert [(m["target_id"], m["score"]) for m in found[0]] == [(m["target_id"], m["score"]) for m in found[1]]


def test_what_one_process_changes_the_other_obeys_at_once(cluster: Cluster) -> None:
    one, two = cluster.clients
    made = one.post("/keys", json={"name": "short", "role": "operator"}).json()
    with cluster.services[1].client(made["secret"]) as other:
        assert other.get("/me").status_code == 200
        assert one.delete(f"/keys/{made['id']}").status_code == 200
        assert other.get("/me").status_code == 401
    body = {"brief": "下周六线上AI分享，90分钟，50人"}
    headers = {"Idempotency-Key": "same-plan"}
    first = one.post("/event-plans", json=body, headers=headers)
    again = two.post("/event-plans", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotent-replayed"] == "true"
    member = one.get("/members", params={"q": "M017"}).json()["items"][0]["id"]
    before = [m["target_id"] for m in two.get(f"/members/{member}/matches", params={"n": 10}).json()["items"]]
    assert one.patch(f"/members/{before[0]}/consent", json={"consent_ai": False}).status_code == 200
    after = [m["target_id"] for m in two.get(f"/members/{member}/matches", params={"n": 10}).json()["items"]]
    assert before[0] not in after


def test_a_worker_killed_in_every_stage_goes_on_and_nothing_is_lost_or_doubled(
    cluster: Cluster, embedder: Embedder, tmp_path: Path
) -> None:
    one, two = cluster.clients
    _ = one.get("/members").json()
    with_text = write_chat(tmp_path / "chat.jsonl", MESSAGES, seed=7)
    before = _counted(cluster)
    job_id = upload(one, tmp_path / "chat.jsonl")["id"]
    killed_in: list[str] = []
    for stage in ("import", "read", "sync"):
        with working(cluster.worker_environment(), "w1", cluster.folder / "w1.log") as worker:
            if not _wait_until(two, job_id, stage):
                break
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            killed_in.append(stage)
        job = one.get(f"/jobs/{job_id}").json()
        assert job["status"] == "running", "nobody has told the job that its worker is dead"
    assert killed_in[:2] == ["import", "read"]
    with working(cluster.worker_environment(), "w1", cluster.folder / "w1.log"):
        job = wait_for_job(two, job_id)
    assert job["status"] == "done", job["error"]
    assert job["result"]["import"]["counts"]["messages"]["inserted"] == MESSAGES
    after = _counted(cluster)
    grown = {name: after[name] - before[name] for name in after}
    assert grown["message"] == MESSAGES
    assert grown["member"] == 40
    assert grown["reading"] == with_text
    assert after["stale"] == 0
    _require_index_equals_sql(cluster, embedder)
    assert not list((cluster.services[0].data_dir / "uploads").iterdir()), "the upload is dropped at the end"


def test_importing_the_same_file_again_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    one, two = cluster.clients
    write_chat(tmp_path / "chat.jsonl", MESSAGES, seed=7)
    before = _counted(cluster)
    with working(cluster.worker_environment(), "w2", cluster.folder / "w2.log"):
        job = wait_for_job(two, upload(one, tmp_path / "chat.jsonl")["id"])
    assert job["result"]["import"]["counts"]["messages"] == {"inserted": 0, "updated": 0, "unchanged": MESSAGES}
    assert {**_counted(cluster), "job": 0} == {**before, "job": 0}


def test_two_workers_share_the_jobs_and_run_each_once(cluster: Cluster, tmp_path: Path) -> None:
    one, _ = cluster.clients
    with (
        working(cluster.worker_environment(), "w1", cluster.folder / "w1.log"),
        working(cluster.worker_environment(), "w2", cluster.folder / "w2.log"),
    ):
        jobs = []
        for number in range(6):
            path = tmp_path / f"members{number}.csv"
            rows = "".join(f"x{number}-{n},人{number}-{n}\n" for n in range(30))
            path.write_text("external_id,name\n" + rows, encoding="utf-8")
            jobs.append(upload(one, path, kind="members")["id"])
        done = [wait_for_job(one, job) for job in jobs]
    assert [job["status"] for job in done] == ["done"] * 6
    assert [job["result"]["import"]["counts"]["members"]["inserted"] for job in done] == [30] * 6


def _wait_until(client: httpx.Client, job_id: str, stage: str) -> bool:
    """Wait until a job is inside a stage; False when it ended before that was seen."""
    order = ["import", "read", "sync"]
    until = time.monotonic() + 120
    while time.monotonic() < until:
        job = client.get(f"/jobs/{job_id}").json()
        if job["status"] in _ENDED:
            return False
        reached = len(job["result"])
        if reached > order.index(stage):
            return True  # a fast stage; killed in the next one, which is as good
        if reached == order.index(stage) and (stage != "import" or 0 < job["done"] < MESSAGES):
            return True
        time.sleep(0.02)
    raise AssertionError(f"the job never reached {stage}: {job}")


def _counted(cluster: Cluster) -> dict[str, int]:
    store = Store.open(str(cluster.shared["database__url"]))
    try:
        with store.read(store.community_id("qihang")) as unit:
            tables = {"message": Message, "member": Member, "reading": Reading, "stale": StaleMark, "job": Job}
            return {
                name: unit.session.scalar(select(func.count()).select_from(table)) or 0
                for name, table in {**tables, "vector": VectorRow}.items()
            }
    finally:
        store.close()


def _require_index_equals_sql(cluster: Cluster, embedder: Embedder) -> None:
    store = Store.open(str(cluster.shared["database__url"]))
    index = ChromaIndex.server(str(cluster.shared["vectors__url"]), embedder.name)
    try:
        report = VectorSync(StaleTexts(store), index, embedder).check(store.community_id("qihang"), repair=False)
        assert report.is_sound, report
        assert report.waiting == 0
        questions = next(aspect for aspect in report.aspects if aspect.aspect == "question")
        assert questions.indexed == questions.recorded > 0
    finally:
        index.close()
        store.close()
