"""An answer reaches its client whether it can be noted or not."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from api import errors
from api.idempotency import IdempotentRoute, Ticket
from copilot.clock import FixedClock
from copilot.community.access import Actor, create_key
from copilot.community.models import Role
from copilot.community.store import Store
from copilot.community.tables import Community, IdempotencyRecord
from copilot.errors import Conflict
from copilot.settings import DatabaseSettings, Settings
from tests.conftest import NOW


class Locked:
    """A database whose lock somebody holds from the moment a handler has run."""

    def __init__(self, folder: Path) -> None:
        path = folder / "truth.sqlite"
        self.store = Store.open(f"sqlite:///{path}", DatabaseSettings(busy_timeout_seconds=0.05))
        with self.store.system(write=True) as session:
            session.add(Community(id="c", slug="c", name="c", created_at=NOW))
        with self.store.write("c") as unit:
            self.key = create_key(unit, "k", Role.ADMIN).secret
        self._other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.runs = 0

    def lock(self) -> None:
        self._other.execute("BEGIN IMMEDIATE")

    def release(self) -> None:
        self._other.execute("ROLLBACK")

    def state(self) -> str | None:
        with self.store.read("c") as unit:
            return unit.session.scalar(select(IdempotencyRecord.state))

    def client(self) -> TestClient:
        router = APIRouter(route_class=IdempotentRoute)

        @router.post("/work")
        def work(fail: bool = False) -> dict[str, int]:
            self.runs += 1
            if self.runs == 1:
                self.lock()
            if fail:
                raise Conflict("no")
            return {"run": self.runs}

        app = FastAPI()
        app.state.services = SimpleNamespace(store=self.store, settings=Settings())
        errors.install(app)
        app.include_router(router)
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": "k"}
        return TestClient(app, headers=headers, raise_server_exceptions=False)


@contextmanager
def locked(folder: Path) -> Iterator[Locked]:
    found = Locked(folder)
    yield found
    found.store.close()


@pytest.mark.slow
def test_an_answer_that_cannot_be_noted_goes_out_and_is_noted_later(tmp_path: Path) -> None:
    with locked(tmp_path) as database:
        client = database.client()
        first = client.post("/work")
        assert (first.status_code, first.json()) == (200, {"run": 1})
        assert database.state() == "running"
        database.release()
        until = time.monotonic() + 10
        while database.state() != "done" and time.monotonic() < until:
            time.sleep(0.05)
        again = client.post("/work")
        assert (again.json(), again.headers["idempotent-replayed"]) == ({"run": 1}, "true")


@pytest.mark.slow
def test_the_key_of_a_failure_that_cannot_be_noted_is_freed_later(tmp_path: Path) -> None:
    with locked(tmp_path) as database:
        client = database.client()
        assert client.post("/work?fail=true").json()["code"] == "conflict"
        database.release()
        until = time.monotonic() + 10
        while database.state() is not None and time.monotonic() < until:
            time.sleep(0.05)
        assert client.post("/work?fail=true").json()["detail"] == "no"
        assert database.runs == 2


@pytest.mark.slow
def test_a_request_that_runs_gives_signs_of_life_and_a_silent_one_is_taken_over(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    store = Store.open(f"sqlite:///{tmp_path / 'truth.sqlite'}", DatabaseSettings(), clock)
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="c", name="c", created_at=NOW))
    actor = Actor("c", "k", Role.ADMIN, frozenset(), "key_1")
    ticket = Ticket(store, actor, "k", "hash")
    assert ticket.begin(timedelta(hours=24)) is None
    with ticket.kept_alive(beat_seconds=0.02):
        for _ in range(3):
            clock.advance(timedelta(seconds=50))
            time.sleep(0.2)
            with pytest.raises(Conflict):
                ticket.begin(timedelta(hours=24))
    clock.advance(timedelta(seconds=61))  # its process died: no beat came
    assert ticket.begin(timedelta(hours=24)) is None
    store.close()
