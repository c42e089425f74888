"""The boards of a season, as members see them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.console.own import own_member
from api.console.pages.cards import BOARDS
from api.console.visit import VisitDep

router = APIRouter(prefix="/me/boards")
_ROWS, _SEASONS = 10, 50


@router.get("")
def boards_page(visit: VisitDep, season: Annotated[str, Query(max_length=64)] = "") -> Response:
    """Show the first ten of each board of a season: the one that runs, when none is named."""
    member_id = own_member(visit)
    desk, community_id = visit.services.recognition.seasons, visit.community_id
    seasons = desk.list(community_id, limit=_SEASONS).items
    running = next((one for one in seasons if one.state == "running"), seasons[0] if seasons else None)
    season_id = season or (running.id if running is not None else "")
    boards = [desk.board(community_id, season_id, kind, limit=_ROWS) for kind in BOARDS] if season_id else []
    return visit.page(
        "my_boards.html", place="me", seasons=seasons, boards=boards, season=boards[0].season if boards else None,
        member_id=member_id,
    )  # fmt: skip
