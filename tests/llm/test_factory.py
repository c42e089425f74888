from __future__ import annotations

import pytest

from copilot.clock import FixedClock
from copilot.errors import InvalidInput
from copilot.llm.factory import VENDOR_BASE_URL, make_endpoint, make_structured
from copilot.llm.usage import MemoryCallLedger
from copilot.settings import LlmSettings


@pytest.mark.parametrize("given", [{}, {"model": "m"}, {"api_key": "k"}])
def test_no_endpoint_is_a_normal_state(given: dict[str, str], clock: FixedClock) -> None:
    assert make_structured(LlmSettings(**given), MemoryCallLedger(), clock) is None  # type: ignore[arg-type]  # pydantic reads text


def test_an_endpoint_without_a_model_name_is_named_as_the_mistake(clock: FixedClock) -> None:
    with pytest.raises(InvalidInput, match="COPILOT_LLM__MODEL"):
        make_structured(LlmSettings(base_url="http://127.0.0.1:1/v1"), MemoryCallLedger(), clock)


def test_a_key_and_a_model_without_address_mean_the_vendor(clock: FixedClock) -> None:
    settings = LlmSettings(api_key="k", model="m")  # type: ignore[arg-type]  # pydantic reads text
    endpoint = make_endpoint(settings)
    assert str(endpoint.chat.root_client.base_url).rstrip("/") == VENDOR_BASE_URL  # type: ignore[attr-defined]  # ChatOpenAI's
    endpoint.close()


def test_settings_reach_the_endpoint() -> None:
    settings = LlmSettings(
        base_url="http://127.0.0.1:1/v1", model="m", timeout_seconds=7, max_retries=3, max_output_tokens=50,
        ladder=["prompt"], daily_token_budget=9, max_concurrency=2,
    )  # fmt: skip
    endpoint = make_endpoint(settings)
    endpoint.close()
    assert endpoint.ladder == ("prompt",)
    assert (endpoint.timeout_seconds, endpoint.max_retries, endpoint.max_output_tokens) == (7, 3, 50)
    assert (endpoint.daily_token_budget, endpoint.max_concurrency) == (9, 2)
    assert endpoint.extra_body == {"max_tokens": 50, "temperature": 0.3}
