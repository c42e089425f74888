from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.errors import ModelOutputInvalid, ModelRefused, ModelUnavailable
from copilot.llm.breaker import Breaker, BreakerRules
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from tests.llm.conftest import ask_for
from tests.llm.endpoint import Behaviour, serving

ModelAt = Callable[..., StructuredModel]
DOWN = ModelUnavailable("down", reason="server_error")


@dataclass
class Now:
    seconds: float = 100.0

    def __call__(self) -> float:
        return self.seconds


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.admit()
        breaker.settle(DOWN, is_heard=False)


def test_it_opens_at_the_last_failure_rests_and_lets_one_try() -> None:
    now = Now()
    breaker = Breaker(BreakerRules(3, 60, 30), now)
    fail(breaker, 2)
    assert breaker.look().state == "closed"
    fail(breaker, 1)
    assert (breaker.look().state, breaker.look().seconds) == ("open", 30)
    with pytest.raises(ModelUnavailable) as caught:
        breaker.admit()
    assert caught.value.data == {"reason": "circuit_open", "last_reason": "server_error", "retry_after_seconds": 30}
    now.seconds += 30
    assert breaker.look().state == "half_open"
    breaker.admit()
    with pytest.raises(ModelUnavailable):  # one tries, the others wait
        breaker.admit()
    breaker.settle(None, is_heard=True)
    assert breaker.look().state == "closed"


def test_a_trial_that_fails_opens_it_again_at_once() -> None:
    now = Now()
    breaker = Breaker(BreakerRules(3, 60, 30), now)
    fail(breaker, 3)
    now.seconds += 31
    fail(breaker, 1)
    assert breaker.look().state == "open"


def test_a_trial_that_says_nothing_lets_the_next_one_try() -> None:
    now = Now()
    breaker = Breaker(BreakerRules(1, 60, 30), now)
    fail(breaker, 1)
    now.seconds += 31
    breaker.admit()
    breaker.settle(None, is_heard=False)  # a listener of the caller raised
    breaker.admit()
    assert breaker.look().state == "half_open"


def test_failures_long_ago_and_before_a_success_do_not_count() -> None:
    now = Now()
    breaker = Breaker(BreakerRules(2, 60, 30), now)
    fail(breaker, 1)
    now.seconds += 61
    fail(breaker, 1)
    assert breaker.look().state == "closed"
    breaker.settle(None, is_heard=True)
    fail(breaker, 1)
    assert breaker.look().state == "closed"


@pytest.mark.parametrize("reason", ["content_filter", "too_long", "bad_request", "busy", ""])
def test_what_one_prompt_or_we_ourselves_caused_says_nothing_of_the_endpoint(reason: str) -> None:
    breaker = Breaker(BreakerRules(1, 60, 30))
    for _ in range(5):
        breaker.admit()
        breaker.settle(ModelRefused("no", reason=reason), is_heard=False)
    assert breaker.look().state == "closed"


def test_with_zero_failures_it_never_opens() -> None:
    breaker = Breaker(BreakerRules(failures=0))
    fail(breaker, 100)
    assert breaker.look().state == "closed"


@given(st.lists(st.sampled_from(["ok", "fail", "nothing", "wait"]), max_size=60))
def test_whatever_happens_it_can_always_be_asked_again_after_the_rest(events: list[str]) -> None:
    now = Now()
    breaker = Breaker(BreakerRules(2, 10, 5), now)
    for event in events:
        if event == "wait":
            now.seconds += 3
            continue
        try:
            breaker.admit()
        except ModelUnavailable:
            continue
        breaker.settle(DOWN if event == "fail" else None, is_heard=event == "ok")
    now.seconds += 5
    breaker.admit()
    assert breaker.look().state in {"closed", "half_open"}


def test_a_model_whose_endpoint_is_down_is_left_alone_without_a_request_or_a_ledger_row(
    model_at: ModelAt, ledger: MemoryCallLedger
) -> None:
    with serving(Behaviour("error", status=500)) as endpoint:
        model = model_at(endpoint.base_url, breaker_failures=2, breaker_rest_seconds=60)
        for _ in range(2):
            with pytest.raises(ModelUnavailable):
                model.ask(ask_for())
        with pytest.raises(ModelUnavailable) as caught:
            model.ask(ask_for())
    assert caught.value.data["reason"] == "circuit_open"
    assert caught.value.data["call_ids"] == []
    assert (len(endpoint.requests), len(ledger.calls)) == (2, 2)
    assert model.health().state == "open"


def test_it_closes_by_itself_when_the_endpoint_is_back(model_at: ModelAt) -> None:
    with serving(Behaviour("error", status=500), Behaviour()) as endpoint:
        model = model_at(endpoint.base_url, breaker_failures=1, breaker_rest_seconds=0.05)
        with pytest.raises(ModelUnavailable):
            model.ask(ask_for())
        with pytest.raises(ModelUnavailable):
            model.ask(ask_for())
        time.sleep(0.1)
        assert model.ask(ask_for()).value.minutes == 90
    assert model.health().state == "closed"


def test_bad_answers_are_the_models_and_do_not_open_it(model_at: ModelAt) -> None:
    with serving(Behaviour(text="no")) as endpoint:
        model = model_at(endpoint.base_url, breaker_failures=1)
        for _ in range(3):
            with pytest.raises(ModelOutputInvalid):
                model.ask(ask_for())
    assert model.health().state == "closed"
