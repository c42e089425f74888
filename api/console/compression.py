"""Answers made smaller for the way: our own files once and for all, pages as they are made.

A page holds secrets (its forms' token, what members wrote) beside words of its address. Whoever can have a browser ask for
chosen addresses, and watch how long the encrypted answers are, could guess such secrets piece by piece if they were
compressed together (BREACH). So a page is compressed only when the browser says that our own page, or the person at it,
asked for it; what another site leads to is sent as it is. Masking the token alone would not guard the members' words.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from api.console.rendering import STATIC, digest_of

_KEPT = "public, max-age=31536000, immutable"
_COMPRESSED = frozenset({".js", ".css", ".svg", ".txt"})
# Half the time of the highest level, for a few per cent more bytes.
_PAGE_LEVEL, _FILE_LEVEL = 5, 9


class CompressedPages:
    """Compresses the answers to our own pages, except streams of events, pictures, and what is compressed already."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._compressing = GZipMiddleware(app, minimum_size=1000, compresslevel=_PAGE_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        is_own = scope["type"] == "http" and Headers(scope=scope).get("sec-fetch-site") in {"same-origin", "none"}
        await (self._compressing if is_own else self.app)(scope, receive, send)


class CompressedFiles(StaticFiles):
    """Our own files: compressed once in a process, kept by browsers for a year under an address that changes with them."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, compressed for those who understand it."""
        response = await super().get_response(path, scope)
        if not isinstance(response, FileResponse):  # not found, or the browser has it
            return response
        name = str(response.path)
        # During an update an older process may be asked for a file of the newer one: its answer must not be kept.
        is_current = scope["query_string"].decode("latin-1") == f"v={digest_of(path)}"
        is_small = _takes_gzip(Headers(scope=scope)) and any(name.endswith(one) for one in _COMPRESSED)
        if is_small and response.status_code == 200 and "range" not in Headers(scope=scope):
            headers = {"etag": f"W/{response.headers['etag']}", "last-modified": response.headers["last-modified"]}
            content = await run_in_threadpool(_compressed, name)
            response = Response(content, media_type=response.media_type, headers=headers)
            response.headers["Content-Encoding"] = "gzip"
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _KEPT if is_current else "no-cache"
        return response


def _takes_gzip(headers: Headers) -> bool:
    """Return whether a browser understands gzip and has not said that it does not want it."""
    offers = (one.strip().partition(";") for one in headers.get("accept-encoding", "").lower().split(","))
    return any(name == "gzip" and more.replace(" ", "") not in {"q=0", "q=0.0"} for name, _, more in offers)


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(Path(name).read_bytes(), _FILE_LEVEL, mtime=0)
