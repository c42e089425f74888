"""The sample community as the evaluation sees it: imported once, and copied."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from eval.sample_copies import State
from eval.world import World, Worlds


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    """Makes worlds; whoever takes a copy closes it. What one test had embedded, the next need not embed.

    The sample is read and embedded once for all processes of a run, whose folders are beside each other.
    """
    base = tmp_path_factory.getbasetemp()
    copies = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "sample"
    copies.mkdir(exist_ok=True)
    made = Worlds(tmp_path_factory.mktemp("worlds"), copies=copies)
    yield made
    made.close()


@pytest.fixture(scope="session")
def sample_world(worlds: Worlds) -> Iterator[World]:
    """Shared by many tests, not read and without vectors: nobody changes rows in it."""
    world = worlds.copy(State.IMPORTED)
    yield world
    world.services.close()
