"""Who is looking at a page: the session of the cookie, the community, the language; and the way to answer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from api.console.catalogue import LANGUAGES, Texts, texts_of
from api.console.csrf import FIELD, form_token, require_own_form
from api.console.navigation import PREFIX, places
from api.console.rendering import Clock, render
from copilot.community.access import Actor
from copilot.community.console_sessions import session_actor
from copilot.community.reader import set_reader
from copilot.community.tables import Member
from copilot.errors import Unauthenticated
from copilot.jobs import Jobs
from copilot.services import Services

SESSION, FORM, LANGUAGE, THEME = "console_session", "console_form", "console_language", "console_theme"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Home:
    """The visitor's community, as far as every page shows it."""

    id: str
    slug: str
    name: str
    locale: str
    timezone: str
    who: str  # the name of the member who looks, else that of the key


@dataclass(frozen=True)
class Visit:
    """A signed-in browser and its community."""

    request: Request
    services: Services
    jobs: Jobs
    actor: Actor
    home: Home
    language: str

    @property
    def t(self) -> Texts:
        """The texts of the visitor's language."""
        return texts_of(self.language)

    @property
    def community_id(self) -> str:
        """The community's id."""
        return self.home.id

    @property
    def today(self) -> date:
        """The day it is where the community is."""
        return self.services.clock.now().astimezone(ZoneInfo(self.home.timezone)).date()

    @property
    def is_htmx(self) -> bool:
        """Whether a part of a page is asked for, which the page puts in place."""
        return self.request.headers.get("hx-request") == "true"

    def page(self, name: str, *, place: str, status: int = 200, **values: Any) -> Response:
        """Return a whole page; `place` is the entry of the menu it belongs to."""
        return self._render(name, status, {"place": place, "places": places(self.actor), **values})

    def fragment(self, name: str, *, status: int = 200, trigger: str = "", **values: Any) -> Response:
        """Return a part of a page; other parts of it that wait for the event `trigger` ask for themselves anew."""
        part = self._render(name, status, values)
        if trigger:
            part.headers["HX-Trigger"] = trigger
        return part

    def go(self, path: str) -> Response:
        """Send the browser to another page of the console."""
        return going(self.request, path)

    def _render(self, name: str, status: int, values: dict[str, Any]) -> Response:
        clock = Clock(self.home.timezone, self.services.clock.now(), self.t)
        return render(name, self.t, clock, {**shown_to(self.request, self.language), "visit": self, **values}, status)


def going(request: Request, path: str) -> Response:
    """Send a browser to `path`: htmx by its own header, which loads the whole page, others by a redirect."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=303)


def shown_to(request: Request, language: str) -> dict[str, Any]:
    """Return what every page needs: language, theme, and the token of its forms."""
    cookie = request.cookies.get(SESSION) or form_cookie(request)
    theme = request.cookies.get(THEME, "auto")
    return {
        "language": language, "theme": theme if theme in THEMES else "auto", "csrf": form_token(cookie),
        "here": request.url.path, "request_id": getattr(request.state, "request_id", ""),
    }  # fmt: skip


def form_cookie(request: Request) -> str:
    """Return the cookie that forms before signing in are bound to; `app.py` sets the one that was made here."""
    found = request.cookies.get(FORM, "")
    return found if len(found) == 43 else str(getattr(request.state, "form_cookie", ""))


def language_of(request: Request, usual: str | None = None) -> str:
    """Return the language a visitor chose; without a choice the community's, or before signing in the browser's."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    if usual is not None:
        return usual if usual in LANGUAGES else "en"
    return "zh-CN" if request.headers.get("accept-language", "zh").lower().startswith("zh") else "en"


def get_visit(request: Request) -> Visit:
    """Return the visit of the session in the cookie.

    Raises:
        Unauthenticated: there is none, or it is over.
    """
    services: Services = request.app.state.services
    token = request.cookies.get(SESSION, "")
    if not token:
        raise Unauthenticated("sign in first")
    actor = session_actor(services.store, token)
    with services.store.read(actor.community_id) as unit:
        row = unit.community()
        member = unit.find(Member, actor.member_id) if actor.member_id is not None else None
        who = (member.name if member is not None else "") or actor.name
        home = Home(row.id, row.slug, row.name, row.locale, row.timezone, who)
    request.state.community_id = actor.community_id
    return Visit(request, services, request.app.state.jobs, actor, home, language_of(request, home.locale))


async def get_reading(visit: Annotated[Visit, Depends(get_visit)]) -> Visit:
    """Return the visit, and let services say in the visitor's language what is said to them alone.

    It is asynchronous on purpose: what a function on a thread of its own notes is not known to the page.
    """
    set_reader(visit.language)
    return visit


VisitDep = Annotated[Visit, Depends(get_reading)]


def get_writing(visit: VisitDep, csrf: Annotated[str, Form(alias=FIELD, max_length=200)] = "") -> Visit:
    """Return the visit of a form that we showed to this very session.

    Raises:
        Unauthenticated: nobody is signed in.
        Denied: the form is not ours.
    """
    require_own_form(visit.request.headers, visit.request.cookies.get(SESSION, ""), csrf)
    return visit


WritingDep = Annotated[Visit, Depends(get_writing)]


def require_anonymous_form(request: Request, csrf: Annotated[str, Form(alias=FIELD, max_length=200)] = "") -> None:
    """Pass when a form before signing in was shown by us to this browser.

    Raises:
        Denied: it was not.
    """
    require_own_form(request.headers, request.cookies.get(SESSION) or request.cookies.get(FORM, ""), csrf)


AnonymousForm = Depends(require_anonymous_form)


def sign_in_path(path: str) -> str:
    """Return the address of the sign-in page that leads back to `path`."""
    return f"{PREFIX}/sign-in?next={quote(path, safe='/')}"
