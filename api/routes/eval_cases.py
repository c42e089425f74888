"""Production as cases for evaluation, as one file."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from pydantic import Field

from api.deps import CallerDep
from api.schemas.common import Body
from copilot.eval_cases.models import KINDS, MEDIA_TYPE, What

# A plain route: the answer is no text that could be kept, and asked again it is another export.
router = APIRouter(tags=["evaluation"])
_DOCUMENTED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "a ZIP of JSON lines for each kind, a manifest and a card",
        "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}, "example": "PK..."}},
    }
}


class EvalCasesIn(Body):
    """What to export."""

    what: list[What] = Field([], max_length=len(KINDS), description="kinds of cases; all of them for none")


@router.post("/eval-cases", response_class=Response, responses=_DOCUMENTED)
def export_eval_cases(caller: CallerDep, body: EvalCasesIn) -> Response:
    """Export decisions, feedback and outcomes as case sets for `python -m eval`, at most 5,000 rows a kind, newest first.

    Words are only those of members who let machines read them and are not hidden; people in them become placeholders,
    ids become hashes that hold within this export alone. Every export is in the audit log. Needs `evaluation:export`.
    """
    caller.actor.require("evaluation:export")
    made = caller.services.eval_cases.export(caller.community_id, body.what, actor=caller.actor.key_id)
    headers = {"Content-Disposition": f'attachment; filename="{made.export_id}.zip"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=MEDIA_TYPE, headers=headers)
