"""How right the machine is: precision of late, recall estimated from messages drawn by chance, and strikes in force."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from sqlalchemy import func, select
from starlette.responses import Response

from api.console.navigation import PREFIX
from api.console.pages.moderation import tabs
from api.console.visit import VisitDep, WritingDep
from copilot.community.models import Category
from copilot.community.tables import Member, Strike

router = APIRouter(prefix="/moderation/measures")
_SAMPLES, _STRIKES = 20, 50


@router.get("")
def measures_page(visit: VisitDep, days: Annotated[int, Query(ge=1, le=366)] = 30) -> Response:
    """Show live precision, estimated recall, what chance drew, and who has strikes."""
    visit.actor.require("moderation:read")
    calibration, community_id = visit.services.calibration, visit.community_id
    may_look = visit.actor.may("moderation:decide")
    samples = calibration.audits.page(community_id, waiting=True, limit=_SAMPLES).items if may_look else []
    with visit.services.store.read(community_id) as unit:
        in_force = (Strike.voided_at.is_(None), Strike.expires_at > unit.now)
        count = func.count(Strike.id)
        statement = select(Strike.member_id, count, func.max(Strike.expires_at)).where(*in_force)
        rows = unit.session.execute(
            statement.group_by(Strike.member_id).order_by(count.desc(), Strike.member_id).limit(_STRIKES)
        ).all()
        people = unit.get_many(Member, [row[0] for row in rows])
    strikes = [(people[name].name, int(number), until) for name, number, until in rows if name in people]
    return visit.page(
        "measures.html", place="moderation", rows=calibration.precision(community_id, days), days=days,
        recall=calibration.audits.recall(community_id), samples=samples, may_look=may_look, strikes=strikes,
        categories=list(Category), audit_per_week=visit.services.moderation.terms.get(community_id).terms.audit_per_week,
        **tabs(visit),
    )  # fmt: skip


@router.post("/samples/{sample_id}/look")
def look(
    visit: WritingDep, sample_id: Annotated[str, Path(max_length=64)], verdict: Annotated[str, Form(max_length=20)] = "",
    category: Annotated[Category | None, Form()] = None,
) -> Response:  # fmt: skip
    """Note what a person saw in a message drawn by chance; a violation opens a case."""
    visit.actor.require("moderation:decide")
    is_violation = verdict == "violation"
    visit.services.calibration.audits.look(
        visit.community_id, sample_id, verdict=verdict, category=category if is_violation else None,
        actor=visit.actor.key_id,
    )  # fmt: skip
    return visit.go(f"{PREFIX}/moderation/measures")
