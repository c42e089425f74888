"""The ledger of points: what each entry is for and how it came about, and why a member has theirs."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.form_fields import member_of
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.permission import seen_by
from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.recognition.ledger_models import PointEntryView, RuleName

router = APIRouter(prefix="/recognition/ledger")
_REPORTERS = "moderation:reporters"
# Where the page of what an entry rests on is.
_PLACES = {"event": "events", "loan": "loans", "topic": "topics"}


@router.get("")
def ledger_page(
    visit: VisitDep,
    member: Annotated[str, Query(max_length=200)] = "",
    rule: Annotated[RuleName | Literal[""], Query()] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    settled: Annotated[int | None, Query(ge=0, le=10**6)] = None,
) -> Response:
    """List entries, newest first; of a member who is named, with why they have their points."""
    visit.actor.require("recognition:ledger")
    points, may_know = visit.services.recognition.points, visit.actor.may(_REPORTERS)
    whose = None
    if member:
        with visit.services.store.read(visit.community_id) as unit:
            whose = member_of(unit, visit.actor, member, "member")
    why = None if whose is None else points.why(visit.community_id, whose.id, with_reports=may_know)
    page = points.entries(
        visit.community_id, member_id=None if whose is None else whose.id, rule=rule or None, with_reports=may_know,
        limit=30, cursor=cursor,
    )  # fmt: skip
    with visit.services.store.read(visit.community_id) as unit:
        names = _names(unit, visit, page.items)
    wanted = {name: value for name, value in (("member", member), ("rule", rule)) if value}
    return visit.page(
        "point_ledger.html", place="recognition", entries=page.items, next_cursor=page.next_cursor, names=names, why=why,
        whose=whose, member=member, rule=rule, rules=visit.services.recognition.book.view(visit.community_id),
        query=urlencode(wanted), may_write=visit.actor.may("recognition:write"),
        evidence_places=_PLACES, settled=settled,
    )  # fmt: skip


@router.post("/settle")
def settle(visit: WritingDep) -> Response:
    """Score the acts that are not in the ledger yet, and reverse those taken back."""
    visit.actor.require("recognition:write")
    done = visit.services.recognition.ledger.settle(visit.community_id, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/ledger?settled={done.written + done.reversed}")


@router.post("/{entry_id}/reverse")
def reverse(
    visit: WritingDep,
    entry_id: Annotated[str, Path(max_length=64)],
    reason: Annotated[Literal["gamed", "mistake"], Form()] = "mistake",
) -> Response:
    """Take an entry back with another one; nothing is changed or deleted."""
    visit.actor.require("recognition:write")
    visit.services.recognition.ledger.reverse(visit.community_id, entry_id, reason, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/recognition/ledger")


def _names(unit: Unit, visit: Visit, entries: list[PointEntryView]) -> dict[str, str]:
    wanted = {name for entry in entries for name in (entry.member_id, entry.giver_id) if name}
    statement = select(Member.id, Member.name).where(Member.id.in_(wanted), seen_by(visit.actor))
    return {row.id: row.name for row in unit.session.execute(statement)}
