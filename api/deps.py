"""What routes ask for: the services, who is calling, and the community they may act in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from fastapi.security import APIKeyHeader, HTTPBearer

from api.credentials import actor_of
from copilot.community.access import Actor, enter
from copilot.jobs import Jobs
from copilot.services import Services

# They describe the two ways to send a key; `credential` is what reads it.
KEY_WAYS = [
    Depends(HTTPBearer(auto_error=False, description="an API key as bearer token")),
    Depends(APIKeyHeader(name="X-API-Key", auto_error=False, description="an API key")),
]


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


ActorDep = Annotated[Actor, Depends(actor_of)]


Slug = Annotated[str, Path(description="slug of the community", examples=["qihang"], max_length=40)]


@dataclass(frozen=True)
class Caller:
    """A key that entered its own community."""

    actor: Actor
    community_id: str
    services: Services


def get_caller(
    request: Request,
    services: ServicesDep,
    actor: ActorDep,
    community: Slug,
) -> Caller:
    """Return the caller inside the community of the path.

    Raises:
        NotFound: there is no such community, or the key belongs to another.
    """
    community_id = enter(services.store, actor, community)
    request.state.community_id = community_id  # for errors, which speak the community's language
    return Caller(actor, community_id, services)


CallerDep = Annotated[Caller, Depends(get_caller)]
Cursor = Annotated[str | None, Query(description="`next_cursor` of the page before", max_length=500)]
Limit = Annotated[int, Query(ge=1, le=200, description="rows in a page")]
Count = Annotated[int, Query(ge=1, le=50, description="how many results")]
