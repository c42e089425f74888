"""Errors as people see them: in the place where they happened, in their language, with the id of the request."""

from __future__ import annotations

import logging
from contextlib import suppress

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.console.catalogue import texts_of
from api.console.doors import door_page
from api.console.visit import SESSION, Visit, get_visit, going, language_of, sign_in_path
from api.errors import in_language, status_of
from api.field_errors import field_errors
from copilot import errors

_log = logging.getLogger(__name__)


def install(app: FastAPI) -> None:
    """Register the handlers."""

    @app.exception_handler(errors.CopilotError)
    def _named(request: Request, error: errors.CopilotError) -> Response:
        if isinstance(error, errors.Unauthenticated):
            return _to_sign_in(request)
        status = 400 if error.data.get("reason") == "invalid_cursor" else status_of(error)
        if status >= 500:
            _log.warning("%s: %s", error.code, error.message)
        visit = _visit(request)
        language = _language(request, visit)
        is_missing = isinstance(error, errors.NotFound) and "sentence" not in error.data
        sentence = texts_of(language)("problem.no_record") if is_missing else in_language(error, language)
        return _answer(request, visit, status, sentence)

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        visit = _visit(request)
        language = _language(request, visit)
        said = [
            f"{field.pointer.strip('#/')}: {field.detail}" for field in field_errors(error.errors(), None, language)
        ]
        return _answer(request, visit, 422, texts_of(language)("problem.invalid"), said)

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        visit = _visit(request)
        key = {404: "problem.not_found", 405: "problem.not_found"}.get(error.status_code, "problem.invalid")
        return _answer(request, visit, error.status_code, texts_of(_language(request, visit))(key))

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        _log.error("unhandled error", exc_info=error)
        visit = _visit(request)
        return _answer(request, visit, 500, texts_of(_language(request, visit))("problem.bug"))


def _visit(request: Request) -> Visit | None:
    with suppress(errors.CopilotError):
        return get_visit(request)
    return None


def _language(request: Request, visit: Visit | None) -> str:
    return visit.language if visit is not None else language_of(request)


def _to_sign_in(request: Request) -> Response:
    """Lead to the sign-in page, and from there back; a cookie that is worth nothing any more is dropped."""
    back = request.url.path if request.method == "GET" and request.headers.get("hx-request") != "true" else ""
    response = going(request, sign_in_path(back) if back else sign_in_path("").partition("?")[0])
    if SESSION in request.cookies:
        response.delete_cookie(SESSION, path="/console")
    return response


def _answer(
    request: Request, visit: Visit | None, status: int, sentence: str, fields: list[str] | None = None
) -> Response:
    values = {"status": status, "sentence": sentence, "fields": fields or []}
    if visit is None:
        return door_page(request, "problem_door.html", status=status, problem=values)
    if visit.is_htmx:
        return visit.fragment("problem_part.html", status=status, problem=values)
    return visit.page("problem.html", place="", status=status, problem=values)
