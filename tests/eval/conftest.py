"""The sample community as the evaluation sees it: imported once, read by the real cascade, without vectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copilot.embeddings.base import Embedder
from eval.world import World, open_world, read_all


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[World]:
    """Shared by many tests: nobody changes rows in it but by drafting."""
    world = open_world(tmp_path_factory.mktemp("world"), embedder)
    read_all(world)
    yield world
    world.services.close()
