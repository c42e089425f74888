from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot.clock import FixedClock
from copilot.errors import ModelRefused, ModelTimeout, ModelUnavailable
from copilot.llm.endpoint import Endpoint, Listener, Reply
from copilot.llm.scripted import Scripted, ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from tests.llm.conftest import ask_for
from tests.llm.endpoint import GOOD, Behaviour, serving

ModelAt = Callable[..., StructuredModel]


@pytest.mark.slow
@pytest.mark.parametrize("streaming", [False, True])
def test_a_server_error_is_retried_and_counts_as_one_call(
    model_at: ModelAt, ledger: MemoryCallLedger, streaming: bool
) -> None:
    with serving(Behaviour("error", status=503), Behaviour()) as endpoint:
        answer = model_at(endpoint.base_url, max_retries=1).ask(
            ask_for(), on_delta=(lambda _: None) if streaming else None
        )
    assert answer.value.minutes == 90
    assert len(endpoint.requests) == 2
    assert len(ledger.calls) == 1


@pytest.mark.slow
def test_retries_are_as_many_as_allowed_and_no_more(model_at: ModelAt) -> None:
    with serving(Behaviour("error", status=500)) as endpoint, pytest.raises(ModelUnavailable):
        model_at(endpoint.base_url, max_retries=2).ask(ask_for())
    assert len(endpoint.requests) == 3


def test_what_another_try_cannot_change_is_not_tried_again(model_at: ModelAt) -> None:
    with serving(Behaviour("error", status=401)) as endpoint, pytest.raises(ModelRefused):
        model_at(endpoint.base_url, max_retries=5).ask(ask_for())
    assert len(endpoint.requests) == 1


def test_a_wait_longer_than_the_wall_clock_is_not_waited(model_at: ModelAt) -> None:
    busy = Behaviour("error", status=429, headers={"retry-after": "60"})
    started = time.monotonic()
    with serving(busy) as endpoint, pytest.raises(ModelRefused) as caught:
        model_at(endpoint.base_url, max_retries=5).ask(ask_for())
    assert time.monotonic() - started < 2
    assert caught.value.data["retry_after_seconds"] == 60
    assert len(endpoint.requests) == 1


def test_a_stream_that_has_begun_is_never_asked_again(model_at: ModelAt) -> None:
    heard: list[str] = []
    with serving(Behaviour("cut"), Behaviour()) as endpoint, pytest.raises(ModelUnavailable):
        model_at(endpoint.base_url, max_retries=3).ask(ask_for(), on_delta=heard.append)
    assert len(endpoint.requests) == 1
    assert heard


@pytest.mark.slow
def test_after_a_timeout_nobody_goes_on_asking_in_the_background(model_at: ModelAt) -> None:
    with serving(Behaviour("hang")) as endpoint:
        with pytest.raises(ModelTimeout):
            model_at(endpoint.base_url, timeout_seconds=0.4, max_retries=3).ask(ask_for())
        time.sleep(0.8)
        assert len(endpoint.requests) == 1


def test_calls_under_way_are_bounded() -> None:
    under_way, most, lock = [0], [0], threading.Lock()

    class Counting(ScriptedChatModel):
        def _next(self, messages: list[object], arguments: dict[str, object]) -> Scripted:  # type: ignore[override]  # narrower is enough here
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.05)
            with lock:
                under_way[0] -= 1
            return Scripted(GOOD)

    endpoint = Endpoint(chat=Counting(), model="m", max_concurrency=2)
    with ThreadPoolExecutor(8) as pool:
        replies = [Reply() for _ in range(8)]
        list(pool.map(lambda reply: endpoint.send([], None, Listener(), reply), replies))
    assert most[0] == 2
    assert all(reply.text == GOOD for reply in replies)


@pytest.mark.slow
def test_who_finds_no_place_in_time_hears_that_it_is_busy(ledger: MemoryCallLedger, clock: FixedClock) -> None:
    chat = ScriptedChatModel(answers=[Scripted(GOOD, delay_seconds=0.8), GOOD])
    endpoint = Endpoint(chat=chat, model="m", max_concurrency=1, timeout_seconds=0.3)
    for _ in range(2):
        with pytest.raises(ModelTimeout) as caught:
            endpoint.send([], None, Listener(), Reply())
    assert caught.value.data["reason"] == "busy"
    time.sleep(0.6)
    reply = Reply()
    endpoint.send([], None, Listener(), reply)  # the place came back when the hanging request ended
    assert reply.text == GOOD


def test_the_environment_of_another_project_does_not_reach_the_endpoint(
    model_at: ModelAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "leaked")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://leaked.invalid")
    with serving() as endpoint:
        model_at(endpoint.base_url).ask(ask_for())
    assert "leaked" not in str(endpoint.headers)
