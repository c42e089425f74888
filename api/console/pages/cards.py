"""Cards to download and share: a member, a board or an event as one picture, in two themes and both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.console.visit import Visit, VisitDep
from api.errors import in_language
from copilot.cards.desk import Wish
from copilot.cards.links import CardLinkView
from copilot.cards.models import MOST_LINK_CHARS, Language
from copilot.cards.pictures import png
from copilot.cards.themes import ThemeName
from copilot.community.member_search import found_members
from copilot.community.models import Visibility
from copilot.community.tables import Member
from copilot.errors import CopilotError
from copilot.recognition.season_models import BoardKind

router = APIRouter(prefix="/cards")
Of = Literal["member", "ranking", "event"]
RecordId = Annotated[str, Query(max_length=64)]
Link = Annotated[str, Query(max_length=MOST_LINK_CHARS, pattern=r"^(https?://[!-?A-~]+)?$")]
BOARDS: tuple[BoardKind, ...] = ("individual", "newcomer", "team")
THEMES: tuple[ThemeName, ...] = ("light", "night")
_SEASONS, _EVENTS, _PEOPLE, _LINKS = 5, 6, 8, 20
# Opened by itself, an SVG is a page: it runs nothing and loads nothing, whatever a text in it says.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox", "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY", "Cache-Control": "private, no-store",
}  # fmt: skip


@router.get("")
def cards_page(  # noqa: PLR0913  # one parameter for each choice of the page
    visit: VisitDep, *, of: Annotated[Of | Literal[""], Query()] = "", record: RecordId = "",
    board: Annotated[BoardKind, Query()] = "individual", theme: Annotated[ThemeName, Query()] = "light",
    language: Annotated[Language | Literal[""], Query()] = "", link: Link = "",
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Choose whose card, how it looks and in which language; the picture beside it is the one that is downloaded."""
    _require_seer(visit)
    services, community_id = visit.services, visit.community_id
    seasons = services.recognition.seasons.list(community_id, limit=_SEASONS).items
    events = services.desks.life.list(community_id, when="coming", limit=_EVENTS).items if _reads_events(visit) else []
    people = _people(visit, q.strip())
    chosen: tuple[str, str] = (of, record) if of and record else _first(visit, seasons, events)
    look = {"theme": theme, "language": language or visit.language, "link": link}
    problem = _problem(visit, chosen, board, look)
    drawn = {"of": chosen[0], "record": chosen[1], "board": board, **look}
    return visit.page(
        "cards.html", place="me" if visit.actor.member_id else "recognition", seasons=seasons, events=events,
        people=people, of=chosen[0], record=chosen[1], board=board, look=look, q=q.strip(), boards=BOARDS,
        themes=THEMES, drawn=urlencode(drawn), problem=problem is not None, kept=urlencode(look),
        problem_words="" if problem is None else in_language(problem, visit.language), links=_links(visit),
        may_link=_may_link(visit, chosen),
    )  # fmt: skip


@router.get("/picture.{form}")
def picture(  # noqa: PLR0913  # one parameter for each choice of the page
    visit: VisitDep, form: Annotated[Literal["svg", "png"], Path()], *, of: Annotated[Of, Query()], record: RecordId,
    board: Annotated[BoardKind, Query()] = "individual", theme: Annotated[ThemeName, Query()] = "light",
    language: Annotated[Language | None, Query()] = None, link: Link = "",
) -> Response:  # fmt: skip
    """Draw the card anew, so that hiding, opting out and deletion hold at once."""
    _require_seer(visit)
    svg = _svg(visit, (of, record), board, Wish(theme, language, link))
    headers = {**_HEADERS, "Content-Disposition": f'inline; filename="card.{form}"'}
    if form == "png":
        return Response(png(visit.services.cards.book, svg), media_type="image/png", headers=headers)
    return Response(svg, media_type="image/svg+xml", headers=headers)


def _svg(visit: Visit, of: tuple[str, str], board: BoardKind, wish: Wish) -> str:
    kind, record = of
    desk, community_id = visit.services.cards, visit.community_id
    if kind == "member":
        return desk.member(community_id, record, wish, actor=visit.actor)
    if kind == "ranking":
        return desk.ranking(community_id, record, board, wish)
    if not visit.actor.may("self:read"):
        visit.actor.require("events:read")
    return desk.event(community_id, record, wish)


def _require_seer(visit: Visit) -> None:
    """Pass members and staff; what of a card they may have is asked again when it is drawn."""
    if not visit.actor.may("self:read"):
        visit.actor.require("recognition:read")


def _links(visit: Visit) -> list[CardLinkView]:
    """Return the newest links: of the member's own card, or for operators of all."""
    book, own = visit.services.cards.links, visit.actor.member_id
    if own is None and not visit.actor.may("recognition:write"):
        return []
    return book.list(visit.community_id, member_id=own, limit=_LINKS).items


def _may_link(visit: Visit, chosen: tuple[str, str]) -> bool:
    kind, record = chosen
    if kind == "member" and record == visit.actor.member_id:
        return visit.actor.may("self:write")
    return bool(kind) and visit.actor.may("events:write" if kind == "event" else "recognition:write")


def _reads_events(visit: Visit) -> bool:
    return visit.actor.may("self:read") or visit.actor.may("events:read")


def _people(visit: Visit, text: str) -> list[Member]:
    """Return whose card staff may choose: who shows themselves to the community, those that a text finds."""
    if not visit.actor.may("members:read"):
        return []
    with visit.services.store.read(visit.community_id) as unit:
        statement = found_members(visit.actor, text).where(Member.visibility == Visibility.COMMUNITY.value)
        return unit.page(statement, (Member.name, Member.id), limit=_PEOPLE, cursor=None, descending=False).items


def _first(visit: Visit, seasons: Sequence[Any], events: Sequence[Any]) -> tuple[str, str]:
    """Return what is shown before anything was chosen."""
    if visit.actor.member_id:
        return "member", visit.actor.member_id
    if seasons:
        running = next((one for one in seasons if one.state == "running"), seasons[0])
        return "ranking", str(running.id)
    return ("event", str(events[0].id)) if events else ("", "")


def _problem(visit: Visit, chosen: tuple[str, str], board: BoardKind, look: dict[str, Any]) -> CopilotError | None:
    """Return why there is no such card, to be said in its place: a picture cannot say it."""
    if not chosen[0]:
        return None
    try:
        _svg(visit, chosen, board, Wish(look["theme"], look["language"], look["link"]))
    except CopilotError as error:
        return error
    return None
