from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from copilot.embeddings.factory import make_embedder
from copilot.embeddings.openai import OpenAIEmbedder
from copilot.errors import EmbeddingFailed, InvalidInput
from copilot.settings import EmbeddingSettings

Answer = Callable[[dict[str, Any]], tuple[int, str, bytes]]


class Endpoint:
    """A real HTTP server on the loopback whose answers a test chooses."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.answer: Answer = vectors_of_width(3)
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.requests.append({"path": self.path, "key": self.headers["Authorization"], **body})
                status, kind, content = endpoint.answer(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Keep the test's output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def embedder(self, timeout_seconds: float = 5.0, model: str = "local") -> OpenAIEmbedder:
        return OpenAIEmbedder(base_url=self.url, api_key="secret", model=model, timeout_seconds=timeout_seconds)


def as_json(data: object, status: int = 200) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(data).encode()


def rows(vectors: list[Any]) -> dict[str, Any]:
    return {"object": "list", "data": [{"index": i, "embedding": v} for i, v in enumerate(vectors)]}


def vectors_of_width(width: int) -> Answer:
    return lambda body: as_json(rows([[float(len(text))] + [1.0] * (width - 1) for text in body["input"]]))


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_vectors_come_back_in_order_and_of_unit_length(endpoint: Endpoint) -> None:
    # "aa" answers (2, 1, 1), length sqrt(6).
    found = endpoint.embedder().embed_documents(["a", "aa"])
    np.testing.assert_allclose(found[1], np.array([2, 1, 1]) / np.sqrt(6), rtol=1e-6)
    assert endpoint.requests[0]["key"] == "Bearer secret"
    assert endpoint.requests[0]["encoding_format"] == "float"


def test_an_answer_out_of_order_is_put_in_order(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _: as_json(
        {"data": [{"index": 1, "embedding": [0, 1]}, {"index": 0, "embedding": [1, 0]}]}
    )
    assert endpoint.embedder().embed_documents(["a", "b"]) == [[1.0, 0.0], [0.0, 1.0]]


def test_many_texts_go_in_several_requests(endpoint: Endpoint) -> None:
    found = endpoint.embedder().embed_documents([f"{'x' * (i % 7 + 1)}" for i in range(150)])
    assert len(found) == 150
    assert [len(request["input"]) for request in endpoint.requests] == [64, 64, 22]
    assert found[0] == found[7] != found[1]


def test_the_width_is_asked_for_once(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    assert (embedder.dimension, embedder.dimension) == (3, 3)
    assert len(endpoint.requests) == 1


def test_a_model_of_the_e5_family_gets_its_prefixes(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder(model="intfloat/multilingual-e5-small")
    embedder.embed_documents(["文"])
    embedder.embed_query("问")
    assert [request["input"] for request in endpoint.requests] == [["passage: 文"], ["query: 问"]]


def test_a_very_long_text_is_cut_and_sent_without_nul(endpoint: Endpoint) -> None:
    endpoint.embedder().embed_documents(["a\x00" + "长" * 9000])
    (sent,) = endpoint.requests[0]["input"]
    assert len(sent) == 2000
    assert "\x00" not in sent


@pytest.mark.parametrize(
    "answer",
    [
        (200, "text/html", b"<html>please log in</html>"),
        (200, "application/json", b'{"data": [{"index": 0, "embedd'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": [NaN, 1.0]}]}'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": [1e999, 1.0]}]}'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": [1e300, 1.0]}]}'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": []}]}'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": [0.0, 0.0]}]}'),
        (200, "application/json", b'{"data": [{"index": 0, "embedding": "AAAA"}]}'),
        (200, "application/json", b'{"data": [{"index": 1, "embedding": [1.0]}]}'),
        (200, "application/json", b'{"data": []}'),
        (200, "application/json", b"[" * 100_000),
        (200, "application/json", b"null"),
        (200, "application/json", b""),
    ],
    ids=lambda answer: answer[2][:60].decode(),
)
def test_nonsense_is_a_named_error(endpoint: Endpoint, answer: tuple[int, str, bytes]) -> None:
    endpoint.answer = lambda _: answer
    with pytest.raises(EmbeddingFailed):
        endpoint.embedder().embed_documents(["a"])


def test_vectors_of_two_widths_are_refused(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _: as_json(rows([[1.0, 2.0], [1.0, 2.0, 3.0]]))
    with pytest.raises(EmbeddingFailed, match="3 numbers instead of 2"):
        endpoint.embedder().embed_documents(["a", "b"])


def test_a_width_that_changes_later_is_refused(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    embedder.embed_documents(["a"])
    endpoint.answer = vectors_of_width(5)
    with pytest.raises(EmbeddingFailed, match="5 numbers instead of 3"):
        embedder.embed_documents(["b"])


def test_too_few_vectors_are_refused(endpoint: Endpoint) -> None:
    endpoint.answer = lambda _: as_json(rows([[1.0, 2.0]]))
    with pytest.raises(EmbeddingFailed, match="1 vectors for 2 texts"):
        endpoint.embedder().embed_documents(["a", "b"])


@pytest.mark.slow
@pytest.mark.parametrize(("status", "rejected"), [(400, True), (413, True), (401, False), (500, False)])
def test_an_error_status_is_named(endpoint: Endpoint, status: int, rejected: bool) -> None:
    endpoint.answer = lambda _: as_json({"error": {"message": "no"}}, status)
    with pytest.raises(EmbeddingFailed) as caught:
        endpoint.embedder().embed_documents(["a"])
    assert caught.value.data["status"] == status
    assert caught.value.data["rejected"] is rejected
    assert "secret" not in str(caught.value) + str(caught.value.data)


@pytest.mark.slow
def test_an_endpoint_that_hangs_is_given_up(endpoint: Endpoint) -> None:
    release = threading.Event()

    def hang(_: dict[str, Any]) -> tuple[int, str, bytes]:
        release.wait(20)
        return 200, "application/json", b""

    endpoint.answer = hang
    started = time.monotonic()
    with pytest.raises(EmbeddingFailed, match=r"did not answer within 0\.2 seconds"):
        endpoint.embedder(timeout_seconds=0.2).embed_documents(["a"])
    assert time.monotonic() - started < 5
    release.set()


@pytest.mark.slow
def test_nobody_listening_is_a_named_error() -> None:
    with pytest.raises(EmbeddingFailed, match="cannot be reached"):
        OpenAIEmbedder(base_url="http://127.0.0.1:9", timeout_seconds=1).embed_documents(["a"])


def test_after_a_failure_the_next_call_works(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    endpoint.answer = lambda _: (200, "text/html", b"<html>")
    with pytest.raises(EmbeddingFailed):
        embedder.embed_query("a")
    endpoint.answer = vectors_of_width(3)
    assert len(embedder.embed_query("a")) == 3


@pytest.mark.parametrize("url", ["ftp://host", "host:80", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        OpenAIEmbedder(base_url=url)


def test_neither_address_nor_key_is_refused() -> None:
    with pytest.raises(InvalidInput):
        make_embedder(EmbeddingSettings(provider="openai"))


def test_the_name_tells_endpoints_and_models_apart_and_holds_no_key(endpoint: Endpoint) -> None:
    one, other = endpoint.embedder(), endpoint.embedder(model="other")
    assert one.name != other.name
    assert "secret" not in one.name
