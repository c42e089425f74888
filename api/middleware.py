"""What happens to every request: an id, a bound on its size and rate, security headers, a measurement."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from collections import OrderedDict

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.credentials import credential
from api.errors import from_error
from copilot.community.access import is_secret
from copilot.community.ingesting import MAX_BYTES
from copilot.errors import RateLimited, TooLarge
from copilot.settings import ApiSettings
from copilot.telemetry import HTTP_REQUESTS, HTTP_SECONDS, REQUEST_ID, log_event

_log = logging.getLogger(__name__)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_DOORS = ("/console/sign-in", "/console/link/", "/console/setup/")
_OPEN_PATHS = ("/healthz", "/readyz", "/metrics")
UPLOAD_PATH = "/imports"
MESSAGES_PATH = "/messages"
_PLAIN = str.maketrans({"{": ":", "}": None})
_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RequestContext:
    """Gives each request an id, measures it, sets the headers every answer carries, and logs what was refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        offered = Headers(scope=scope).get("x-request-id", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        REQUEST_ID.set(request_id)  # each request has a task, and so a context, of its own
        started = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self.app(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "unknown")
            HTTP_REQUESTS.labels(method=scope["method"], route=route, status=str(status)).inc()
            HTTP_SECONDS.labels(method=scope["method"], route=route).observe(time.perf_counter() - started)
            if status >= 400:  # who is shown the id and reports it must be found here; by the route, for paths hold ids
                of_route = f"{scope.get('root_path', '')}{route}".translate(_PLAIN)
                log_event(_log, logging.INFO, "refused", status=status, method=scope["method"], route=of_route)


class BodyLimit:
    """Refuses bodies beyond the bound, by their stated length or as they arrive."""

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        is_upload = scope["path"].endswith(UPLOAD_PATH) and is_multipart(headers)
        limit = self.settings.max_body_bytes if is_upload else self.settings.max_json_bytes
        if scope["path"].endswith(MESSAGES_PATH) and is_ndjson(headers):
            limit = max(limit, MAX_BYTES)
        stated = headers.get("content-length", "")
        request = Request(scope)
        if stated.isdigit() and int(stated) > limit:
            await from_error(request, _too_large(limit))(scope, receive, send)
            return
        seen = 0
        answered = False

        async def bounded() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise _too_large(limit)
            return message

        async def answer(message: Message) -> None:
            nonlocal answered
            if seen > limit and not answered:
                return  # FastAPI takes any error while it reads a body for a body that cannot be read
            answered = True
            await send(message)

        try:
            await self.app(scope, bounded, answer)
        finally:
            if seen > limit and not answered:
                await from_error(request, _too_large(limit))(scope, receive, send)


class RateLimit:
    """A token bucket for reads and one for writes, per key, session of the console, or address without either, in this process."""

    MOST_CALLERS = 10_000

    def __init__(self, app: ASGIApp, settings: ApiSettings) -> None:
        self.app = app
        self.settings = settings
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say when to come back."""
        if scope["type"] != "http" or scope["path"] in _OPEN_PATHS:
            await self.app(scope, receive, send)
            return
        wait = self._take(_caller(scope), is_write=scope["method"] not in {"GET", "HEAD", "OPTIONS"})
        if wait > 0:
            error = RateLimited("too many requests; slow down", retry_after_seconds=int(wait) + 1)
            await from_error(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _take(self, caller: str, *, is_write: bool) -> float:
        """Take a token; return the seconds until there is one, 0.0 when it was taken."""
        per_minute = self.settings.write_rate_per_minute if is_write else self.settings.rate_per_minute
        name = f"{caller}:{'w' if is_write else 'r'}"
        now = time.monotonic()
        tokens, since = self._buckets.pop(name, (float(per_minute), now))
        tokens = min(float(per_minute), tokens + (now - since) * per_minute / 60)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - 1 if allowed else tokens, now)
        while len(self._buckets) > self.MOST_CALLERS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) * 60 / per_minute


def _caller(scope: Scope) -> str:
    headers = Headers(scope=scope)
    secret = credential(headers)
    if is_secret(secret):  # anything else is no key, and would be a new caller with each request
        return hashlib.sha256(secret.encode()).hexdigest()[:16]
    client = scope.get("client")
    address = str(client[0]) if client else "unknown"
    # An office has many browsers behind one address. A cookie may hold anything, so whoever is not signed in yet, and
    # could try keys and links with a new cookie each time, is counted by address.
    if scope["path"].startswith("/console/") and not scope["path"].startswith(_DOORS):
        session = cookie_parser(headers.get("cookie", "")).get("console_session", "")
        if _SESSION.fullmatch(session):
            return f"{address}:{hashlib.sha256(session.encode()).hexdigest()[:16]}"
    return address


def is_ndjson(headers: Headers) -> bool:
    """Whether the body is said to be one JSON document a line."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind in {"application/x-ndjson", "application/ndjson", "application/jsonl"}


def is_multipart(headers: Headers) -> bool:
    """Whether a request sends a form with a file."""
    return headers.get("content-type", "").lower().startswith("multipart/form-data")


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"the body is larger than {limit} bytes", limit=limit)
