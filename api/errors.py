"""Every error leaves as RFC 9457 problem details; this file owns the one table of HTTP statuses."""

from __future__ import annotations

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from api.credentials import actor_of
from api.field_errors import FieldError, field_errors
from copilot import errors
from copilot.community.access import enter
from copilot.partners.letters import PartnerAway
from copilot.pipeline import JobCancelled
from copilot.services import Services

_log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
# The first class in the error's own line of ancestors that is listed wins.
STATUS: dict[type[errors.CopilotError], int] = {
    errors.CopilotError: 500,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.InvalidInput: 422,
    errors.TooLarge: 413,
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.RateLimited: 429,
    errors.StoreBusy: 503,
    errors.StoreFull: 507,
    errors.StoreUnavailable: 503,
    errors.IndexUnavailable: 503,
    errors.EmbeddingFailed: 503,
    errors.ModelError: 502,
    errors.ModelUnavailable: 503,
    errors.ModelTimeout: 504,
    errors.BudgetExceeded: 429,
    JobCancelled: 409,
    PartnerAway: 503,
}
_RETRY_SECONDS = {503: 2, 429: 30}
_INVALID = {"en": "the request is not valid; see errors", "zh-CN": "请求有误，每一处见 errors"}


_READING = "There was an error parsing the body"  # FastAPI's words for bytes that are no text
_UNREADABLE = {
    "en": "the body cannot be read: it is no JSON in UTF-8",
    "zh-CN": "请求体无法读取：不是 UTF-8 编码的 JSON",
}


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field("about:blank", description="always about:blank; branch on `code`")
    title: str = Field(description="the status in words", examples=["Not Found"])
    status: int = Field(description="the HTTP status", examples=[404])
    detail: str = Field(description="a sentence for the person who reads it")
    code: str = Field(description="stable name of the error", examples=["not_found"])
    request_id: str = Field("", description="quote this when you report the problem")
    errors: list[FieldError] = Field([], description="wrong fields, when there are any")
    data: dict[str, Any] = Field({}, description="details by name")


