"""From settings to a StructuredModel on LangChain's ChatOpenAI; the only file that knows that client."""

from __future__ import annotations

from typing import Any, Final

from pydantic import SecretStr

from copilot.clock import Clock
from copilot.errors import InvalidInput
from copilot.llm.breaker import Breaker, BreakerRules
from copilot.llm.endpoint import Endpoint
from copilot.llm.line import trace_current
from copilot.llm.quirks import Quirks, quirks_of
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import CallLedger
from copilot.settings import LlmSettings

VENDOR_BASE_URL: Final = "https://api.openai.com/v1"
_CONNECT_SECONDS: Final = 10.0
_NO_KEY: Final = SecretStr("none")  # local servers want a key and accept any


def make_structured(settings: LlmSettings, ledger: CallLedger, clock: Clock) -> StructuredModel | None:
    """Return the model port, or None when no endpoint is configured, which is a normal state.

    Raises:
        InvalidInput: an endpoint or key is given but no model name.
    """
    has_key = bool(settings.api_key.get_secret_value())
    if not settings.base_url and not (has_key and settings.model):
        return None
    if not settings.model:
        raise InvalidInput("COPILOT_LLM__MODEL must name the model of COPILOT_LLM__BASE_URL", field="llm.model")
    rules = BreakerRules(settings.breaker_failures, settings.breaker_window_seconds, settings.breaker_rest_seconds)
    return StructuredModel(make_endpoint(settings), ledger, clock, Breaker(rules))


def make_endpoint(settings: LlmSettings) -> Endpoint:
    """Return the endpoint that `settings` describe; nothing is connected yet."""
    # A second of import time that a process without an endpoint never pays.
    import httpx2
    import openai
    from langchain_openai import ChatOpenAI

    timeout = openai.Timeout(settings.timeout_seconds, connect=min(_CONNECT_SECONDS, settings.timeout_seconds))
    quirks = quirks_of(settings.vendor, settings.base_url)
    chosen = settings.model_fields_set
    # Our own client: LangChain's is shared and must not be closed. A connection serves one request: only of those it
    # opens does the client tell the socket, without which a call that waits cannot be hung up (`line.py`).
    client = openai.DefaultHttpxClient(
        timeout=timeout,
        limits=httpx2.Limits(max_connections=settings.max_concurrency, max_keepalive_connections=0),
        event_hooks={"request": [trace_current]},
    )
    arguments: dict[str, Any] = {
        "http_client": client,
        "model": settings.model,
        "base_url": settings.base_url or VENDOR_BASE_URL,
        "api_key": settings.api_key if settings.api_key.get_secret_value() else _NO_KEY,
        "timeout": timeout,
        "max_retries": 0,  # `Endpoint` retries itself
        "stream_usage": True,
        "use_responses_api": False,
        "profile": {},
    }
    chat = ChatOpenAI(**arguments)
    # The client fills these from the environment, which belongs to the entry points alone.
    chat.root_client.organization = chat.root_client.project = None
    return Endpoint(
        chat=chat,
        model=settings.model,
        ladder=tuple(settings.ladder) if "ladder" in chosen else quirks.ladder,
        timeout_seconds=settings.timeout_seconds,
        max_retries=settings.max_retries,
        max_output_tokens=settings.max_output_tokens,
        max_concurrency=settings.max_concurrency,
        daily_token_budget=settings.daily_token_budget,
        extra_body=_fields(settings, quirks),
        close=client.close,
    )


def _fields(settings: LlmSettings, quirks: Quirks) -> dict[str, Any]:
    """Return the fields beside the messages. They go past the client, which renames some and cannot take them back."""
    chosen = settings.model_fields_set
    fields: dict[str, Any] = {
        settings.limit_name if "limit_name" in chosen else quirks.limit_name: settings.max_output_tokens
    }
    if quirks.has_temperature or "temperature" in chosen:
        fields["temperature"] = settings.temperature
    return fields if settings.thinking else {**fields, **quirks.no_thinking}
