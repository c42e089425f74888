"""The first run: the owner of the machine creates a community; what follows is done by its first admin key."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Request
from starlette.responses import RedirectResponse, Response

from api.console.doors import door_page, let_in
from api.console.navigation import PREFIX
from api.console.visit import AnonymousForm, language_of
from copilot.community.access import create_key
from copilot.community.console_sessions import sign_in
from copilot.community.creation import create_community, has_community, parse_config
from copilot.community.models import Role
from copilot.community.setup_links import check_setup_token
from copilot.errors import Conflict, CopilotError, InvalidInput, Unauthenticated
from copilot.services import Services

router = APIRouter()
Token = Annotated[str, Path(max_length=200)]
Line = Annotated[str, Form(max_length=100)]
_FIRST_KEY = {"zh-CN": "第一把密钥", "en": "First key"}
TIMEZONES = (
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "Europe/Berlin",
    "America/New_York", "America/Los_Angeles", "Australia/Sydney", "UTC",
)  # fmt: skip


@router.get("/setup/{token}")
def setup_page(request: Request, token: Token) -> Response:
    """Ask what the community is called."""
    try:
        _unused(request, token)
    except Unauthenticated:
        return door_page(request, "link.html", status=401, token="", actor=None, community="")
    given = {"name": "", "slug": "", "locale": language_of(request), "timezone": "Asia/Shanghai", "kind": "light"}
    return _form(request, token, given)


@router.post("/setup/{token}", dependencies=[AnonymousForm])
def create(  # noqa: PLR0913  # one parameter for each field of the form
    request: Request,
    token: Token,
    *,
    name: Line = "",
    slug: Line = "",
    locale: Line = "zh-CN",
    timezone: Line = "Asia/Shanghai",
    kind: Line = "light",
) -> Response:
    """Create the community with a first key, and sign in with it."""
    given = {"name": name.strip(), "slug": slug.strip(), "locale": locale, "timezone": timezone, "kind": kind}
    services: Services = request.app.state.services
    try:
        unique = _unused(request, token)
    except Unauthenticated:
        return door_page(request, "link.html", status=401, token="", actor=None, community="")
    try:
        config = parse_config(given)
        if has_community(services.store, config.slug):
            raise Conflict("taken", reason="taken")
    except (InvalidInput, Conflict) as error:
        return _form(request, token, given, error)
    request.app.state.used_setups.add(unique)
    community_id = create_community(services.store, config)
    with services.store.write(community_id) as unit:
        key = create_key(unit, _FIRST_KEY[config.locale], Role.ADMIN)
        unit.audit("console", "community.created", ("community", community_id))
        unit.audit("console", "key.created", ("api_key", key.key_id), role=Role.ADMIN.value)
    return let_in(request, RedirectResponse(f"{PREFIX}/start", status_code=303), sign_in(services.store, key.secret))


def _unused(request: Request, token: str) -> str:
    """Return what is unique of the token.

    Raises:
        Unauthenticated: it is not valid, or was used.
    """
    state = request.app.state
    unique = check_setup_token(state.local_token, token, state.services.clock.now())
    if unique in state.used_setups:
        raise Unauthenticated("this link was used")
    return unique


def _form(request: Request, token: str, given: dict[str, str], error: CopilotError | None = None) -> Response:
    problems: list[dict[str, Any]] = []
    if isinstance(error, Conflict):
        problems = [{"field": "slug", "problem": ""}]
    elif error is not None:
        problems = list(error.data.get("problems", []))  # type: ignore[call-overload]  # a list of dicts, as `parse_config` makes it
    wrong = {str(problem["field"]) for problem in problems}
    return door_page(
        request, "setup.html", status=422 if problems else 200, token=token, given=given, wrong=wrong,
        is_taken=isinstance(error, Conflict), timezones=TIMEZONES,
    )  # fmt: skip
