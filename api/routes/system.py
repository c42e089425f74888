"""Is it alive, can it work, what does it measure."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from api.deps import ServicesDep
from copilot import __version__
from copilot.errors import CopilotError
from copilot.telemetry import exposition

router = APIRouter(tags=["system"])


class Health(BaseModel):
    """The process answers."""

    status: str = Field("ok", examples=["ok"])
    version: str = Field(__version__, examples=["0.1.0"])


class Readiness(BaseModel):
    """Each part that requests need: `ok`, or what is wrong with it."""

    ready: bool
    parts: dict[str, str] = Field(examples=[{"database": "ok", "vectors": "ok", "model": "not configured"}])


@router.get("/healthz", response_model=Health)
def healthz() -> Health:
    """Say that the process is alive."""
    return Health()


@router.get("/readyz", response_model=Readiness, responses={503: {"model": Readiness, "description": "not ready"}})
def readyz(services: ServicesDep) -> JSONResponse:
    """Say whether database and vector index can be used; a missing model endpoint is a normal state."""
    parts: dict[str, str] = {}
    for name, probe in (("database", services.store.ping), ("vectors", services.ping_index)):
        try:
            probe()
            parts[name] = "ok"
        except CopilotError as error:
            parts[name] = error.code
    ready = all(state == "ok" for state in parts.values())
    # An endpoint that is left alone for a while is no reason to send requests elsewhere: drafts come from playbooks.
    parts["model"] = "not configured"
    if services.model is not None:
        parts["model"] = "degraded" if services.model.health().state == "open" else "configured"
    body = Readiness(ready=ready, parts=parts)
    return JSONResponse(body.model_dump(), status_code=200 if ready else 503)


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(services: ServicesDep) -> Response:
    """Give counters and timings in the Prometheus text format; no member text is in them."""
    services.calibration.gauges.refresh()
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST)
