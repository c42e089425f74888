"""An importer of small files into one community."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.community.store import Store
from tests.community.importer import Importer


@pytest.fixture
def importer(store: Store, community: str, tmp_path: Path) -> Importer:
    return Importer(store, community, tmp_path)
