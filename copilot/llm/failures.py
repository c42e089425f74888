"""What can go wrong at an endpoint, in our own errors. The endpoint's words are left out: they may repeat the prompt."""

from __future__ import annotations

import re
from typing import Final

from copilot.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable

# Raised by the client libraries when a body is not a chat completion: an HTML page, null choices, half a JSON.
_NONSENSE: Final = (AttributeError, KeyError, IndexError, TypeError, ValueError)
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|window|size)|too long|too many tokens|maximum.{0,20}tokens", re.IGNORECASE
)
_MODE_WORDS = re.compile(r"response_format|json_schema|json_object|grammar|structured", re.IGNORECASE)
_PLAIN_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


def translate(error: BaseException) -> ModelError | None:
    """Return our error for one raised while calling a model, or None when it does not come from the endpoint.

    `data["reason"]` is one of `timeout`, `unreachable`, `server_error`, `not_a_completion`, `authentication`,
    `rate_limited`, `too_long`, `bad_request`, `not_found`, `content_filter`; `status` is the HTTP status, if any.
    """
    # openai and httpx2 cost half a second of import; a process without an endpoint never pays it.
    import httpx2
    import openai
    from langchain_core.exceptions import ContextOverflowError, ModelTimeoutError

    if isinstance(error, ModelError):
        return error
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException | ModelTimeoutError | TimeoutError):
        return ModelTimeout("the model endpoint did not answer in time", reason="timeout")
    if isinstance(error, ContextOverflowError):
        return ModelRefused("the prompt is too long for the model", reason="too_long")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ModelRefused("the endpoint's content filter declined", reason="content_filter")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error.status_code, str(error), error.response.headers.get("retry-after"), error.code)
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | httpx2.StreamError | OSError):
        return ModelUnavailable("the model endpoint cannot be reached", reason="unreachable")
    if isinstance(error, openai.OpenAIError):
        return ModelUnavailable("the model endpoint reported a failure of its own", reason="server_error")
    if isinstance(error, _NONSENSE):
        return ModelUnavailable(
            "the model endpoint answered something that is no completion", reason="not_a_completion"
        )
    return None


def _by_status(status: int, text: str, retry_after: str | None, code: object) -> ModelError:
    data: dict[str, object] = {"status": status}
    if isinstance(code, str) and _PLAIN_CODE.fullmatch(code):
        data["endpoint_code"] = code
    if status in {401, 403}:
        return ModelRefused(f"the model endpoint refused our key ({status})", reason="authentication", **data)
    if status == 429:
        if retry_after and retry_after.isdigit():
            data["retry_after_seconds"] = int(retry_after)
        return ModelRefused(
            "the model endpoint says too many requests or no quota (429)", reason="rate_limited", **data
        )
    if status == 404:
        return ModelRefused("the model endpoint knows no such model or path (404)", reason="not_found", **data)
    if status in {408, 504}:
        return ModelTimeout(f"the model endpoint timed out ({status})", reason="timeout", **data)
    if status == 413 or (status < 500 and _TOO_LONG.search(text)):
        return ModelRefused(f"the prompt is too long for the model ({status})", reason="too_long", **data)
    if status < 500 or status == 501 or _MODE_WORDS.search(text):
        return ModelRefused(f"the model endpoint does not accept the request ({status})", reason="bad_request", **data)
    return ModelUnavailable(f"the model endpoint failed ({status})", reason="server_error", **data)
