"""The sample community as the evaluation sees it, imported once and read by the real cascade; no vectors."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from copilot.atmosphere.sentiment import SentimentModel
from copilot.embeddings.base import Embedder
from copilot.moderation.cascade import Cascade
from copilot.settings import Settings
from copilot.vectors.exact import ExactIndex
from eval.world import Parts, World, open_world, read_all


@pytest.fixture(scope="session")
def cascade() -> Cascade:
    return Cascade.load(SentimentModel.load())


@pytest.fixture(scope="session")
def sample_world(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder, cascade: Cascade) -> Iterator[World]:
    """Shared by many tests: nobody changes rows in it but by drafting."""
    settings = Settings.model_construct(data_dir=tmp_path_factory.getbasetemp())
    world = open_world(tmp_path_factory.mktemp("world"), settings, Parts(ExactIndex(), embedder, cascade))
    read_all(world)
    yield world
    world.store.close()
