"""The databases every storage contract runs on: SQLite always, PostgreSQL from a wheel (marked slow)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copilot.clock import FixedClock
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Community
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync
from tests.conftest import NOW
from tests.servers import new_database
from tests.vectors.records import LetterEmbedder


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """An empty database with the schema in the server, to copy, as `migrated` is a file to copy."""
    with new_database(postgres_url) as url:
        Store.open(url).close()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'truth.sqlite'}"
        return
    # Who takes a store takes it with the schema; the others make it themselves.
    copied = request.getfixturevalue("migrated_postgres") if "any_store" in request.fixturenames else None
    with new_database(request.getfixturevalue("postgres_url"), copied) as url:
        yield url


@pytest.fixture
def any_store(database_url: str, clock: FixedClock, tmp_path: Path, migrated: Path) -> Iterator[Store]:
    if database_url.startswith("sqlite"):
        shutil.copy(migrated, tmp_path)
    opened = Store.open(database_url, clock=clock, upgrade=False)
    with opened.system(write=True) as session:
        for name in ("a", "b"):
            session.add(Community(id=name, slug=f"slug-{name}", name=name, created_at=NOW))
    yield opened
    opened.close()


@pytest.fixture
def exact() -> ExactIndex:
    return ExactIndex()


@pytest.fixture
def letters() -> LetterEmbedder:
    return LetterEmbedder()


@pytest.fixture
def sync(any_store: Store, exact: ExactIndex, letters: LetterEmbedder) -> VectorSync:
    """What keeps the vectors of any store, without a model."""
    return VectorSync(StaleTexts(any_store), exact, letters)


def member(record_id: str, external_id: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": record_id, "platform": "wechat", "external_id": external_id or record_id,
        "name": f"name {record_id}", "created_at": NOW, **more,
    }  # fmt: skip
