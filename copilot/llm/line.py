"""The wire under a request: whoever gives up a call can hang up, so that the endpoint stops writing for nobody.

A thread that waits in a read cannot be stopped from outside; shutting its socket down ends the read at once and the
endpoint sees the connection close. The client tells which socket a request opened through its `trace` extension.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any, Final

_OPENED: Final = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Line:
    """The connection that one request opened, once it has. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_hung_up = False

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """Note the socket when it is opened; the signature is that of httpcore's `trace` extension."""
        if name not in _OPENED:
            return
        found = info["return_value"].get_extra_info("socket")
        if not isinstance(found, socket.socket):
            return
        with self._lock:
            self._socket = found
            too_late = self._is_hung_up
        if too_late:
            _shut(found)

    def hang_up(self) -> None:
        """End whatever the request's thread reads or writes; without a connection, or twice, this does nothing."""
        with self._lock:
            self._is_hung_up = True
            found, self._socket = self._socket, None
        if found is not None:
            _shut(found)

    def end(self) -> None:
        """Forget the connection of a request that ended by itself: its socket's number may be another's soon."""
        with self._lock:
            self._socket = None


def _shut(found: socket.socket) -> None:
    # The plain method: the one of a TLS socket throws its state away under the thread that reads.
    with suppress(OSError):
        socket.socket.shutdown(found, socket.SHUT_RDWR)


_current = threading.local()


def use_line(line: Line | None) -> None:
    """Say which line the requests of this thread are on from now on."""
    _current.line = line


def trace_current(request: Any) -> None:
    """Let the client report this thread's request to its line; meant as the client's hook before each request."""
    line: Line | None = getattr(_current, "line", None)
    if line is not None:
        request.extensions = {**request.extensions, "trace": line.trace}
