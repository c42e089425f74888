"""What can go wrong at an endpoint, in our own errors. The endpoint's words are left out: they may repeat the prompt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

from copilot.errors import ModelError, ModelRefused, ModelTimeout, ModelUnavailable
from copilot.llm.quirks import ERROR_CODES
from copilot.llm.wire import OPTIONAL

# Raised by the client libraries when a body is not a chat completion: an HTML page, null choices, half a JSON.
_NONSENSE: Final = (AttributeError, KeyError, IndexError, TypeError, ValueError)
_TOO_LONG = re.compile(
    r"context.{0,20}(?:length|window|size)|too long|too many tokens|maximum.{0,20}tokens", re.IGNORECASE
)
_MODE_WORDS = re.compile(r"response_format|json_schema|json_object|json.?mode|grammar|structured", re.IGNORECASE)
_PLAIN_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_UNKNOWN = r"unsupported|not supported|does not support|unrecogni[sz]ed|unknown|unexpected|extra|not permitted|instead"
# A limit that is merely too large is no reason to send it under another name.
_REFUSED_LIMIT = re.compile(rf"\b(max_tokens|max_completion_tokens)\b.{{0,80}}?(?:{_UNKNOWN})|(?:{_UNKNOWN}).{{0,80}}?\b(max_tokens|max_completion_tokens)\b", re.IGNORECASE | re.DOTALL)  # fmt: skip
_REFUSED_FIELD = re.compile(rf"\b({'|'.join(OPTIONAL)})\b", re.IGNORECASE)
_REFUSING = re.compile(rf"{_UNKNOWN}|invalid|only .{{1,20}} (?:is|are) allowed", re.IGNORECASE)


def translate(error: BaseException) -> ModelError | None:
    """Return our error for one raised while calling a model, or None when it does not come from the endpoint.

    `data["reason"]` is one of `timeout`, `unreachable`, `server_error`, `not_a_completion`, `authentication`, `quota`,
    `rate_limited`, `too_long`, `bad_request`, `parameter` (with its name), `not_found`, `content_filter`; `status` is
    the HTTP status, if any.
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
        told = _Told(str(error), _code_in(error.body) or error.code, error.param)
        return _by_status(error.status_code, told, error.response.headers.get("retry-after"))
    if isinstance(error, openai.APIConnectionError | httpx2.HTTPError | httpx2.StreamError | OSError):
        return ModelUnavailable("the model endpoint cannot be reached", reason="unreachable")
    if isinstance(error, openai.OpenAIError):
        return ModelUnavailable("the model endpoint reported a failure of its own", reason="server_error")
    if isinstance(error, _NONSENSE):
        if error.args and isinstance(error.args[0], dict):  # an error object in a body that says all is well
            return _in_good_body(error.args[0])
        return ModelUnavailable(
            "the model endpoint answered something that is no completion", reason="not_a_completion"
        )
    return None


@dataclass(frozen=True)
class _Told:
    """What an endpoint said of a failure; never passed on."""

    text: str
    code: object
    parameter: str | None = None


def _code_in(body: object) -> object:
    """Return the code of an error body, OpenAI's `{"error": {"code"}}` (unwrapped by the client) or a flat one."""
    return body.get("code") if isinstance(body, dict) else None


def _in_good_body(body: dict[str, Any]) -> ModelError:
    code = body.get("code")
    said = str(code)
    status = int(said) if len(said) == 3 and said.isdigit() and 400 <= int(said) < 600 else 200
    return _by_status(status, _Told(str(body.get("message", "")), code), None)


def _by_status(status: int, told: _Told, retry_after: str | None) -> ModelError:
    data: dict[str, object] = {"status": status}
    text, code = told.text, str(told.code) if isinstance(told.code, str | int) else ""
    if _PLAIN_CODE.fullmatch(code) and code != str(status):
        data["endpoint_code"] = code
    if known := _by_code(ERROR_CODES.get(code.lower(), ""), status, data):
        return known
    if status == 402:
        return ModelRefused("the account at the model endpoint is empty (402)", reason="quota", **data)
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
    if parameter := _refused_parameter(status, told):
        return ModelRefused(
            f"the model endpoint does not take {parameter} ({status})", reason="parameter", parameter=parameter, **data
        )
    if 400 <= status < 500 or status == 501 or _MODE_WORDS.search(text):
        return ModelRefused(f"the model endpoint does not accept the request ({status})", reason="bad_request", **data)
    return ModelUnavailable(f"the model endpoint failed ({status})", reason="server_error", **data)


def _by_code(reason: str, status: int, data: dict[str, object]) -> ModelError | None:
    """Return the error for a reason that the vendor's own code gives away, which says more than the status does."""
    if reason == "content_filter":
        return ModelRefused(f"the endpoint's content filter declined ({status})", reason=reason, **data)
    if reason == "quota":
        return ModelRefused(f"the account at the model endpoint is empty ({status})", reason=reason, **data)
    if reason == "rate_limited" and status != 429:  # a 429 goes its own way, for its `retry-after`
        return ModelRefused(f"the model endpoint says too many requests ({status})", reason=reason, **data)
    if reason == "authentication":
        return ModelRefused(f"the model endpoint refused our key ({status})", reason=reason, **data)
    if reason == "too_long":
        return ModelRefused(f"the prompt is too long for the model ({status})", reason=reason, **data)
    if reason == "not_found":
        return ModelRefused(f"the model endpoint knows no such model or path ({status})", reason=reason, **data)
    if reason == "server_error":
        return ModelUnavailable(f"the model endpoint failed ({status})", reason=reason, **data)
    return None


def _refused_parameter(status: int, told: _Told) -> str | None:
    """Return the name of a field of ours that the endpoint does not take, or None when it complains of something else."""
    if status not in {400, 422} or _MODE_WORDS.search(told.text):
        return None
    if limit := _REFUSED_LIMIT.search(told.text):
        return (limit[1] or limit[2]).lower()
    if told.parameter in OPTIONAL:
        return told.parameter
    field = _REFUSED_FIELD.search(told.text)
    return field[1].lower() if field and _REFUSING.search(told.text) else None
