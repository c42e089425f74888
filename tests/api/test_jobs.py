"""Jobs end, fail, stop and go on as their rows say."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from copilot.community.creation import create_community
from copilot.community.ids import new_id
from copilot.community.models import CommunityConfig
from copilot.community.tables import Job, Message, Reading, StaleMark, VectorRow
from copilot.errors import Conflict, InvalidInput, NotFound
from copilot.jobs import Jobs, client, runner
from copilot.pipeline import drop_lost_uploads
from copilot.services import Services
from tests.api.conftest import World

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def services(world: World) -> Services:
    return world.services


@pytest.fixture
def jobs(world: World) -> Jobs:
    # A process has one runner of jobs, and the served world has it.
    return world.jobs


@pytest.fixture
def community_id(services: Services, request: pytest.FixtureRequest) -> str:
    slug = f"t{abs(hash(request.node.name)) % 10**9}"
    return create_community(services.store, CommunityConfig(slug=slug, name="test"))


def chat(path: Path, count: int) -> Path:
    lines = [
        {
            "_type": "header",
            "chatlab": {"version": "0.0.2", "exportedAt": 1},
            "meta": {"name": "g", "platform": "wechat", "type": "group"},
        }
    ]
    for number in range(count):
        text = "请问谁知道怎么给小程序备案？" if number == 5 else f"消息{number}"
        lines.append({"_type": "message", "platformMessageId": f"m{number}", "sender": f"u{number % 3}", "timestamp": 1_790_000_000 + number, "type": 0, "content": text})  # fmt: skip
    path.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return path


@pytest.mark.slow
def test_an_import_is_read_and_indexed_and_reports_each_stage(
    services: Services, jobs: Jobs, community_id: str, tmp_path: Path
) -> None:
    path = chat(tmp_path / "chat.jsonl", 90)
    job = jobs.submit(community_id, "import", {"path": str(path)}, created_by="test")
    seen: list[int] = []
    done = jobs.wait(community_id, job.id, on_progress=lambda row: seen.append(row.done))
    assert done.status == "done"
    assert done.result["import"]["counts"]["messages"]["inserted"] == 90
    assert done.result["read"]["messages"] == 90
    assert done.result["sync"]["embedded"] == 1
    assert seen == sorted(seen)
    with services.store.read(community_id) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Reading)) == 90
        assert unit.session.scalar(select(func.count()).select_from(VectorRow)) == 1
        assert unit.session.scalar(select(func.count()).select_from(StaleMark)) == 0
    again = jobs.submit(community_id, "import", {"path": str(path)}, created_by="test")
    second = jobs.wait(community_id, again.id)
    assert second.result["import"]["counts"]["messages"] == {"inserted": 0, "updated": 0, "unchanged": 90}
    assert second.result["read"]["messages"] == 0


@pytest.mark.parametrize(
    ("content", "options"),
    [(b"\x00\x01\x02 no format at all", {}), (b"", {}), (b"name,city\n", {"mapping": {"name": "no_such_field"}})],
)
def test_a_file_that_cannot_be_read_fails_the_job_with_a_sentence_and_leaves_nothing(
    services: Services, jobs: Jobs, community_id: str, tmp_path: Path, content: bytes, options: dict[str, object]
) -> None:
    path = tmp_path / "odd.csv"
    path.write_bytes(content)
    params = {"path": str(path), "options": options, "uploaded": True}
    done = jobs.wait(community_id, jobs.submit(community_id, "import", params, created_by="test").id)
    assert done.status == "failed"
    assert done.error is not None
    assert done.error["message"]
    assert done.error["code"] in {"import_failed", "invalid_input"}
    assert not path.exists(), "an upload is dropped when its job has ended"
    with services.store.read(community_id) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Message)) == 0


@pytest.mark.parametrize("options", [{"typo": 1}, "no options at all"])
def test_a_job_that_meets_an_error_without_a_name_ends_as_failed_and_drops_its_upload(
    jobs: Jobs, community_id: str, tmp_path: Path, options: object, caplog: pytest.LogCaptureFixture
) -> None:
    path = chat(tmp_path / "chat.jsonl", 3)
    params = {"path": str(path), "options": options, "uploaded": True}
    job = jobs.submit(community_id, "import", params, created_by="test")
    done = jobs.wait(community_id, job.id, timeout_seconds=20)
    assert (done.status, done.finished_at is not None) == ("failed", True)
    assert done.error == {
        "code": "internal_error", "message": "internal error; the log has the details", "data": {"job_id": job.id},
    }  # fmt: skip
    # The outcome is written first, so that a crash between the two loses no job.
    deadline = time.monotonic() + 10
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not path.exists()
    logged = [record for record in caplog.records if job.id in record.getMessage() and record.exc_info]
    assert logged, "the trace is in the log"


@pytest.mark.slow
def test_a_cancelled_job_keeps_what_it_had_committed(
    services: Services, jobs: Jobs, community_id: str, tmp_path: Path
) -> None:
    path = chat(tmp_path / "chat.jsonl", 20_000)
    job = jobs.submit(community_id, "import", {"path": str(path)}, created_by="test")

    def stop_early(row: Job) -> None:
        if row.status == "running" and not row.cancel_requested:
            jobs.cancel(community_id, job.id)

    done = jobs.wait(community_id, job.id, on_progress=stop_early)
    assert done.status == "cancelled"
    assert done.error is not None
    with services.store.read(community_id) as unit:
        stored = unit.session.scalar(select(func.count()).select_from(Message)) or 0
    assert stored == done.params.get("checkpoint", {}).get("rows", stored)
    assert stored < 20_000
    with pytest.raises(Conflict):
        jobs.cancel(community_id, job.id)


def test_a_job_that_never_reached_the_queue_is_found(services: Services, jobs: Jobs, community_id: str) -> None:
    job_id = new_id("job")
    with services.store.write(community_id) as unit:
        unit.add(Job(id=job_id, kind="sync", params={}, result={}, created_at=unit.now))
    assert jobs.requeue_lost() >= 1
    assert jobs.wait(community_id, job_id).status == "done"


@pytest.mark.slow
def test_a_start_checks_each_community_once_however_many_processes_start(
    services: Services, jobs: Jobs, community_id: str
) -> None:
    def queued() -> list[tuple[str, str]]:
        with services.store.read(community_id) as unit:
            rows = unit.session.scalars(select(Job).where(Job.created_by == "start-up"))
            return sorted((row.kind, row.id) for row in rows)

    with services.store.write(community_id) as unit:  # written, and never put in the queue: nobody begins it
        for kind in ("read", "check"):
            unit.add(Job(id=new_id("job"), kind=kind, params={}, result={}, created_by="start-up", created_at=unit.now))
    first = queued()
    jobs.check_at_start()
    assert queued() == first
    jobs.requeue_lost()
    for _, job_id in first:
        assert jobs.wait(community_id, job_id).status == "done"
    jobs.check_at_start()
    assert [kind for kind, _ in queued()] == ["check", "check", "read", "read"]
    for _, job_id in queued():
        assert jobs.wait(community_id, job_id).status == "done"


def test_uploads_that_no_job_will_read_are_dropped_when_they_are_old(
    services: Services, jobs: Jobs, community_id: str
) -> None:
    folder = services.settings.uploads_dir
    folder.mkdir(parents=True, exist_ok=True)
    lost, new, wanted, read = (folder / f"up_{name}.csv" for name in ("lost", "new", "wanted", "read"))
    for path in (lost, new, wanted, read):
        path.write_text("name\nx\n")
        if path is not new:
            os.utime(path, (0, 0))
    with services.store.write(community_id) as unit:
        for path, status in ((wanted, "queued"), (read, "done")):
            params = {"path": str(path.resolve()), "uploaded": True}
            unit.add(Job(id=new_id("job"), kind="import", params=params, result={}, status=status, created_at=unit.now))
    assert drop_lost_uploads(services) == 2
    assert sorted(folder.iterdir()) == sorted([new, wanted])
    new.unlink()
    jobs.requeue_lost()
    with services.store.read(community_id) as unit:
        waiting = unit.session.scalars(select(Job.id).where(Job.status != "done")).one()
    jobs.wait(community_id, waiting)
    assert not wanted.exists()


def test_a_job_of_another_community_does_not_exist(jobs: Jobs, community_id: str) -> None:
    job = jobs.submit(community_id, "sync", {}, created_by="test")
    with pytest.raises(NotFound):
        jobs.get("another", job.id)
    assert jobs.wait(community_id, job.id).status == "done"


def test_unknown_work_is_refused_before_anything_is_written(services: Services, jobs: Jobs, community_id: str) -> None:
    with pytest.raises(InvalidInput, match="unknown kind"):
        jobs.submit(community_id, "mine bitcoin", {}, created_by="test")
    with services.store.read(community_id) as unit:
        assert unit.session.scalar(select(func.count()).select_from(Job)) == 0


@pytest.mark.slow
def test_a_process_that_runs_no_jobs_can_submit_and_watch(services: Services, jobs: Jobs, community_id: str) -> None:
    with client(services) as other:
        job = other.submit(community_id, "check", {}, created_by="test")
        assert other.wait(community_id, job.id).status == "done"


def test_one_process_runs_jobs_once(services: Services, jobs: Jobs) -> None:
    with pytest.raises(RuntimeError, match="already"), runner(services):
        pass
