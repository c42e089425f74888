"""Figures of the exchange: what is used, comes back and goes round, and what is asked for and not there."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.console.catalogue import Texts
from api.console.visit import Visit, VisitDep
from copilot.community.embeddable import today
from copilot.community.row_files import MEDIA_TYPES
from copilot.resources.figures.desk import csv_lines
from copilot.resources.figures.measures import NAMES, By, FigureName
from copilot.resources.figures.wording import definition, figure_title
from copilot.resources.viewing import OPERATE

router = APIRouter(prefix="/resources/figures")
PERIODS = (30, 90, 180, 366)
GROUPS: tuple[By, ...] = ("all", "class", "owner", "month")
SHARES = frozenset({"utilisation", "match_degree", "met_in_a_week"})
Days = Annotated[int, Query(ge=1, le=366)]
_WISHES = 8


@router.get("")
def figures_page(visit: VisitDep, days: Days = 90, by: Annotated[By, Query()] = "all") -> Response:
    """Show the figures of the last days, of everything or of each class, owner or month."""
    visit.actor.require(OPERATE)
    start, end = _period(visit, days)
    found = visit.services.exchange.figures.show(visit.community_id, visit.actor, start, end, by)
    # The reader's language, which need not be the community's.
    definitions = [(name, figure_title(name, visit.language), definition(name, visit.language)) for name in NAMES]
    return visit.page(
        "figures.html", place="resources", found=found, days=days, by=by, periods=PERIODS, groups=GROUPS,
        definitions=definitions, said=said, shares=SHARES,
    )  # fmt: skip


@router.get("/demand")
def demand(visit: VisitDep, days: Days = 90) -> Response:
    """Show what is asked for and not there; wishes are compared with the library, which takes a moment."""
    visit.actor.require(OPERATE)
    start, end = _period(visit, days)
    found = visit.services.exchange.demand.show(visit.community_id, visit.actor, start, end)
    return visit.fragment("figures_demand.html", found=found, wishes=found.by_meaning[:_WISHES])


@router.get("/export")
def export(visit: VisitDep, days: Days = 90, by: Annotated[By, Query()] = "all") -> Response:
    """Give the figures as CSV."""
    visit.actor.require(OPERATE)
    start, end = _period(visit, days)
    found = visit.services.exchange.figures.show(visit.community_id, visit.actor, start, end, by)
    headers = {"Content-Disposition": 'attachment; filename="resource-figures.csv"', "Cache-Control": "no-store"}
    return Response(b"".join(csv_lines(found)), media_type=MEDIA_TYPES["csv"], headers=headers)


def said(t: Texts, name: FigureName | Literal[""], number: float | None) -> str:
    """Return a figure's number as people say it."""
    if number is None:
        return "–"
    if name in SHARES:
        percent = 100 * number
        return f"{percent:.1f}%" if 0 < percent < 10 else f"{percent:.0f}%"
    if name == "days_to_met":
        return t("figures.days_waited", n=f"{number:g}")
    return t("figures.each" if name == "turnover" else "figures.times", n=f"{number:.2f}")


def _period(visit: Visit, days: int) -> tuple[date, date]:
    with visit.services.store.read(visit.community_id) as unit:
        end = today(unit)
    return end - timedelta(days=days - 1), end
