"""The queue of cases, the most pressing first. Made for the keyboard; see `static/queue.js`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.key_names import key_names
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep
from copilot.community.models import Category
from copilot.community.tables import Appeal, Case
from copilot.moderation.case_views import CaseRow
from copilot.moderation.cases import CaseFilter, CaseSort
from copilot.moderation.models import CaseStatus, Severity
from copilot.moderation.wellness import Blur

router = APIRouter()
_PAGE = 30
Status = CaseStatus | Literal["all"]


@dataclass(frozen=True)
class Wanted:
    """What of the queue is looked at, as it stands in the address."""

    status: str = CaseStatus.OPEN.value
    category: str = ""
    severity: str = ""
    reported: str = ""
    mine: str = ""
    sort: str = CaseSort.PRIORITY.value

    @property
    def query(self) -> str:
        """The part of the address that says it again; empty for what is usual."""
        usual = asdict(Wanted())
        changed = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return f"?{urlencode(changed)}" if changed else ""

    def filter(self, key_id: str) -> CaseFilter:
        """Return it as the queue understands it."""
        return CaseFilter(
            status=None if self.status == "all" else self.status, category=self.category or None,
            severity=self.severity or None, claimed_by=key_id if self.mine else None,
            is_reported=True if self.reported else None,
        )  # fmt: skip


def get_wanted(
    *,
    status: Status = CaseStatus.OPEN,
    category: Category | Literal[""] = "",
    severity: Severity | Literal[""] = "",
    reported: Literal["", "1"] = "",
    mine: Literal["", "1"] = "",
    sort: CaseSort = CaseSort.PRIORITY,
) -> Wanted:
    """Read the address."""
    return Wanted(str(status), str(category), str(severity), reported, mine, sort.value)


WantedDep = Annotated[Wanted, Depends(get_wanted)]
Cursor = Annotated[str | None, Query(max_length=500)]


@router.get("/moderation")
def queue_page(visit: VisitDep, wanted: WantedDep, cursor: Cursor = None) -> Response:
    """Show the queue; more of it when a cursor is given to htmx."""
    visit.actor.require("moderation:read")
    if visit.is_htmx and cursor:
        return visit.fragment("queue_rows.html", **queue_of(visit, wanted, cursor))
    return visit.page("moderation.html", place="moderation", detail=None, **queue_of(visit, wanted, cursor))


def queue_of(visit: Visit, wanted: Wanted, cursor: str | None = None) -> dict[str, Any]:
    """Return what the list of cases shows."""
    page = visit.services.moderation.cases(
        visit.community_id, wanted.filter(visit.actor.key_id), sort=wanted.sort, limit=_PAGE, cursor=cursor
    )
    return {
        "cases": page.items, "next_cursor": page.next_cursor, "wanted": wanted, "waiting": waiting_cases(visit),
        "statuses": list(CaseStatus), "categories": list(Category), "severities": list(Severity),
        "sorts": list(CaseSort), **manners(visit), **tabs(visit),
    }  # fmt: skip


def waiting_cases(visit: Visit) -> int:
    """Return how many cases wait for a decision."""
    with visit.services.store.read(visit.community_id) as unit:
        return unit.session.scalar(select(func.count(Case.id)).where(Case.status == "open")) or 0


def tabs(visit: Visit) -> dict[str, Any]:
    """Return what the tabs of moderation say: how much waits behind each."""
    second = visit.services.moderation.second_opinions.page(visit.community_id, "waiting", 50, None)
    with visit.services.store.read(visit.community_id) as unit:
        appeals = unit.session.scalar(select(func.count(Appeal.id)).where(Appeal.outcome.is_(None))) or 0
    return {"second_waiting": len(second.items), "appeals_waiting": appeals}


def manners(visit: Visit) -> dict[str, Any]:
    """Return how the visitor wants to be shown hard words."""
    if not visit.actor.may("moderation:decide"):
        return {"wellness": None, "blur": Blur.SEVERE.value}
    wellness = visit.services.moderation.wellness.get(visit.community_id, visit.actor.key_id)
    return {"wellness": wellness, "blur": wellness.blur.value}


def holder_names(visit: Visit, *cases: CaseRow) -> dict[str, str]:
    """Return what those who hold cases are called."""
    with visit.services.store.read(visit.community_id) as unit:
        return key_names(unit, [case.claimed_by for case in cases])


def case_path(case_id: str) -> str:
    """Return the address of a case."""
    return f"{PREFIX}/moderation/cases/{case_id}"
