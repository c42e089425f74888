"""What routes ask for: the services, who is calling, and the community they may act in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from copilot.community.access import Actor, authenticate, enter, local_actor
from copilot.errors import Unauthenticated
from copilot.jobs import Jobs
from copilot.services import Services

_bearer = HTTPBearer(auto_error=False, description="an API key as bearer token")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="an API key")


def get_services(request: Request) -> Services:
    """Return the services of this process."""
    services: Services = request.app.state.services
    return services


def get_jobs(request: Request) -> Jobs:
    """Return the queue's client of this process."""
    jobs: Jobs = request.app.state.jobs
    return jobs


ServicesDep = Annotated[Services, Depends(get_services)]
JobsDep = Annotated[Jobs, Depends(get_jobs)]


def get_actor(
    request: Request,
    services: ServicesDep,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    header: Annotated[str | None, Depends(_header)],
) -> Actor:
    """Return who is calling.

    Raises:
        Unauthenticated: no key, or one that is not valid.
    """
    secret = bearer.credentials if bearer is not None else header
    if not secret:
        raise Unauthenticated("send an API key: Authorization: Bearer <key>, or X-API-Key: <key>")
    local: str = request.app.state.local_token
    if local and secrets.compare_digest(secret.encode(), local.encode()):
        return local_actor(services.store.community_id(str(request.path_params.get("community", ""))))
    return authenticate(services.store, secret)


ActorDep = Annotated[Actor, Depends(get_actor)]


@dataclass(frozen=True)
class Caller:
    """A key that entered its own community."""

    actor: Actor
    community_id: str
    services: Services


def get_caller(
    services: ServicesDep,
    actor: ActorDep,
    community: Annotated[str, Path(description="slug of the community", examples=["qihang"], max_length=40)],
) -> Caller:
    """Return the caller inside the community of the path.

    Raises:
        NotFound: there is no such community, or the key belongs to another.
    """
    return Caller(actor, enter(services.store, actor, community), services)


CallerDep = Annotated[Caller, Depends(get_caller)]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before", max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200, description="rows in a page")]
Count = Annotated[int, Query(ge=1, le=50, description="how many results")]
