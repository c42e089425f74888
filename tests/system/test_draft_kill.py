"""`kill -9` while a model writes a draft: nothing half-done is kept, the cost is not lost, and the same key drafts once."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from tests.llm.endpoint import Behaviour
from tests.llm.endpoint import serving as answering
from tests.system.conftest import Prepared
from tests.system.running import serving
from tests.system.world import BRIEF

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
KEY = {"Idempotency-Key": "killed-draft"}


def one(database: Path, sql: str) -> object:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchone()[0]


def test_a_draft_that_was_killed_is_drafted_once_when_it_is_asked_for_again(prepared: Prepared, tmp_path: Path) -> None:
    folder = prepared.copy_to(tmp_path / "var")
    database = folder / "copilot.sqlite"
    key = prepared.keys["admin"]
    with answering(Behaviour("stall"), Behaviour(text="{}")) as model:
        llm = {
            "llm__base_url": model.base_url,
            "llm__model": "scripted",
            "llm__timeout_seconds": 60,
            "moderation__grey_band": False,
        }
        plans = one(database, "SELECT count(*) FROM event_plan")
        with suppress(httpx.HTTPError), serving(folder, **llm) as service, service.client(key) as client:  # noqa: SIM117 - the stream ends first
            with client.stream("POST", "/event-plans/stream", json=BRIEF, headers=KEY) as answer:
                for line in answer.iter_lines():
                    if line == "event: message":  # the model has begun to write
                        service.process.send_signal(signal.SIGKILL)
        assert model.hung_up.wait(10), "the endpoint sees the connection close"
        assert one(database, "SELECT count(*) FROM event_plan") == plans
        assert one(database, "SELECT count(*) FROM llm_call WHERE outcome = 'running'") == 1
        with serving(folder, **llm) as service, service.client(key) as client:
            running = client.post("/event-plans/stream", json=BRIEF, headers=KEY)
            assert running.status_code == 409
            # A minute without a sign of life later:
            with closing(sqlite3.connect(database)) as connection, connection:
                connection.execute("UPDATE idempotency_record SET created_at = '2020' || substr(created_at, 5)")
            again = client.post("/event-plans/stream", json=BRIEF, headers=KEY)
            name, data = again.text.strip().split("\n\n")[-1].splitlines()
            assert name == "event: message_end"
            replayed = client.post("/event-plans/stream", json=BRIEF, headers=KEY)
            assert replayed.headers["idempotent-replayed"] == "true"
            assert replayed.text.strip().splitlines()[-1] == data
            plan = json.loads(data.removeprefix("data: "))["plan"]
            assert all(check["passed"] for check in plan["checks"])
        assert one(database, "SELECT count(*) FROM event_plan") == int(str(plans)) + 1
