"""A real HTTP server on the loopback that speaks the chat completions protocol, well or badly, as a script says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = '{"title": "周末创业者见面会", "minutes": 90}'


@dataclass
class Behaviour:
    """What one request gets.

    `kind`: say | error | html | hang | cut | drip | empty | null_choices | half_json | event_error
    """

    kind: str = "say"
    text: str = GOOD
    status: int = 200
    message: str = "no"
    finish_reason: str | None = "stop"
    usage: bool = True
    refuse_formats: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)


class FakeEndpoint:
    """Plays behaviours in order, the last one for ever; keeps every request body."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours) or [Behaviour()]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.base_url = ""
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def next(self, body: dict[str, Any], headers: dict[str, str]) -> Behaviour:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            return self.behaviours[min(len(self.requests), len(self.behaviours)) - 1]


@contextmanager
def serving(*behaviours: Behaviour) -> Iterator[FakeEndpoint]:
    endpoint = FakeEndpoint(*behaviours)

    class Handler(_Handler):
        played = endpoint

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    endpoint.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield endpoint
    finally:
        endpoint.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    played: FakeEndpoint
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None:
        return

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        behaviour = self.played.next(body, dict(self.headers))
        wanted = body.get("response_format", {}).get("type")
        try:
            if wanted in behaviour.refuse_formats:
                self._error(400, f"response_format {wanted} is not supported", {})
            elif behaviour.kind == "error":
                self._error(behaviour.status, behaviour.message, behaviour.headers)
            elif behaviour.kind == "html":
                self._send(200, "text/html", b"<html><body>Welcome to the proxy</body></html>")
            elif behaviour.kind == "hang":
                self.played.closing.wait(20)
                self.close_connection = True
            elif behaviour.kind == "half_json":
                self._send(200, "application/json", b'{"id": "x", "choices": [{"mess')
            elif body.get("stream"):
                self._stream(behaviour)
            else:
                self._whole(behaviour)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _error(self, status: int, message: str, headers: dict[str, str]) -> None:
        body = json.dumps({"error": {"message": message, "type": "x", "code": "some_code"}}).encode()
        self._send(status, "application/json", body, headers)

    def _send(self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _whole(self, behaviour: Behaviour) -> None:
        message = {"role": "assistant", "content": behaviour.text}
        choices: Any = [{"index": 0, "message": message, "finish_reason": behaviour.finish_reason}]
        if behaviour.kind == "empty":
            choices = []
        if behaviour.kind == "null_choices":
            choices = None
        answer: dict[str, Any] = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": choices,
        }
        if behaviour.usage:
            answer["usage"] = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        self._send(200, "application/json", json.dumps(answer).encode())

    def _stream(self, behaviour: Behaviour) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if behaviour.kind == "empty":
            self._event("[DONE]")
            self._chunk(b"")
            return
        if behaviour.kind == "event_error":
            self._event(json.dumps({"error": {"message": "out of memory", "code": 500}}))
            self._chunk(b"")
            return
        for start in range(0, len(behaviour.text), 10):
            self._delta({"content": behaviour.text[start : start + 10]}, None)
            if behaviour.kind == "cut" and start >= 10:
                self.close_connection = True
                return
            if behaviour.kind == "drip" and self.played.closing.wait(0.25):
                return
        if behaviour.kind != "no_end":
            self._delta({}, behaviour.finish_reason)
        if behaviour.usage:
            usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            self._event(
                json.dumps(
                    {
                        "id": "x",
                        "object": "chat.completion.chunk",
                        "created": 1,
                        "model": "m",
                        "choices": [],
                        "usage": usage,
                    }
                )
            )
        self._event("[DONE]")
        self._chunk(b"")

    def _delta(self, delta: dict[str, str], finish_reason: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self._event(json.dumps(chunk))

    def _event(self, data: str) -> None:
        self._chunk(f"data: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