def status_of(error: errors.CopilotError) -> int:
    """Return the HTTP status of a named error."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def problem(request: Request, status: int, code: str, detail: str, **more: Any) -> JSONResponse:
    """Return a problem+json response; `more` may hold `errors`, `data` and `headers`."""
    headers = dict(more.pop("headers", {}))
    if status in _RETRY_SECONDS:
        headers.setdefault("Retry-After", str(_RETRY_SECONDS[status]))
    if status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="copilot"')
    body = Problem(
        title=HTTPStatus(status).phrase, status=status, code=code, detail=detail,
        request_id=getattr(request.state, "request_id", ""), **more,
    )  # fmt: skip
    return JSONResponse(jsonable_encoder(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def from_error(request: Request, error: errors.CopilotError) -> JSONResponse:
    """Return the response of a named error."""
    status = 400 if error.data.get("reason") == "invalid_cursor" else status_of(error)
    if status >= 500:
        _log.warning("%s: %s", error.code, error.message)
    data = {name: value for name, value in error.data.items() if name != "raw"}
    detail = _detail(request, error)
    headers = {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(error.data.get("retry_after_seconds", 1))
    fields = []
    if isinstance(error, errors.InvalidInput) and "field" in error.data:
        fields = [FieldError(pointer=_place(error), detail=detail)]
    return problem(request, status, error.code, detail, data=data, errors=fields, headers=headers)


def _place(error: errors.InvalidInput) -> str:
    """Return where the input is wrong: a pointer into the body, or the name of the parameter."""
    return f"#{error.data['pointer']}" if "pointer" in error.data else str(error.data["field"])


def _detail(request: Request, error: errors.CopilotError) -> str:
    """Return what is wrong in the language of the community that was asked, if the error knows it."""
    # A key that was refused just now need not be looked up again.
    locale = None if isinstance(error, errors.Unauthenticated) else _locale(request)
    return error.message if locale is None else in_language(error, locale)


def in_language(error: errors.CopilotError, locale: str) -> str:
    """Return what is wrong in `locale`, as far as that can be said."""
    if "sentence" not in error.data and locale == "zh-CN":
        return _in_chinese(error)
    return errors.said_in(error, locale)


# Records by the names that people see; what is not named here keeps the name it has in the API.
_KINDS = {
    "member": "成员", "resource": "资源", "event": "活动", "event_plan": "活动方案", "message": "消息", "channel": "频道",
    "loan": "借用", "topic_suggestion": "选题", "topic_post": "文章", "case": "案件", "decision": "决定", "appeal": "申诉",
    "report": "举报", "signup": "报名", "group": "分组", "clause": "条款", "api_key": "密钥", "round": "轮次",
    "rotation": "轮换", "season": "赛季", "award": "奖项", "reward": "奖励", "partnership": "合作", "agreement": "约定",
    "search": "计算", "inquiry": "提问", "job": "任务", "alert": "提醒", "introduction": "引荐", "match": "推荐",
}  # fmt: skip


def _in_chinese(error: errors.CopilotError) -> str:
    """What any record may be refused with is said here; other messages without a sentence stay as they are."""
    if isinstance(error, errors.Denied) and "scope" in error.data:
        return f"这把钥匙没有 {error.data['scope']} 权限"
    if isinstance(error, errors.NotFound) and "kind" in error.data:
        kind = str(error.data["kind"])
        return f"没有找到「{error.data.get('id', '')}」（{_KINDS.get(kind, kind)}）"
    return error.message


def _locale(request: Request) -> str | None:
    """Return the language of the community that was asked; None when the caller was not let into one."""
    services = _services(request)
    if services is None:
        return None
    community_id = getattr(request.state, "community_id", None) or _entered(request, services)
    if community_id is None:
        return None
    with suppress(errors.CopilotError), services.store.read(community_id) as unit:
        return unit.community().locale
    return None


def _services(request: Request) -> Services | None:
    """Return what the application serves with; None where a request is refused before it reaches the application."""
    app = request.scope.get("app")
    return None if app is None else getattr(app.state, "services", None)


def _entered(request: Request, services: Services) -> str | None:
    """Return the community of the path when the key may enter it: a body that is no JSON is refused before that is known."""
    with suppress(errors.CopilotError):
        return enter(services.store, actor_of(request), str(request.path_params.get("community", "")))
    return None


def from_bug(request: Request, error: Exception) -> JSONResponse:
    """Log an error that has no name and return its response, which says nothing of it."""
    _log.error("unhandled error", exc_info=error)
    return problem(request, 500, "internal_error", "something broke on our side; the log has the details")


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(errors.CopilotError)
    def _named(request: Request, error: errors.CopilotError) -> JSONResponse:
        return from_error(request, error)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        locale = _locale(request) or "en"
        fields = field_errors(error.errors(), error.body, locale)
        return problem(request, 422, "invalid_input", _INVALID.get(locale, _INVALID["en"]), errors=fields)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> JSONResponse:
        if errors.is_out_of_space(error.__cause__):  # FastAPI takes it for a body that cannot be read
            return from_error(request, errors.StoreFull("the disk is full; the upload was not kept"))
        codes = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        code = codes.get(error.status_code, "http_error")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(sorted(_methods(app, request.url.path)))
        detail = str(error.detail)
        if detail == _READING:
            detail = _UNREADABLE[_locale(request) or "en"]
        return problem(request, error.status_code, code, detail, headers=headers)

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> JSONResponse:
        return from_bug(request, error)


def _methods(app: FastAPI, path: str) -> set[str]:
    """Return what is documented at a path; the router itself names only its first route there."""
    paths: dict[str, dict[str, Any]] = app.openapi()["paths"]
    found = [template for template in paths if compile_path(template)[0].match(path)]
    # Of `/event-plans/stream` and `/event-plans/{plan_id}` the one with fewer parameters is meant.
    meant = min(found, key=lambda template: template.count("{"), default=None)
    return {method.upper() for method in paths[meant]} if meant else set()


_DETAILS = {
    400: "the request cannot be read",
    401: "no key, or a key that is not valid",
    403: "the key lacks the scope",
    404: "there is no such record in this community",
    409: "the state of the record does not allow this",
    413: "the body is larger than allowed",
    422: "the request is not valid",
    429: "too many requests, or the token budget is used up; see Retry-After",
    502: "the model's answer could not be used",
    503: "a part the service needs is busy or away; see Retry-After",
    504: "the model did not answer in time",
    507: "the disk is full",
}
# Every route may answer with any of these.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, text in _DETAILS.items()
}
