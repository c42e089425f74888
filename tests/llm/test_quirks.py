"""Every habit in the table against an endpoint that has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from copilot.errors import ModelError, ModelOutputInvalid, ModelRefused, ModelUnavailable
from copilot.llm import quirks
from copilot.llm.factory import make_endpoint
from copilot.llm.quirks import ALL_MODES, BROKEN_OFF, DECLINED, FINISHED, TABLE, quirks_of, render_page
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.settings import LlmSettings
from tests.llm.conftest import ask_for
from tests.llm.endpoint import GOOD, Behaviour, serving

ModelAt = Callable[..., StructuredModel]
NEW_NAME = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
ways = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streamed"])


def hear(streaming: bool) -> Callable[[str], None] | None:
    return (lambda _: None) if streaming else None


@pytest.mark.parametrize(
    ("address", "vendor"),
    [
        ("", "openai"), ("https://api.openai.com/v1", "openai"), ("https://api.deepseek.com/v1", "deepseek"),
        ("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen"), ("https://open.bigmodel.cn/api/paas/v4", "zhipu"),
        ("https://api.moonshot.cn/v1", "moonshot"), ("http://gpu-box:11434/v1", "ollama"), ("http://127.0.0.1:8081/v1", "other"),
        ("https://api.deepseek.com.evil.example/v1", "other"), ("https://notapi.deepseek.com/v1", "other"), ("http://[bad/v1", "other"),
    ],
)  # fmt: skip
def test_a_vendor_is_known_by_its_address_and_by_nothing_like_it(address: str, vendor: str) -> None:
    assert quirks_of("auto", address).vendor == vendor


def test_a_vendor_that_is_named_is_taken_at_its_word() -> None:
    assert quirks_of("vllm", "https://api.deepseek.com").vendor == "vllm"


@pytest.mark.parametrize("vendor", sorted(TABLE))
def test_every_row_makes_an_endpoint_with_a_limit_and_a_last_rung_without_any_mode(vendor: str) -> None:
    endpoint = make_endpoint(
        LlmSettings.model_validate({"base_url": "http://127.0.0.1:1", "model": "m", "vendor": vendor})
    )
    endpoint.close()
    row = TABLE[vendor]
    assert endpoint.extra_body[row.limit_name] == 2000
    assert endpoint.ladder == row.ladder
    assert endpoint.ladder[-1] == "prompt"
    assert set(row.no_thinking) <= set(endpoint.extra_body)
    assert ("temperature" in endpoint.extra_body) is row.has_temperature


def test_what_an_operator_sets_wins_over_the_table() -> None:
    given: dict[str, Any] = {
        "vendor": "moonshot", "limit_name": "max_tokens", "ladder": ["prompt"], "temperature": 0.3, "thinking": True,
    }  # fmt: skip
    endpoint = make_endpoint(LlmSettings.model_validate({"base_url": "http://127.0.0.1:1", "model": "m", **given}))
    endpoint.close()
    assert endpoint.extra_body == {"max_tokens": 2000, "temperature": 0.3}
    assert endpoint.ladder == ("prompt",)


def test_the_table_is_printed_with_a_source_for_every_row() -> None:
    # To renew it: python -m copilot.llm.quirks
    printed = Path(quirks.__file__).with_name("ENDPOINTS.md").read_text(encoding="utf-8")
    assert printed == render_page()
    for row in TABLE.values():
        assert (row.source in printed) and (row.vendor == "other" or row.source.startswith("https://"))
        assert set(row.ladder) <= set(ALL_MODES)
    assert not (FINISHED & DECLINED or FINISHED & BROKEN_OFF or DECLINED & BROKEN_OFF)


@ways
def test_openai_a_limit_under_the_old_name_is_sent_under_the_new_one_from_then_on(
    model_at: ModelAt, ledger: MemoryCallLedger, streaming: bool
) -> None:
    with serving(Behaviour(refuse_fields={"max_tokens": NEW_NAME})) as endpoint:
        model = model_at(endpoint.base_url)
        for _ in range(2):
            model.ask(ask_for(), on_delta=hear(streaming))
    assert ["max_completion_tokens" in body for body in endpoint.requests] == [False, True, True]
    assert len(ledger.calls) == 2  # a field that is taken back is no call of its own


@ways
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("temperature", "Unsupported value: 'temperature' does not support 0.3 with this model."),
        ("temperature", "invalid temperature: only 1 is allowed for this model"),
        ("thinking", "[{'type': 'extra_forbidden', 'loc': ('body', 'thinking'), 'msg': 'Extra inputs are not permitted'}]"),
        ("stream_options", "Unrecognized request argument supplied: stream_options"),
    ],
)  # fmt: skip
def test_a_field_that_is_refused_by_name_is_left_out(model_at: ModelAt, streaming: bool, name: str, words: str) -> None:
    with serving(Behaviour(refuse_fields={name: words})) as endpoint:
        answer = model_at(endpoint.base_url, vendor="deepseek").ask(ask_for(), on_delta=hear(streaming))
    assert answer.value.minutes == 90
    assert name not in endpoint.requests[-1]
    assert "max_tokens" in endpoint.requests[-1]


def test_an_endpoint_that_takes_the_limit_under_no_name_is_one_refusal(model_at: ModelAt) -> None:
    both = {name: f"Unknown parameter {name}" for name in ("max_tokens", "max_completion_tokens")}
    with serving(Behaviour(refuse_fields=both)) as endpoint, pytest.raises(ModelRefused) as caught:
        model_at(endpoint.base_url).ask(ask_for())
    assert caught.value.data["reason"] == "parameter"
    assert len(endpoint.requests) == 2


def test_a_limit_that_is_too_large_is_not_sent_under_another_name(model_at: ModelAt) -> None:
    words = "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]"
    with serving(Behaviour(refuse_fields={"max_tokens": words})) as endpoint, pytest.raises(ModelRefused):
        model_at(endpoint.base_url, ladder=["prompt"]).ask(ask_for())
    assert all("max_completion_tokens" not in body for body in endpoint.requests)


@pytest.mark.parametrize("vendor", ["deepseek", "qwen", "zhipu", "moonshot"])
def test_json_mode_comes_with_the_word_json_in_the_prompt(model_at: ModelAt, vendor: str) -> None:
    strict = Behaviour(wants_json_word=True, refuse_formats=("json_schema",))
    with serving(strict) as endpoint:
        answer = model_at(endpoint.base_url, vendor=vendor).ask(ask_for())
    assert (answer.mode, answer.value.minutes) == ("json_object", 90)
    asked = [body["response_format"]["type"] for body in endpoint.requests]
    assert asked[-1] == "json_object"
    assert ("json_schema" in asked) is (vendor == "qwen")


def test_qwen_json_mode_refused_while_it_thinks_is_asked_in_words(model_at: ModelAt) -> None:
    words = "Json mode response is not supported when enable_thinking is true"
    with serving(Behaviour(refuse_fields={"response_format": words})) as endpoint:
        answer = model_at(endpoint.base_url, vendor="qwen").ask(ask_for())
    assert (answer.mode, answer.value.minutes) == ("prompt", 90)
    assert endpoint.requests[-1]["enable_thinking"] is False


@ways
def test_thinking_beside_the_answer_is_neither_shown_nor_read(model_at: ModelAt, streaming: bool) -> None:
    heard: list[str] = []
    aside = 'maybe {"title": "no", "minutes": 1} or else'
    with serving(Behaviour(reasoning=aside)) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(), on_delta=heard.append if streaming else None)
    assert answer.value.minutes == 90
    assert "".join(heard) == (GOOD if streaming else "")


@ways
@pytest.mark.parametrize("text", [f"<think>{{}} hm</think>\n{GOOD}", f"hm</think>{GOOD}"])
def test_thinking_inside_the_answer_is_left_out(model_at: ModelAt, streaming: bool, text: str) -> None:
    with serving(Behaviour(text=text)) as endpoint:
        assert model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(streaming)).value.minutes == 90


@ways
def test_an_answer_that_comes_as_a_tool_call_with_empty_content_is_an_answer(
    model_at: ModelAt, streaming: bool
) -> None:
    with serving(Behaviour(as_tool_call=True, finish_reason="tool_calls")) as endpoint:
        answer = model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(streaming))
    assert (answer.value.minutes, answer.repaired) == (90, False)


@ways
def test_comments_and_empty_lines_while_one_waits_are_no_part_of_the_answer(model_at: ModelAt, streaming: bool) -> None:
    with serving(Behaviour(keep_alive=True)) as endpoint:
        assert model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(streaming)).value.minutes == 90


def test_a_stream_without_its_last_mark_is_whole_when_it_gave_a_reason(model_at: ModelAt) -> None:
    with serving(Behaviour(has_done=False)) as endpoint:
        assert model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(True)).value.minutes == 90


@ways
def test_missing_usage_is_estimated_and_said_to_be(
    model_at: ModelAt, ledger: MemoryCallLedger, streaming: bool
) -> None:
    with serving(Behaviour(usage=False)) as endpoint:
        model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(streaming))
    (result,) = ledger.results.values()
    assert result.tokens_estimated
    assert result.completion_tokens > 0


def test_deepseek_an_empty_answer_in_json_mode_is_asked_for_again(model_at: ModelAt) -> None:
    with serving(Behaviour(text=""), Behaviour()) as endpoint:
        answer = model_at(endpoint.base_url, vendor="deepseek").ask(ask_for())
    assert (answer.repaired, answer.value.minutes) == (True, 90)


@ways
@pytest.mark.parametrize(
    ("end", "error", "reason"),
    [
        ("sensitive", ModelRefused, "content_filter"), ("content_filter", ModelRefused, "content_filter"),
        ("network_error", ModelUnavailable, "cut"), ("insufficient_system_resource", ModelUnavailable, "cut"),
    ],
)  # fmt: skip
def test_vendors_own_words_for_an_end_are_understood(
    model_at: ModelAt, streaming: bool, end: str, error: type[ModelError], reason: str
) -> None:
    with serving(Behaviour(finish_reason=end)) as endpoint, pytest.raises(error) as caught:
        model_at(endpoint.base_url).ask(ask_for(), on_delta=hear(streaming))
    assert caught.value.data["reason"] == reason


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"code": "data_inspection_failed", "message": "x", "request_id": "1"}, "content_filter"),
        (400, {"error": {"code": "1301", "message": "系统检测到输入或生成内容可能包含不安全或敏感内容"}}, "content_filter"),
        (400, {"code": "Arrearage", "message": "Access denied"}, "quota"),
        (402, {"error": {"message": "Insufficient Balance", "code": "invalid_request_error"}}, "quota"),
        (429, {"error": {"message": "no money", "code": "insufficient_quota"}}, "quota"),
        (429, {"error": {"code": "1302", "message": "slow down"}}, "rate_limited"),
        (429, {"error": {"type": "engine_overloaded_error", "code": "engine_overloaded_error", "message": "busy"}}, "server_error"),
        (503, {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}, "server_error"),
        (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens", "code": 400}, "too_long"),
        (500, "out of order", "server_error"),
        (400, ["no", "object"], "bad_request"),
        (200, {"error": {"code": "1113", "message": "no money"}}, "quota"),
        (200, {"error": {"code": 500, "message": "broken"}}, "server_error"),
        (200, {"code": 500, "msg": "fail", "success": False}, "not_a_completion"),
        (200, [], "not_a_completion"),
        (200, None, "not_a_completion"),
    ],
)  # fmt: skip
def test_errors_in_every_shape_have_a_reason_and_none_of_the_endpoints_words(
    model_at: ModelAt, status: int, body: Any, reason: str
) -> None:
    given = Behaviour(status=status, body=body) if body is not None else Behaviour("null_choices")
    with serving(given) as endpoint, pytest.raises(ModelError) as caught:
        model_at(endpoint.base_url, ladder=["prompt"]).ask(ask_for())
    assert caught.value.data["reason"] == reason
    told = body["error"] if isinstance(body, dict) and "error" in body else body
    if isinstance(told, dict) and len(str(told.get("message", ""))) > 4:
        assert str(told["message"]) not in str(caught.value.data) + caught.value.message


def test_an_account_without_money_is_not_asked_again(model_at: ModelAt) -> None:
    empty = Behaviour(status=429, body={"error": {"message": "no", "code": "insufficient_quota"}})
    with serving(empty) as endpoint, pytest.raises(ModelRefused):
        model_at(endpoint.base_url, max_retries=3).ask(ask_for())
    assert len(endpoint.requests) == 1


def test_garbage_is_repaired_once_and_then_a_named_failure_with_the_text(model_at: ModelAt) -> None:
    with (
        serving(Behaviour(text="\x00\ufffd}{ no json at all")) as endpoint,
        pytest.raises(ModelOutputInvalid) as caught,
    ):
        model_at(endpoint.base_url).ask(ask_for())
    assert len(endpoint.requests) == 2
    assert "no json" in str(caught.value.data["raw"])
