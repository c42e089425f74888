"""The audit log: who did what when. It is only ever added to."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.key_names import key_names
from api.console.visit import VisitDep
from copilot.community.tables import AuditEntry

router = APIRouter()


@router.get("/audit")
def audit_page(
    visit: VisitDep,
    subject: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """List entries, newest first; of one record when it is named."""
    visit.actor.require("audit:read")
    statement = select(AuditEntry)
    if subject:
        statement = statement.where(AuditEntry.subject_id == subject)
    with visit.services.store.read(visit.community_id) as unit:
        page = unit.page(statement, (AuditEntry.at, AuditEntry.id), limit=50, cursor=cursor)
        names = key_names(unit, [entry.actor for entry in page.items])
    return visit.page(
        "audit.html", place="audit", entries=page.items, next_cursor=page.next_cursor, names=names, subject=subject
    )
