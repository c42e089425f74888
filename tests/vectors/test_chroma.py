from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import numpy as np
import pytest

from copilot.errors import IndexLocked, IndexUnavailable, InvalidInput
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.index import VectorItem
from tests.vectors.chroma_server import running_server

ONE = VectorItem("a", "owner", "h", [1.0, 0.0])
AXIS = np.array([[1.0, 0.0]], dtype=np.float32)

HOLDER = """
import sys, time
from pathlib import Path
from copilot.vectors.chroma import ChromaIndex
index = ChromaIndex.embedded(Path(sys.argv[1]), "test/1")
print("open", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the store in `tmp_path`."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_store_opened_again_holds_what_was_written(tmp_path: Path) -> None:
    first = ChromaIndex.embedded(tmp_path, "test/1")
    first.upsert("c", "is", [ONE])
    first.close()
    second = ChromaIndex.embedded(tmp_path, "test/1")
    assert second.query("c", "is", AXIS, 1)[0][0].record_id == "a"
    second.close()


def test_a_second_process_is_told_who_owns_the_store(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(IndexLocked, match=f"in use by process {holder.pid}; .*COPILOT_VECTORS__URL") as caught:
        ChromaIndex.embedded(tmp_path, "test/1")
    assert caught.value.data["pid"] == holder.pid


def test_the_store_is_free_again_after_its_owner_was_killed(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    index = ChromaIndex.embedded(tmp_path, "test/1")
    index.upsert("c", "is", [ONE])
    assert list(index.scan("c", "is")) == [ONE.record_id]
    index.close()


def test_the_same_process_cannot_open_a_store_twice_until_it_is_closed(tmp_path: Path) -> None:
    first = ChromaIndex.embedded(tmp_path, "test/1")
    with pytest.raises(IndexLocked, match=f"process {os.getpid()}"):
        ChromaIndex.embedded(tmp_path, "test/1")
    assert first.scan("c", "is") == {}
    first.close()
    ChromaIndex.embedded(tmp_path, "test/1").close()


def test_another_thread_may_close_the_store(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path, "test/1")
    closer = threading.Thread(target=index.close)
    closer.start()
    closer.join()
    again = ChromaIndex.embedded(tmp_path, "test/1")
    assert again.scan("c", "is") == {}
    again.close()


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path, "test/1")
    index.close()
    with pytest.raises(IndexUnavailable, match="closed"):
        index.scan("c", "is")


def test_an_embedder_never_meets_the_vectors_of_another(tmp_path: Path) -> None:
    old = ChromaIndex.embedded(tmp_path, "test/1")
    old.upsert("c", "is", [ONE])
    old.upsert("other", "is", [ONE])
    old.close()
    new = ChromaIndex.embedded(tmp_path, "test/2")
    assert new.scan("c", "is") == {}
    assert new.query("c", "is", AXIS, 5) == [[]]
    new.upsert("c", "is", [VectorItem("b", "owner", "h", [1.0, 0.0, 0.0])])  # another width, too
    assert new.drop_other_embedders("c") == 1
    assert new.drop_other_embedders("c") == 0
    assert new.scan("c", "is") == {"b": "h"}
    new.close()
    again = ChromaIndex.embedded(tmp_path, "test/1")
    assert again.scan("c", "is") == {}
    assert again.scan("other", "is") == {"a": "h"}
    again.close()


def test_dropping_a_community_reaches_the_vectors_of_every_embedder(tmp_path: Path) -> None:
    for embedder in ("test/1", "test/2"):
        index = ChromaIndex.embedded(tmp_path, embedder)
        index.upsert("c", "is", [ONE])
        index.close()
    index = ChromaIndex.embedded(tmp_path, "test/1")
    index.drop("c")
    assert index.drop_other_embedders("c") == 0
    assert index.scan("c", "is") == {}
    index.close()


def test_more_collections_than_are_kept_open(tmp_path: Path) -> None:
    index = ChromaIndex.embedded(tmp_path, "test/1")
    index._handle_limit = 3
    for number in range(8):
        index.upsert(f"c{number}", "is", [ONE])
    assert len(index._handles) == 3
    assert all(index.scan(f"c{number}", "is") == {"a": "h"} for number in range(8))
    index.close()


def test_a_file_in_the_place_of_the_folder_is_a_named_error(tmp_path: Path) -> None:
    place = tmp_path / "chroma"
    place.write_text("not a folder")
    with pytest.raises(IndexUnavailable, match="cannot be used for vectors"):
        ChromaIndex.embedded(place, "test/1")


def test_a_damaged_store_is_a_named_error_and_frees_the_lock(tmp_path: Path) -> None:
    (tmp_path / "chroma.sqlite3").write_bytes(b"this is no database" * 100)
    for _ in range(2):
        with pytest.raises(IndexUnavailable) as caught:
            ChromaIndex.embedded(tmp_path, "test/1")
        assert not isinstance(caught.value, IndexLocked)


@pytest.mark.parametrize("url", ["", "chroma:8000", "ftp://127.0.0.1", "http://", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        ChromaIndex.server(url, "test/1")


def test_no_server_is_a_named_error() -> None:
    with pytest.raises(IndexUnavailable, match="connect"):
        ChromaIndex.server("http://127.0.0.1:9", "test/1")


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>welcome</html>")

    def log_message(self, *_: object) -> None:
        """Keep the test's output clean."""


def test_a_server_that_is_no_chroma_is_a_named_error() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with pytest.raises(IndexUnavailable, match="not a Chroma server"):
        ChromaIndex.server(f"http://127.0.0.1:{server.server_address[1]}", "test/1")
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_a_server_that_hangs_is_given_up(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        index = ChromaIndex.server(server.url, "test/1")
        timeout = index._client._server._session.timeout
        assert timeout.read == 60.0
        index._client._server._session.timeout = httpx.Timeout(0.3)
        server.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, server.process.pid, os.WSTOPPED | os.WNOWAIT)  # its threads stop one by one
        try:
            started = time.monotonic()
            with pytest.raises(IndexUnavailable, match="timed out"):
                index.scan("c", "is")
            assert time.monotonic() - started < 5
        finally:
            server.process.send_signal(signal.SIGCONT)
        assert index.scan("c", "is") == {}
        index.close()


@pytest.mark.slow
def test_a_server_that_went_away_is_a_named_error(tmp_path: Path) -> None:
    with running_server(tmp_path / "one") as server:
        index = ChromaIndex.server(server.url, "test/1")
        index.upsert("c", "is", [ONE])
    with pytest.raises(IndexUnavailable):
        index.scan("c", "is")
    index.close()


@pytest.mark.slow
def test_a_collection_dropped_by_another_process_is_looked_up_again(tmp_path: Path) -> None:
    with running_server(tmp_path) as server:
        one, other = ChromaIndex.server(server.url, "test/1"), ChromaIndex.server(server.url, "test/1")
        one.upsert("c", "is", [ONE])
        assert other.scan("c", "is") == {"a": "h"}
        one.drop("c", "is")
        assert other.scan("c", "is") == {}
        one.drop("c", "is")
        other.upsert("c", "is", [ONE])
        one.upsert("c", "is", [VectorItem("b", "owner", "h", [0.0, 1.0])])
        assert set(one.scan("c", "is")) == set(other.scan("c", "is")) == {"a", "b"}
        one.close()
        assert set(other.scan("c", "is")) == {"a", "b"}
        other.close()
