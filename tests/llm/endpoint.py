"""A real HTTP server on the loopback that speaks the chat completions protocol, well or badly, as a script says."""

from __future__ import annotations

import json
import select
import socket
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

    `kind`: say | error | html | hang | cut | drip | stall | empty | null_choices | half_json | event_error

    Attributes:
        reasoning: sent beside the answer, as `reasoning_content`.
        keep_alive: comments in a stream, or empty lines before a body, while one waits.
        has_done: whether a stream ends with `[DONE]`.
        as_tool_call: the answer comes as a tool call with empty content.
        refuse_fields: request field -> what the endpoint says when it is sent (400).
        wants_json_word: JSON mode is refused unless a message holds the word.
        body: sent as it is with `status`, whatever was asked.
    """

    kind: str = "say"
    text: str = GOOD
    status: int = 200
    message: str = "no"
    finish_reason: str | None = "stop"
    usage: bool = True
    refuse_formats: tuple[str, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    reasoning: str = ""
    keep_alive: bool = False
    has_done: bool = True
    as_tool_call: bool = False
    refuse_fields: dict[str, str] = field(default_factory=dict)
    wants_json_word: bool = False
    body: Any = None


class FakeEndpoint:
    """Plays behaviours in order, the last one for ever; keeps every request body."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours) or [Behaviour()]
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.base_url = ""
        self.closing = threading.Event()
        self.hung_up = threading.Event()
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
            refused = next((words for name, words in behaviour.refuse_fields.items() if name in body), None)
            said = json.dumps(body["messages"]).lower()
            if refused is not None:
                self._error(400, refused, {})
            elif wanted in behaviour.refuse_formats:
                self._error(400, f"response_format {wanted} is not supported", {})
            elif wanted == "json_object" and behaviour.wants_json_word and "json" not in said:
                self._error(400, "'messages' must contain the word 'json' in some form, to use 'response_format'", {})
            elif behaviour.body is not None:
                self._send(behaviour.status, "application/json", json.dumps(behaviour.body).encode(), behaviour.headers)
            elif behaviour.kind == "error":
                self._error(behaviour.status, behaviour.message, behaviour.headers)
            elif behaviour.kind == "html":
                self._send(200, "text/html", b"<html><body>Welcome to the proxy</body></html>")
            elif behaviour.kind == "hang":
                self._wait_for_the_end()
            elif behaviour.kind == "half_json":
                self._send(200, "application/json", b'{"id": "x", "choices": [{"mess')
            elif body.get("stream"):
                self._stream(behaviour)
            else:
                self._whole(behaviour)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _wait_for_the_end(self) -> None:
        """Say nothing until the test is over or the client hangs up."""
        self.close_connection = True
        while not self.played.closing.wait(0.01):
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.played.hung_up.set()
                return

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
        message: dict[str, Any] = {"role": "assistant", "content": behaviour.text}
        if behaviour.as_tool_call:
            called = {"name": "answer", "arguments": behaviour.text}
            message = {
                "role": "assistant", "content": "", "tool_calls": [{"id": "t", "type": "function", "function": called}],
            }  # fmt: skip
        if behaviour.reasoning:
            message["reasoning_content"] = behaviour.reasoning
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
        waiting = b"\n\n\n" if behaviour.keep_alive else b""
        self._send(200, "application/json", waiting + json.dumps(answer).encode())

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
        for word in behaviour.reasoning.split():
            self._delta({"content": None, "reasoning_content": word}, None)
        for start in range(0, len(behaviour.text), 10):
            if behaviour.keep_alive:
                self._chunk(b": keep-alive\n\n")
            piece = behaviour.text[start : start + 10]
            if behaviour.as_tool_call:
                head = {"id": "t", "type": "function"} if start == 0 else {}
                called = {"name": "answer", "arguments": piece} if start == 0 else {"arguments": piece}
                self._delta({"content": None, "tool_calls": [{"index": 0, **head, "function": called}]}, None)
            else:
                self._delta({"content": piece}, None)
            if behaviour.kind == "stall" and start >= 10:
                self._wait_for_the_end()
                return
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
        if behaviour.has_done:
            self._event("[DONE]")
        self._chunk(b"")

    def _delta(self, delta: dict[str, Any], finish_reason: str | None) -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        self._event(json.dumps(chunk))

    def _event(self, data: str) -> None:
        self._chunk(f"data: {data}\n\n".encode())

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()
