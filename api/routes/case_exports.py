"""Cases and decisions as files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import StreamingResponse

from api.deps import CallerDep
from api.file_answers import rows_as_files
from copilot.community.row_files import MEDIA_TYPES, FileFormat
from copilot.moderation.exports import What, export_lines

router = APIRouter(tags=["moderation"])
_DOCUMENTED = rows_as_files(
    "\ufeff编号,状态,类别\r\ncas_6zh2n15bq3y57tt1qcsj,open,insult\r\n",
    '{"id": "cas_6zh2n15bq3y57tt1qcsj", "status": "open", "category": "insult"}\n',
)


@router.get("/moderation/exports/{what}", response_class=StreamingResponse, responses=_DOCUMENTED)
def export_moderation(
    caller: CallerDep,
    what: Annotated[What, Path(description="cases or decisions")],
    file_format: Annotated[FileFormat, Query(alias="format", description="form of the file")] = "csv",
) -> StreamingResponse:
    """Export cases or decisions as CSV or JSON lines, oldest first, at most 100,000; it is streamed as it is read.

    CSV is UTF-8 with a byte order mark; texts that a spreadsheet would run as formulas are made plain texts. Who
    reported something is in neither.
    """
    caller.actor.require("moderation:read")
    lines = export_lines(caller.services.store, caller.community_id, what, file_format)
    headers = {"Content-Disposition": f'attachment; filename="{what}.{file_format}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type=MEDIA_TYPES[file_format], headers=headers)
