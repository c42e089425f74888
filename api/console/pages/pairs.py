"""Pairs of members that operators keep apart or want proposed, and whom members blocked."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.form_fields import member_of
from api.console.key_names import key_names
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.matching.relations.pair_rule_models import NOTE_CHARS, RuleDraft

router = APIRouter(prefix="/settings/pairs")
Who = Annotated[str, Form(max_length=200)]


@router.get("")
def pairs_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """List rules about pairs, the latest first."""
    visit.actor.require("matching:read")
    page = visit.services.pair_rules.rules(visit.community_id, actor=visit.actor, limit=50, cursor=cursor)
    with visit.services.store.read(visit.community_id) as unit:
        names = key_names(unit, [rule.created_by for rule in page.items])
    return visit.page("pairs.html", place="settings", rules=page.items, next_cursor=page.next_cursor, names=names)


@router.post("")
def add_pair(
    visit: WritingDep,
    kind: Annotated[Literal["cannot_match", "must_match"], Form()],
    first: Who = "",
    second: Who = "",
    note: Annotated[str, Form(max_length=NOTE_CHARS)] = "",
) -> Response:
    """Keep two members apart, or have them proposed to each other first."""
    visit.actor.require("matching:write")
    with visit.services.store.read(visit.community_id) as unit:
        pair = [member_of(unit, visit.actor, name, field).id for name, field in ((first, "first"), (second, "second"))]
    draft = RuleDraft(kind=kind, member_ids=pair, note=note, expires_at=None)
    visit.services.pair_rules.add(visit.community_id, draft, actor=visit.actor)
    return visit.go(f"{PREFIX}/settings/pairs")


@router.post("/{rule_id}/remove")
def remove_pair(visit: WritingDep, rule_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Take an operators' rule back; a member's block only the member lifts."""
    visit.actor.require("matching:write")
    visit.services.pair_rules.remove(visit.community_id, rule_id, actor=visit.actor)
    return visit.go(f"{PREFIX}/settings/pairs")
