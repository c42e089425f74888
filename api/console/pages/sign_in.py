"""In and out: with a key, or with a one-time link."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.console.doors import door_page, let_in
from api.console.navigation import PREFIX, safe_next, start_of
from api.console.visit import SESSION, AnonymousForm, VisitDep, WritingDep
from copilot.community.access import Actor
from copilot.community.console_sessions import Ticket, link_actor, redeem, session_actor, sign_in, sign_out
from copilot.errors import Unauthenticated
from copilot.services import Services

router = APIRouter()
Next = Annotated[str, Query(alias="next", max_length=500)]
Token = Annotated[str, Path(max_length=200)]


@router.get("/")
def front(request: Request) -> Response:
    """Lead to where the visitor starts, or to the sign-in page."""
    actor = _signed_in(request)
    return RedirectResponse(f"{PREFIX}/sign-in" if actor is None else start_of(actor), status_code=303)


@router.get("/sign-in")
def sign_in_page(request: Request, after: Next = "") -> Response:
    """Ask for a key."""
    return door_page(request, "sign_in.html", after=safe_next(after), is_wrong=False)


@router.post("/sign-in", dependencies=[AnonymousForm])
def sign_in_with_key(
    request: Request,
    key: Annotated[str, Form(max_length=200)] = "",
    after: Annotated[str, Form(alias="next", max_length=500)] = "",
) -> Response:
    """Sign in with a key."""
    services: Services = request.app.state.services
    try:
        ticket = sign_in(services.store, key.strip())
    except Unauthenticated:
        return door_page(request, "sign_in.html", status=401, after=safe_next(after), is_wrong=True)
    return _welcome(request, services, ticket, safe_next(after))


@router.get("/link/{token}")
def link_page(request: Request, token: Token) -> Response:
    """Say who the link signs in; it is used up by the button alone, since chats and mail open links to preview them."""
    services: Services = request.app.state.services
    try:
        actor = link_actor(services.store, token)
    except Unauthenticated:
        return door_page(request, "link.html", status=401, token="", actor=None, community="")
    with services.store.read(actor.community_id) as unit:
        name = unit.community().name
    return door_page(request, "link.html", token=token, actor=actor, community=name)


@router.post("/link/{token}", dependencies=[AnonymousForm])
def use_link(request: Request, token: Token) -> Response:
    """Sign in with a link, once."""
    services: Services = request.app.state.services
    try:
        ticket = redeem(services.store, token)
    except Unauthenticated:
        return door_page(request, "link.html", status=401, token="", actor=None, community="")
    return _welcome(request, services, ticket, "")


@router.post("/sign-out")
def leave(visit: WritingDep) -> Response:
    """End the session."""
    sign_out(visit.services.store, visit.request.cookies.get(SESSION, ""))
    response = visit.go(f"{PREFIX}/sign-in")
    response.delete_cookie(SESSION, path=PREFIX)
    return response


@router.get("/welcome")
def welcome(visit: VisitDep) -> Response:
    """Greet somebody whose key opens no page yet, and say what it is for."""
    return visit.page("welcome.html", place="")


def _welcome(request: Request, services: Services, ticket: Ticket, after: str) -> Response:
    actor = session_actor(services.store, ticket.token)
    return let_in(request, RedirectResponse(after or start_of(actor), status_code=303), ticket)


def _signed_in(request: Request) -> Actor | None:
    services: Services = request.app.state.services
    try:
        return session_actor(services.store, request.cookies.get(SESSION, ""))
    except Unauthenticated:
        return None
