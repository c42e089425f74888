"""Streams end with a result or a problem, give their place back, and are replayed by their end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from starlette.requests import ClientDisconnect
from starlette.types import Message, Scope

from api.streams import Draft, DraftStream, Streams, Tell
from copilot.errors import ModelTimeout
from tests.api.conftest import World
from tests.api.test_features import events_of

BRIEF = {"brief": "下周四晚8点线上分享，60分钟，80人"}


def app_that_streams(streams: Streams, work: Callable[[Tell, Callable[[], bool]], object]) -> FastAPI:
    app = FastAPI()

    @app.get("/draft")
    async def draft(request: Request) -> DraftStream:
        return DraftStream(request, streams, Draft("key", work, "plan"))

    return app


def broken(_tell: Tell, _is_stopped: Callable[[], bool]) -> object:
    raise ZeroDivisionError("a secret detail")


def late(_tell: Tell, _is_stopped: Callable[[], bool]) -> object:
    raise ModelTimeout("the model did not answer in time")


@pytest.mark.parametrize(("work", "code", "status"), [(broken, "internal_error", 500), (late, "model_timeout", 504)])
def test_work_that_fails_ends_the_stream_with_a_problem_at_once(work: Any, code: str, status: int) -> None:
    streams = Streams()
    text = TestClient(app_that_streams(streams, work)).get("/draft").text
    name, problem = events_of(text)[-1]
    assert (name, problem["code"], problem["status"]) == ("error", code, status)
    assert "secret" not in text
    assert not streams._running


def test_a_client_that_is_gone_before_the_first_byte_leaves_no_place_taken() -> None:
    streams = Streams()
    app = app_that_streams(streams, lambda _tell, _is_stopped: "never")

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        raise OSError("gone")

    scope: Scope = {
        "type": "http", "method": "GET", "path": "/draft", "query_string": b"", "headers": [], "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.4"}, "scheme": "http", "root_path": "", "server": ("x", 80),
    }  # fmt: skip
    for _ in range(40):
        with pytest.raises(ClientDisconnect):
            asyncio.run(app(scope, receive, send))
    assert not streams._running


def test_a_streamed_plan_is_drafted_once_for_one_idempotency_key(world: World) -> None:
    key = {"Idempotency-Key": "stream-1"}
    first = events_of(world.post("operator", "/event-plans/stream", BRIEF, **key).text)
    before = world.get("operator", "/event-plans", limit=200).json()["items"]
    again = world.post("operator", "/event-plans/stream", BRIEF, **key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["content-type"].startswith("text/event-stream")
    assert events_of(again.text) == [first[-1]]
    assert first[-1][0] == "message_end"
    assert world.get("operator", "/event-plans", limit=200).json()["items"] == before
    other = world.post("operator", "/event-plans/stream", {"brief": "下周五线上分享，60分钟，80人"}, **key)
    assert other.status_code == 422


def test_a_stream_that_failed_frees_its_idempotency_key(world: World) -> None:
    body = {"brief": "下周六深圳线下路演沙龙，两小时，300人，预算100元"}
    for _ in range(2):
        answer = world.post("operator", "/event-plans/stream", body, **{"Idempotency-Key": "stream-2"})
        assert answer.status_code == 200
        assert events_of(answer.text)[-1][0] == "error"
    assert "idempotent-replayed" not in answer.headers
