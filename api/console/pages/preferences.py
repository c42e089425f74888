"""Language and appearance, kept in the browser: they are nobody else's concern."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from api.console.doors import set_cookie
from api.console.navigation import PREFIX, safe_next
from api.console.visit import LANGUAGE, THEME, AnonymousForm

router = APIRouter()
_YEAR = 365 * 24 * 3600


@router.post("/preferences", dependencies=[AnonymousForm])
def choose(
    request: Request,
    language: Annotated[Literal["zh-CN", "en"] | None, Form()] = None,
    theme: Annotated[Literal["auto", "light", "dark"] | None, Form()] = None,
    after: Annotated[str, Form(alias="next", max_length=500)] = "",
) -> Response:
    """Keep a choice and go back to the page it was made on."""
    response = RedirectResponse(safe_next(after) or f"{PREFIX}/", status_code=303)
    for name, value in ((LANGUAGE, language), (THEME, theme)):
        if value is not None:
            set_cookie(request, response, name, value, _YEAR)
    return response
