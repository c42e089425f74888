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
from copilot.errors import CopilotError

_RECENT = 6


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
    """Show what is there and ask for files."""
    visit.actor.require("imports:write")
    with visit.services.store.read(visit.community_id) as unit:
        members = unit.session.scalar(select(func.count(Member.id))) or 0
        messages = unit.session.scalar(select(func.count(Message.id))) or 0
        imports = select(Job).where(Job.kind == "import").order_by(Job.created_at.desc(), Job.id.desc())
        jobs = unit.session.scalars(imports.limit(_RECENT)).all()
    return visit.page("start.html", place="jobs", members=members, messages=messages, jobs=jobs)


@router.post("/start/imports")
def start_import(
    visit: WritingDep,
    file: Annotated[UploadFile, File()],
    kind: Annotated[Literal["", "members", "resources", "events", "chat"], Form()] = "",
) -> Response:
    """Take a file and read it in the background."""
    visit.actor.require("imports:write")
    options = ImportOptions.parse({"kind": kind or None})
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
