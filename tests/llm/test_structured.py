"""The model port against a real HTTP endpoint that behaves well, badly and oddly."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.errors import (
    BudgetExceeded,
    ModelCancelled,
    ModelError,
    ModelOutputInvalid,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import Scripted, ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import CallOutcome, MemoryCallLedger
from tests.llm.conftest import Draft, ask_for
from tests.llm.endpoint import GOOD, Behaviour, serving

ModelAt = Callable[..., StructuredModel]
BAD = '{"title": "周末创业者见面会", "minutes": 0}'


def formats(requests: list[dict[str, Any]]) -> list[object]:
    return [request.get("response_format", {}).get("type") for request in requests]


@pytest.mark.parametrize("streaming", [False, True])
def test_a_good_answer_comes_back_validated_with_what_it_cost(
    model_at: ModelAt, ledger: MemoryCallLedger, streaming: bool
) -> None:
    heard: list[str] = []
    with serving() as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(), on_delta=heard.append if streaming else None)
    assert answer.value == Draft(title="周末创业者见面会", minutes=90)
    assert (answer.mode, answer.model, answer.repaired, answer.raw) == ("json_schema", "m", False, GOOD)
    assert (answer.prompt_tokens, answer.completion_tokens) == (11, 7)
    assert "".join(heard) == (GOOD if streaming else "")
    assert endpoint.requests[0]["max_tokens"] == 2000
    assert "max_completion_tokens" not in endpoint.requests[0]
    (result,) = ledger.results.values()
    assert (result.outcome, result.tokens_estimated, result.error_code) == (CallOutcome.OK, False, None)
    (call,) = ledger.calls.values()
    assert (call.feature, call.prompt_id, call.prompt_hash) == ("events:plan", "events/plan", "0123456789abcdef")
    assert answer.call_ids == list(ledger.calls)


def test_the_limit_travels_under_the_name_the_endpoint_expects(model_at: ModelAt) -> None:
    with serving() as endpoint:
        model_at(endpoint.base_url, limit_name="max_completion_tokens", max_output_tokens=99).ask(ask_for())
    assert endpoint.requests[0]["max_completion_tokens"] == 99
    assert "max_tokens" not in endpoint.requests[0]


def test_an_endpoint_without_json_schema_is_asked_in_words_and_the_rung_is_remembered(
    model_at: ModelAt, ledger: MemoryCallLedger
) -> None:
    with serving(Behaviour(refuse_formats=("json_schema",))) as endpoint:
        model = model_at(endpoint.base_url)
        first, second = model.ask(ask_for()), model.ask(ask_for())
    assert formats(endpoint.requests) == ["json_schema", "json_object", "json_object"]
    assert (first.mode, len(first.call_ids), second.mode, len(second.call_ids)) == ("json_object", 2, "json_object", 1)
    assert "JSON Schema" in endpoint.requests[1]["messages"][0]["content"]
    assert "JSON Schema" not in endpoint.requests[0]["messages"][0]["content"]
    outcomes = [result.outcome for result in ledger.results.values()]
    assert outcomes == [CallOutcome.MODE_REFUSED, CallOutcome.OK, CallOutcome.OK]


def test_the_last_rung_needs_no_response_format_at_all(model_at: ModelAt) -> None:
    with serving(Behaviour(refuse_formats=("json_schema", "json_object"))) as endpoint:
        assert model_at(endpoint.base_url).ask(ask_for()).mode == "prompt"
    assert formats(endpoint.requests) == ["json_schema", "json_object", None]


def test_an_endpoint_that_refuses_every_mode_is_one_named_error(model_at: ModelAt, ledger: MemoryCallLedger) -> None:
    with serving(Behaviour("error", status=400)) as endpoint, pytest.raises(ModelRefused) as caught:
        model_at(endpoint.base_url).ask(ask_for())
    assert caught.value.data["status"] == 400
    assert caught.value.data["call_ids"] == list(ledger.calls)
    assert len(ledger.calls) == 3


@pytest.mark.parametrize(
    "text",
    [
        f'<think>first {{}} then {{"a": 1}}</think>\n{GOOD}',
        f"thinking without an opening tag</think>{GOOD}",
        f"```json\n{GOOD}\n```",
        f"好的，这是方案：\n{GOOD}\n希望有帮助！",
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_thinking_fences_and_small_talk_around_the_object_are_dropped(
    model_at: ModelAt, text: str, streaming: bool
) -> None:
    heard: list[str] = []
    with serving(Behaviour(text=text)) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(), on_delta=heard.append if streaming else None)
    assert answer.value.minutes == 90
    assert not answer.repaired
    assert "<think>" not in "".join(heard)


def test_one_repair_turn_names_the_problems_in_the_prompts_language(
    model_at: ModelAt, ledger: MemoryCallLedger
) -> None:
    heard: list[str] = []
    with serving(Behaviour(text=BAD), Behaviour()) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(), on_delta=heard.append)
    assert answer.repaired
    assert len(answer.call_ids) == 2
    assert (answer.prompt_tokens, answer.completion_tokens) == (22, 14)
    roles = [message["role"] for message in endpoint.requests[1]["messages"]]
    assert roles == ["system", "user", "assistant", "user"]
    repair = endpoint.requests[1]["messages"][3]["content"]
    assert "不能使用" in repair
    assert "minutes" in repair
    assert "".join(heard) == BAD, "the repair turn is silent"
    assert [r.outcome for r in ledger.results.values()] == [CallOutcome.INVALID, CallOutcome.OK]


def test_the_features_own_checks_cause_the_repair_turn_too(model_at: ModelAt) -> None:
    def too_short(draft: Draft) -> list[str]:
        return ["minutes 必须至少 120"] if draft.minutes < 120 else []

    with serving(Behaviour(), Behaviour(text=GOOD.replace("90", "120"))) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(validate=too_short))
    assert answer.value.minutes == 120
    assert "必须至少 120" in endpoint.requests[1]["messages"][3]["content"]


def test_an_answer_still_wrong_after_the_repair_is_a_typed_failure_with_its_text(model_at: ModelAt) -> None:
    with serving(Behaviour(text=BAD)) as endpoint, pytest.raises(ModelOutputInvalid) as caught:
        model_at(endpoint.base_url).ask(ask_for())
    assert len(endpoint.requests) == 2
    assert caught.value.data["raw"] == BAD
    assert "minutes" in str(caught.value.data["problems"])
    assert caught.value.data["call_ids"] == ["call_1", "call_2"]


def test_an_answer_cut_at_the_limit_is_never_taken_for_whole(model_at: ModelAt) -> None:
    with serving(Behaviour(finish_reason="length"), Behaviour()) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for())
    assert answer.repaired
    assert "长度上限" in endpoint.requests[1]["messages"][3]["content"]


@pytest.mark.parametrize(
    ("behaviour", "error", "reason"),
    [
        (Behaviour("html"), ModelUnavailable, "not_a_completion"),
        (Behaviour("half_json"), ModelUnavailable, "not_a_completion"),
        (Behaviour("empty"), ModelUnavailable, "not_a_completion"),
        (Behaviour("error", status=500), ModelUnavailable, "server_error"),
        (Behaviour("error", status=503), ModelUnavailable, "server_error"),
        (Behaviour("error", status=401), ModelRefused, "authentication"),
        (Behaviour("error", status=403), ModelRefused, "authentication"),
        (Behaviour("error", status=404), ModelRefused, "not_found"),
        (Behaviour("error", status=408), ModelTimeout, "timeout"),
        (Behaviour("error", status=429, headers={"retry-after": "7"}), ModelRefused, "rate_limited"),
        (Behaviour("error", status=400, message="maximum context length is 4096 tokens"), ModelRefused, "too_long"),
        (Behaviour(finish_reason="content_filter"), ModelRefused, "content_filter"),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_every_way_to_fail_has_a_name_and_a_ledger_row(
    model_at: ModelAt,
    ledger: MemoryCallLedger,
    behaviour: Behaviour,
    error: type[ModelError],
    reason: str,
    streaming: bool,
) -> None:
    with serving(behaviour) as endpoint, pytest.raises(error) as caught:
        model_at(endpoint.base_url).ask(ask_for(), on_delta=(lambda _: None) if streaming else None)
    assert caught.value.data["reason"] == reason
    (result,) = ledger.results.values()
    assert (result.outcome, result.error_code) == (CallOutcome.FAILED, error.code)


@pytest.mark.parametrize("kind", ["cut", "no_end"])
def test_a_stream_that_breaks_off_is_not_an_answer(model_at: ModelAt, ledger: MemoryCallLedger, kind: str) -> None:
    with serving(Behaviour(kind)) as endpoint, pytest.raises(ModelUnavailable) as caught:
        model_at(endpoint.base_url).ask(ask_for(), on_delta=lambda _: None)
    assert caught.value.data["reason"] == "cut"
    (result,) = ledger.results.values()
    assert result.prompt_tokens > 0, "what was asked is charged once an answer began"


def test_an_error_inside_a_stream_is_the_endpoints_failure(model_at: ModelAt) -> None:
    with serving(Behaviour("event_error")) as endpoint, pytest.raises(ModelUnavailable) as caught:
        model_at(endpoint.base_url).ask(ask_for(), on_delta=lambda _: None)
    assert caught.value.data["reason"] == "server_error"


def test_the_endpoints_words_stay_out_of_our_errors(model_at: ModelAt) -> None:
    secret = "Incorrect API key provided: sk-abc"
    with serving(Behaviour("error", status=401, message=secret)) as endpoint, pytest.raises(ModelRefused) as caught:
        model_at(endpoint.base_url, api_key="sk-abc").ask(ask_for())
    assert "sk-abc" not in f"{caught.value} {caught.value.data}"


def test_an_unreachable_endpoint_costs_nothing(model_at: ModelAt, ledger: MemoryCallLedger) -> None:
    with serving() as endpoint:
        gone = endpoint.base_url
    with pytest.raises(ModelUnavailable) as caught:
        model_at(gone).ask(ask_for())
    assert caught.value.data["reason"] == "unreachable"
    (result,) = ledger.results.values()
    assert (result.prompt_tokens, result.completion_tokens) == (0, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hang", "drip"])
def test_the_wall_clock_holds_for_silence_and_for_a_stream_that_never_ends(model_at: ModelAt, kind: str) -> None:
    slow = Behaviour(kind, text=GOOD * 20)
    started = time.monotonic()
    with serving(slow) as endpoint, pytest.raises(ModelTimeout):
        model_at(endpoint.base_url, timeout_seconds=0.6, max_retries=3).ask(ask_for(), on_delta=lambda _: None)
    assert time.monotonic() - started < 2.0


@pytest.mark.slow
def test_a_cancelled_call_returns_at_once_and_says_so(model_at: ModelAt, ledger: MemoryCallLedger) -> None:
    heard: list[str] = []
    started = time.monotonic()
    with serving(Behaviour("drip", text=GOOD * 20)) as endpoint, pytest.raises(ModelCancelled):
        model_at(endpoint.base_url).ask(ask_for(), on_delta=heard.append, is_cancelled=lambda: len(heard) >= 2)
    assert time.monotonic() - started < 2.0
    (result,) = ledger.results.values()
    assert result.outcome is CallOutcome.CANCELLED
    assert result.tokens_estimated


def test_tokens_are_estimated_and_flagged_when_the_endpoint_gives_none(
    model_at: ModelAt, ledger: MemoryCallLedger
) -> None:
    with serving(Behaviour(usage=False)) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for())
    (result,) = ledger.results.values()
    assert result.tokens_estimated
    assert answer.prompt_tokens == result.prompt_tokens > 10
    assert answer.completion_tokens == result.completion_tokens > 10


def test_the_budget_is_held_back_before_asking(model_at: ModelAt, ledger: MemoryCallLedger) -> None:
    with serving() as endpoint:
        model = model_at(endpoint.base_url, daily_token_budget=2050, max_output_tokens=2000)
        model.ask(ask_for())  # settles at 18 tokens
        with pytest.raises(BudgetExceeded) as caught:
            for _ in range(10):
                model.ask(ask_for())
    assert caught.value.data["call_ids"] == []
    assert caught.value.data["budget"] == 2050
    assert len(endpoint.requests) == len(ledger.calls) < 10


def test_a_budget_of_zero_means_no_call(model_at: ModelAt, ledger: MemoryCallLedger) -> None:
    with serving() as endpoint, pytest.raises(BudgetExceeded):
        model_at(endpoint.base_url, daily_token_budget=0).ask(ask_for())
    assert endpoint.requests == []
    assert ledger.calls == {}


def scripted(
    ledger: MemoryCallLedger, clock: FixedClock, *answers: object
) -> tuple[StructuredModel, ScriptedChatModel]:
    chat = ScriptedChatModel(answers=list(answers))
    return StructuredModel(Endpoint(chat=chat, model="scripted"), ledger, clock), chat


def test_an_error_of_the_listener_is_the_callers_own_and_closes_the_books(
    ledger: MemoryCallLedger, clock: FixedClock
) -> None:
    def broken(_: str) -> None:
        raise ZeroDivisionError

    model, _ = scripted(ledger, clock, GOOD)
    with pytest.raises(ZeroDivisionError):
        model.ask(ask_for(), on_delta=broken)
    (result,) = ledger.results.values()
    assert result.outcome is CallOutcome.FAILED


def test_a_programming_error_in_the_model_is_not_dressed_up_as_a_model_error(
    ledger: MemoryCallLedger, clock: FixedClock
) -> None:
    model, _ = scripted(ledger, clock, ZeroDivisionError("bug"))
    with pytest.raises(ZeroDivisionError):
        model.ask(ask_for())


@pytest.mark.parametrize("text", ["", "   ", "[]", "null", "42", '"x"', '{"title": NaN, "minutes": 1}', "{" * 5000])
def test_text_without_an_object_is_repaired_or_refused_never_guessed(
    ledger: MemoryCallLedger, clock: FixedClock, text: str
) -> None:
    model, chat = scripted(ledger, clock, text, GOOD)
    assert model.ask(ask_for()).repaired
    assert len(chat.seen) == 2


def test_an_answer_without_end_is_stopped(ledger: MemoryCallLedger, clock: FixedClock) -> None:
    endless = Scripted("啊" * 100_000)
    chat = ScriptedChatModel(answers=[endless, GOOD], chunk_chars=1000)
    model = StructuredModel(Endpoint(chat=chat, model="scripted", max_output_tokens=100), ledger, clock)
    heard: list[str] = []
    assert model.ask(ask_for(), on_delta=heard.append).repaired
    assert len("".join(heard)) < 4000


def test_the_prompt_of_an_english_community_is_repaired_in_english(ledger: MemoryCallLedger, clock: FixedClock) -> None:
    prompt = ask_for().prompt
    english = type(prompt)(prompt.prompt_id, 1, "en", prompt.hash, "You plan events.", "Plan one.")
    model, chat = scripted(ledger, clock, "sorry", GOOD)
    model.ask(ask_for(prompt=english))
    assert "cannot be used" in str(chat.seen[1][3].content)
    assert json.loads(GOOD)["title"] not in str(chat.seen[1][3].content)
