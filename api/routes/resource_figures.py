"""Trust in a member, component by component, and the figures of the exchange with their definitions."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.deps import CallerDep
from api.routes.people import MemberId
from api.routes.resources import AskedDay
from copilot.community.row_files import MEDIA_TYPES
from copilot.resources.figures.desk import csv_lines
from copilot.resources.figures.measures import By
from copilot.resources.figures.models import ResourceFigures, UnmetDemand
from copilot.resources.trust.models import TrustView

router = APIRouter(tags=["people and resources"])
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the figures",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "\ufeffstart,end,by,key,title,figure,value,low,high,state,n,resources,numerator,denominator,currency\r\n",
            }
        },
    }
}


@router.get("/members/{member_id}/trust")
def member_trust(caller: CallerDep, member_id: MemberId) -> TrustView:
    """Show what is known of dealing with a member: named components, each with n and the records it rests on.

    There is no overall number, and no list is ordered by any of this. `co_operation`: uses that have ended, borrowed and
    lent. `endorsements`: who vouches for the member, `met` without being vouched for in return. `confirmed_returns`: of what
    was borrowed, had to come back and is over, what came back. `on_time`: of that, what was handed back by the day it was
    due. `disputes`: uses that were disputed, `met` settled by now. A newcomer has `no_history`, which says nothing.

    The member and operators see everything. Other members see the counts, and records of their own dealings with the
    member; of disputes even the count is shown only to whoever has an open loan with the member.
    """
    return caller.services.exchange.trust.show(caller.community_id, member_id, caller.actor)


@router.get("/resource-figures", response_model=ResourceFigures, responses=_FILE)
def resource_figures(
    caller: CallerDep,
    start: AskedDay = None,
    end: AskedDay = None,
    by: Annotated[By, Query(description="one line for all, or one for each class, owner or month")] = "all",
    file_format: Annotated[Literal["json", "csv"], Query(alias="format", description="form of the answer")] = "json",
) -> ResourceFigures | Response:
    """Show utilisation, return, turnover and match degree of at most 366 days; without days, of the last 90.

    Each figure comes with what was divided, n, a 95 % interval (resources drawn again and again, whole) where five
    resources or more are in it and not all alike, and its definition in the community's language:

    * `utilisation`: unit-days out / unit-days there to be had, of resources that are lent and have a limit of units. Days on
      which a resource was closed or not on offer do not count; what is out always does. The day of handing over counts, the
      day of coming back does not.
    * `value_return`: what borrowers got / what lenders put in, of uses that ended in the period with a value told by both.
    * `turnover`: times something was handed over / resources on offer on at least one day.
    * `match_degree`: of the requests of the period that have come to something, the share that was handed over; requests
      still open are told apart. `met_in_a_week`: the same within 7 days of the day wanted. `days_to_met`: the median wait.

    Under 28 unit-days, or five loans or requests, there is `too_little` data for a value.
    """
    found = caller.services.exchange.figures.show(caller.community_id, caller.actor, start, end, by)
    if file_format == "json":
        return found
    headers = {"Content-Disposition": 'attachment; filename="resource-figures.csv"', "Cache-Control": "no-store"}
    return Response(b"".join(csv_lines(found)), media_type=MEDIA_TYPES["csv"], headers=headers)


@router.get("/resource-demand")
def resource_demand(caller: CallerDep, start: AskedDay = None, end: AskedDay = None) -> UnmetDemand:
    """Show what is asked for and not there: requests that came to nothing, by class, and wishes far from every resource.

    Wishes are sentences of what members want, of those who let their texts be read, in order of how far the library is
    from them. That is an order and no verdict; the nearest resource stands beside each, for a person to judge.
    """
    return caller.services.exchange.demand.show(caller.community_id, caller.actor, start, end)
