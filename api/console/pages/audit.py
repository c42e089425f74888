"""The audit log: who did what when. It is only ever added to."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from sqlalchemy import select
from starlette.responses import Response

from api.console.audit_words import entries_in_words, kind_of
from api.console.visit import VisitDep
from copilot.community.tables import ApiKey, AuditEntry

router = APIRouter()
_MOST_KEYS = 200
# What stands for everything that no key did: schedules, the command line, the service.
_NO_KEY = "-"


@router.get("/audit")
def audit_page(
    visit: VisitDep,
    subject: Annotated[str, Query(max_length=64)] = "",
    about: Annotated[str, Query(max_length=40)] = "",
    who: Annotated[str, Query(max_length=64)] = "",
    cursor: Annotated[str | None, Query(max_length=500)] = None,
) -> Response:
    """List entries, newest first; of one record, one kind of record or one key when it is named."""
    visit.actor.require("audit:read")
    statement = select(AuditEntry)
    if subject:
        statement = statement.where(AuditEntry.subject_id == subject)
    if about:
        statement = statement.where(AuditEntry.subject_kind == about)
    if who:
        keys = select(ApiKey.id)
        statement = statement.where(AuditEntry.actor.not_in(keys) if who == _NO_KEY else AuditEntry.actor == who)
    with visit.services.store.read(visit.community_id) as unit:
        page = unit.page(statement, (AuditEntry.at, AuditEntry.id), limit=50, cursor=cursor)
        entries = entries_in_words(unit, page.items, visit.t)
        kinds = unit.session.scalars(select(AuditEntry.subject_kind).distinct()).all()
        newest = select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(_MOST_KEYS)
        people = [(key.id, key.name) for key in unit.session.scalars(newest)]
    chosen = {"subject": subject, "about": about, "who": who}
    return visit.page(
        "audit.html", place="audit", entries=entries, next_cursor=page.next_cursor, subject=subject, about=about, who=who,
        kinds=sorted(((kind, kind_of(kind, visit.t)) for kind in kinds), key=lambda one: one[1]), people=people,
        query=urlencode({name: value for name, value in chosen.items() if value}), no_key=_NO_KEY,
    )  # fmt: skip
