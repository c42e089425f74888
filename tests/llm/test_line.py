from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from copilot.errors import ModelCancelled, ModelTimeout
from copilot.llm.line import Line
from copilot.llm.structured import StructuredModel
from tests.llm.conftest import ask_for
from tests.llm.endpoint import Behaviour, serving

ModelAt = Callable[..., StructuredModel]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hang", "stall"])
def test_the_endpoint_sees_the_line_go_dead_when_a_call_is_cancelled(model_at: ModelAt, kind: str) -> None:
    stop = threading.Event()
    with serving(Behaviour(kind)) as endpoint:
        # Only a call that has arrived has a line to go dead; a client that is made for the first time takes its time.
        arrived = list[float]()

        def is_cancelled() -> bool:
            if endpoint.requests and not arrived:
                arrived.append(time.monotonic())
                threading.Timer(0.3, stop.set).start()
            return stop.is_set()

        with pytest.raises(ModelCancelled):
            model_at(endpoint.base_url, timeout_seconds=60).ask(ask_for(), is_cancelled=is_cancelled)
        assert time.monotonic() - arrived[0] < 3
        assert endpoint.hung_up.wait(10)


@pytest.mark.slow
@pytest.mark.parametrize("streaming", [False, True])
def test_the_endpoint_sees_it_too_after_the_wall_clock(model_at: ModelAt, streaming: bool) -> None:
    with serving(Behaviour("hang")) as endpoint:
        with pytest.raises(ModelTimeout):
            model_at(endpoint.base_url, timeout_seconds=0.4).ask(
                ask_for(), on_delta=(lambda _: None) if streaming else None
            )
        assert endpoint.hung_up.wait(10)


def test_the_place_of_a_cancelled_call_is_free_at_once(model_at: ModelAt) -> None:
    with serving(Behaviour("hang"), Behaviour()) as endpoint:
        model = model_at(endpoint.base_url, timeout_seconds=60, max_concurrency=1)
        with pytest.raises(ModelCancelled):
            model.ask(ask_for(), is_cancelled=lambda: len(endpoint.requests) > 0)
        started = time.monotonic()
        assert model.ask(ask_for()).value.minutes == 90
    assert time.monotonic() - started < 3


def test_a_line_without_a_connection_is_hung_up_quietly_and_twice() -> None:
    line = Line()
    line.trace("connection.connect_tcp.started", {})
    line.hang_up()
    line.hang_up()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        opened = SimpleNamespace(get_extra_info=lambda name: ours)
        line.trace("connection.connect_tcp.complete", {"return_value": opened})
        assert theirs.recv(1) == b"", "a connection that comes too late is shut as well"
    line.end()
