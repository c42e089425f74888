"""The table-round planner: previewed, kept, then noted as held by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.catalogue import texts_of
from api.console.navigation import PREFIX
from api.console.pages.searching import begin
from api.console.quotes import quoted
from api.console.searches import stop_here
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.matching.seatings.models import MAX_ROUND_MEMBERS, PlannedRounds, RoundAsk

router = APIRouter()
RoundId = Annotated[str, Path(max_length=64)]
_SECONDS = 10.0


@router.get("/rounds")
def rounds_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Ask what to plan, and list what was planned, newest first."""
    visit.actor.require("matching:read")
    page = visit.services.rounds.history(visit.community_id, limit=20, cursor=cursor)
    return visit.page(
        "rounds.html", place="people", rounds=page.items, next_cursor=page.next_cursor,
        usual_series=texts_of(visit.home.locale)("round.usual_series"),
    )  # fmt: skip


@router.post("/rounds")
def plan(  # noqa: PLR0913  # one parameter for each field of the form
    visit: WritingDep, *, series: Annotated[str, Form(min_length=1, max_length=60)] = "coffee",
    size: Annotated[int, Form(ge=2, le=20)] = 2, city: Annotated[str, Form(max_length=80)] = "",
    no_repeat_rounds: Annotated[int, Form(ge=0, le=52)] = 3, allow_repeats: Annotated[bool, Form()] = False,
    replace_planned: Annotated[bool, Form()] = False, keep: Annotated[bool, Form()] = False,
) -> Response:  # fmt: skip
    """Seat those who agreed. A preview stores nothing; what is kept waits to be held."""
    visit.actor.require("matching:write")
    ask = RoundAsk(
        series=series.strip() or "coffee", size=size, city=city.strip(), no_repeat_rounds=no_repeat_rounds,
        allow_repeats=allow_repeats, replace_planned=replace_planned, preview=not keep, seconds=_SECONDS,
    )  # fmt: skip
    services, community_id, actor = visit.services, visit.community_id, visit.actor

    def work(is_stopped: Callable[[], bool]) -> PlannedRounds:
        return services.rounds.plan(community_id, ask, actor=actor, before_keeping=lambda: stop_here(is_stopped))

    def show(now: Visit, planned: PlannedRounds) -> Response:
        if keep and planned.rounds and planned.rounds[0].id:
            return now.go(f"{PREFIX}/rounds/{planned.rounds[0].id}")
        return now.fragment("round_preview.html", planned=planned, quoted=quoted)

    return begin(visit, _SECONDS, work, show)


@router.get("/rounds/{round_id}")
def round_page(visit: VisitDep, round_id: RoundId) -> Response:
    """Show the groups, each with a line to open with and why the two who fit best should talk."""
    visit.actor.require("matching:read")
    one = visit.services.rounds.get(visit.community_id, round_id, actor=visit.actor)
    return visit.page("round.html", place="people", one=one, quoted=quoted)


@router.post("/rounds/{round_id}/hold")
def hold(
    visit: WritingDep, round_id: RoundId,
    absent: Annotated[list[Annotated[str, Form(max_length=64)]], Form(max_length=MAX_ROUND_MEMBERS)] = [],  # noqa: B006  # a form's default, never changed
) -> Response:  # fmt: skip
    """Note that it was held, and who did not come."""
    visit.actor.require("matching:write")
    visit.services.rounds.hold(visit.community_id, round_id, absent, actor=visit.actor)
    return visit.go(f"{PREFIX}/rounds/{round_id}")


@router.post("/rounds/{round_id}/cancel")
def cancel(visit: WritingDep, round_id: RoundId) -> Response:
    """Cancel it: nobody counts as having met."""
    visit.actor.require("matching:write")
    visit.services.rounds.cancel(visit.community_id, round_id, actor=visit.actor)
    return visit.go(f"{PREFIX}/rounds/{round_id}")
