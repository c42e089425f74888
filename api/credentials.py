"""Who a request says it is: the one place that reads a key from headers."""

from __future__ import annotations

import secrets

from fastapi import Request
from starlette.datastructures import Headers

from copilot.community.access import Actor, authenticate, local_actor
from copilot.errors import Unauthenticated
from copilot.services import Services


def credential(headers: Headers) -> str:
    """Return the key that a request sends, empty when it sends none; a bearer token goes before X-API-Key."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    return headers.get("x-api-key", "").strip()


def actor_of(request: Request) -> Actor:
    """Return who is calling; asks the store.

    Raises:
        Unauthenticated: no key, or one that is not valid.
        NotFound: the machine's owner names a community that does not exist.
    """
    secret = credential(request.headers)
    if not secret:
        raise Unauthenticated("send an API key: Authorization: Bearer <key>, or X-API-Key: <key>")
    services: Services = request.app.state.services
    local: str = getattr(request.app.state, "local_token", "")  # an application without one lets no owner in
    if local and secrets.compare_digest(secret.encode(), local.encode()):
        return local_actor(services.store.community_id(str(request.path_params.get("community", ""))))
    return authenticate(services.store, secret)
