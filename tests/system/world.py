"""A service among faults: its model does what a test says, its files and its database can be looked at."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.llm import endpoint
from tests.llm.endpoint import Behaviour, FakeEndpoint
from tests.system.conftest import Prepared
from tests.system.running import Service, serving, wait_for_job

BRIEF = {"brief": "下周六深圳60人AI路演沙龙，预算2万，两小时"}
PROBLEM = "application/problem+json"
HEADER = {
    "_type": "header", "chatlab": {"version": "0.0.2", "exportedAt": 1},
    "meta": {"name": "故障群", "platform": "wechat", "type": "group"},
}  # fmt: skip


@dataclass(frozen=True)
class World:
    """A service on a copy of the prepared folder, whose model does what a test tells it to."""

    prepared: Prepared
    service: Service
    model: FakeEndpoint
    admin: httpx.Client

    @property
    def data_dir(self) -> Path:
        return self.service.data_dir

    def client(self, role: str, community: str = "qihang") -> httpx.Client:
        return self.service.client(self.prepared.keys[role], community)

    def upload(self, name: str, content: bytes, **options: object) -> httpx.Response:
        return self.admin.post("/imports", files={"file": (name, content)}, data={"options": json.dumps(options)})

    def imported(self, name: str, content: bytes, **options: object) -> dict[str, Any]:
        """Upload and wait; return the job as it ended."""
        answer = self.upload(name, content, **options)
        assert answer.status_code == 202, answer.text
        return wait_for_job(self.admin, answer.json()["id"])

    def member(self, name: str) -> dict[str, Any]:
        """Return the one member of this name."""
        (found,) = self.admin.get("/members", params={"q": name}).json()["items"]
        return dict(found)

    def uploads(self) -> list[Path]:
        return list((self.data_dir / "uploads").glob("*"))

    def rows(self) -> dict[str, int]:
        """Return how many rows each table of the truth has."""
        with closing(sqlite3.connect(self.data_dir / "copilot.sqlite")) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables(database)}


def tables(database: sqlite3.Connection) -> list[str]:
    return [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]


@contextmanager
def opened(prepared: Prepared, folder: Path) -> Iterator[World]:
    """Serve a copy of the prepared data in `folder`."""
    prepared.copy_to(folder)
    settings: dict[str, object] = {
        "database__busy_timeout_seconds": 0.3, "jobs__batch_rows": 50,
        "llm__model": "m", "llm__timeout_seconds": 1.2, "llm__max_retries": 0, "llm__breaker_failures": 0,
    }  # fmt: skip
    with (
        endpoint.serving(Behaviour(kind="html")) as model,
        serving(folder, llm__base_url=model.base_url, **settings) as service,
        service.client(prepared.keys["admin"]) as admin,
    ):
        for job in admin.get("/jobs").json()["items"]:  # what a start begins, so that tests are alone with their own
            wait_for_job(admin, job["id"])
        yield World(prepared, service, model, admin)


def chat(*messages: dict[str, object]) -> bytes:
    """Return a ChatLab file; the first message stands on line 2."""
    rows: list[dict[str, Any]] = [HEADER]
    for number, message in enumerate(messages):
        base = {
            "_type": "message",
            "platformMessageId": f"f{number}",
            "sender": "u1",
            "timestamp": 1_795_000_000 + number,
        }
        rows.append({**base, "type": 0, **message})
    return "\n".join(json.dumps(row) for row in rows).encode()
