"""The first steps of a community: its files are dropped, and read in the background."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.routing import APIRoute
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep, get_visit
from api.uploads import receive_upload
from copilot.community.import_options import ImportOptions
from copilot.community.tables import Job, Member, Message
from copilot.errors import CopilotError, InvalidInput

_RECENT = 6
_MAPPING_CHARS = 4_000


class _KnownVisitorRoute(APIRoute):
    """A route that reads no body of a stranger: FastAPI would take in all of it before it asks for the session."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def known(request: Request) -> Response:
            if request.method == "POST":
                visit = await run_in_threadpool(get_visit, request)
                visit.actor.require("imports:write")
            return await handle(request)

        return known


router = APIRouter(route_class=_KnownVisitorRoute)


@router.get("/start")
def start_page(visit: VisitDep) -> Response:
    """Show what is there and ask for files; to htmx only how much is there, as an import has ended."""
    visit.actor.require("imports:write")
    with visit.services.store.read(visit.community_id) as unit:
        members = unit.session.scalar(select(func.count(Member.id))) or 0
        messages = unit.session.scalar(select(func.count(Message.id))) or 0
        if visit.is_htmx:
            return visit.fragment("start_counts.html", members=members, messages=messages)
        imports = select(Job).where(Job.kind == "import").order_by(Job.created_at.desc(), Job.id.desc())
        jobs = unit.session.scalars(imports.limit(_RECENT)).all()
    return visit.page("start.html", place="jobs", members=members, messages=messages, jobs=jobs)


@router.post("/start/imports")
def start_import(
    visit: WritingDep,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Literal["", "members", "resources", "events", "chat"], Form()] = "",
    mapping: Annotated[str, Form(max_length=_MAPPING_CHARS)] = "",
) -> Response:
    """Take a file and read it in the background."""
    visit.actor.require("imports:write")
    options = ImportOptions.parse({"kind": kind or None, "mapping": _columns(mapping)})
    path, _ = receive_upload(visit.services.settings, file)
    params: dict[str, Any] = {
        "path": str(path.resolve()), "uploaded": True, "filename": (file.filename or "")[:200],
        "options": options.model_dump(mode="json"),
    }  # fmt: skip
    try:
        job = visit.jobs.submit(visit.community_id, "import", params, created_by=visit.actor.key_id)
    except CopilotError:
        path.unlink(missing_ok=True)
        raise
    return visit.fragment("job_card.html", job=job) if visit.is_htmx else visit.go(f"{PREFIX}/start")


def _columns(text: str) -> dict[str, str]:
    """Return what columns of the file are, written one a line: `column = field`.

    Raises:
        InvalidInput: a line says no such thing.
    """
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        column, sign, field = (part.strip() for part in line.replace("＝", "=").rpartition("="))
        if not (column and sign and field):
            sentence = {
                "zh-CN": f"“{line.strip()[:40]}”看不懂，请写成：文件里的列名=字段，一行一条。",
                "en": f"“{line.strip()[:40]}” is not understood. Write: column in the file = field, one a line.",
            }
            raise InvalidInput("a line of the mapping has no =", field="mapping", sentence=sentence)
        found[column] = field
    return found
