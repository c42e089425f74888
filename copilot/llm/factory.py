"""From settings to a StructuredModel on LangChain's ChatOpenAI; the only file that knows that client."""

from __future__ import annotations

from typing import Any, Final

from pydantic import SecretStr

from copilot.clock import Clock
from copilot.errors import InvalidInput
from copilot.llm.endpoint import Endpoint
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
    return StructuredModel(make_endpoint(settings), ledger, clock)


def make_endpoint(settings: LlmSettings) -> Endpoint:
    """Return the endpoint that `settings` describe; nothing is connected yet."""
    # A second of import time that a process without an endpoint never pays.
    import openai
    from langchain_openai import ChatOpenAI

    timeout = openai.Timeout(settings.timeout_seconds, connect=min(_CONNECT_SECONDS, settings.timeout_seconds))
    client = openai.DefaultHttpxClient(timeout=timeout)  # our own: LangChain's is shared and must not be closed
    arguments: dict[str, Any] = {
        "http_client": client,
        "model": settings.model,
        "base_url": settings.base_url or VENDOR_BASE_URL,
        "api_key": settings.api_key if settings.api_key.get_secret_value() else _NO_KEY,
        "timeout": timeout,
        "max_retries": 0,  # `Endpoint` retries itself
        "temperature": settings.temperature,
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
        ladder=tuple(settings.ladder),
        timeout_seconds=settings.timeout_seconds,
        max_retries=settings.max_retries,
        max_output_tokens=settings.max_output_tokens,
        max_concurrency=settings.max_concurrency,
        daily_token_budget=settings.daily_token_budget,
        # The client renames `max_tokens`, which older servers do not know under the new name: sent as it is.
        extra_body={settings.limit_name: settings.max_output_tokens},
        close=client.close,
    )
