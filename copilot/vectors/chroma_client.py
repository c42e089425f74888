"""Opening Chroma clients, and one name for each way in which they fail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from copilot.errors import CopilotError, IndexUnavailable, InvalidInput

# chromadb is imported in functions: it costs 0.7 CPU-seconds and 80 MB, which only who opens an index should pay.

_CONNECT_SECONDS = 10.0
_REQUEST_SECONDS = 60.0


def open_embedded(folder: Path) -> Any:
    """Return a client on the store in `folder`, which the caller has locked.

    Raises:
        IndexUnavailable: the folder holds something that is no Chroma store, or cannot be written.
    """
    with translated("open"):
        import chromadb
        from chromadb.config import Settings

        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))


def connect(url: str) -> Any:
    """Return a client of the server at `url`, such as `http://127.0.0.1:8000`.

    Raises:
        InvalidInput: not an HTTP address.
        IndexUnavailable: no Chroma server answers there within 10 seconds.
    """
    address = _Address(url)
    with translated("connect"):
        address.check_heartbeat()
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        client = chromadb.HttpClient(host=address.host, port=address.port, ssl=address.tls, settings=settings)
        # chromadb 1.5 waits for ever and offers no setting; `test_a_server_that_hangs` fails when this name moves.
        client._server._session.timeout = httpx.Timeout(_REQUEST_SECONDS, connect=_CONNECT_SECONDS)  # type: ignore[attr-defined]  # noqa: SLF001  # see above
        return client


def disconnect(client: Any) -> None:
    """Close `client` and what it holds open."""
    with translated("close"):
        client.close()
        for holder in (client, client._admin_client):  # noqa: SLF001  # it has no public name
            # Chroma leaves its HTTP sessions open; embedded clients have none.
            session = getattr(holder._server, "_session", None)  # noqa: SLF001  # as above
            if session is not None:
                session.close()


class _Address:
    """The parts of a server's URL."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise InvalidInput(f"{url!r} is not the address of a Chroma server", field="vectors.url") from error
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InvalidInput(f"{url!r} is not the address of a Chroma server", field="vectors.url")
        self.url = url
        self.tls = parts.scheme == "https"
        self.host = parts.hostname
        self.port = port or (443 if self.tls else 80)
        self._base = f"{parts.scheme}://{parts.netloc}"

    def check_heartbeat(self) -> None:
        """Ask with a client of our own first: Chroma's waits for ever, in its constructor too."""
        answer = httpx.get(f"{self._base}/api/v2/heartbeat", timeout=_CONNECT_SECONDS)
        if answer.status_code != 200 or "heartbeat" not in answer.text[:200]:
            raise IndexUnavailable(f"what answers at {self.url} is not a Chroma server", url=self.url)


def not_found() -> type[Exception]:
    """Return Chroma's error for a collection that is not there."""
    from chromadb.errors import NotFoundError

    return NotFoundError


@contextmanager
def translated(action: str) -> Iterator[None]:
    """Name whatever Chroma raises; it has errors of its own, passes on those of HTTP and raises plain `Exception`."""
    try:
        yield
    except CopilotError:
        raise
    except Exception as error:
        name = type(error).__name__
        line = (str(error).strip().splitlines() or [name])[0][:300]
        if name in {"InvalidArgumentError", "InvalidDimensionException"}:
            # All other arguments were checked before: only the width of vectors is left to Chroma.
            raise InvalidInput(f"the vectors do not fit this index: {line}", field="vectors") from error
        raise IndexUnavailable(f"the vector index failed ({action}): {line}", reason=name) from error
