"""Pages for those who are not signed in: their forms are bound to a cookie of their own."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import Request
from starlette.responses import Response

from api.console.catalogue import texts_of
from api.console.navigation import PREFIX
from api.console.rendering import Clock, render
from api.console.visit import FORM, SESSION, form_cookie, language_of, shown_to
from copilot.community.console_sessions import Ticket
from copilot.services import Services

_FORM_SECONDS = 3600


def door_page(request: Request, name: str, *, status: int = 200, timezone: str = "UTC", **values: Any) -> Response:
    """Return a page for somebody who is not signed in; `timezone` is that of the community it is about, if any."""
    is_new = not form_cookie(request)
    if is_new:
        request.state.form_cookie = secrets.token_urlsafe(32)
    language = language_of(request)
    services: Services = request.app.state.services
    clock = Clock(timezone, services.clock.now(), texts_of(language))
    response = render(name, texts_of(language), clock, {**shown_to(request, language), **values}, status)
    if is_new:
        set_cookie(request, response, FORM, request.state.form_cookie, _FORM_SECONDS, strict=True)
    return response


def let_in(request: Request, response: Response, ticket: Ticket) -> Response:
    """Give the browser its session."""
    services: Services = request.app.state.services
    seconds = int((ticket.expires_at - services.clock.now()).total_seconds())
    set_cookie(request, response, SESSION, ticket.token, seconds)
    response.delete_cookie(FORM, path=PREFIX)
    return response


def set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int, *, strict: bool = False
) -> None:
    """Set a cookie that no script reads and that no other site's form sends."""
    response.set_cookie(
        name, value, max_age=seconds, path=PREFIX, httponly=True, secure=request.url.scheme == "https",
        samesite="strict" if strict else "lax",
    )  # fmt: skip
