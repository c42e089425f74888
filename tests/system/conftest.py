"""A data folder that is made once and copied for each service that wants one, and terminals in front of two copies."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.sample_part import part_of_sample
from tests.system.running import Shell, environment, serving
from tests.system.terminals import Terminal
from tests.zygote import Forked


@dataclass(frozen=True)
class Prepared:
    """A data folder, stopped. `members` are ids by external id."""

    folder: Path
    sample: Path
    community_id: str
    keys: dict[str, str]
    members: dict[str, str]

    def copy_to(self, folder: Path) -> Path:
        """Return a copy to run a service on."""
        shutil.copytree(self.folder, folder)
        return folder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("prepared")
    sample = part_of_sample(folder / "sample")
    arguments = [str(folder / "var"), str(sample)]
    with Forked("tests.system.prepare", arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as made:
        assert made.stdout is not None
        assert made.stderr is not None
        out, err = made.stdout.read(), made.stderr.read()
    assert made.returncode == 0, err[-2000:]
    return Prepared(folder / "var", sample, **json.loads(out))


@pytest.fixture(scope="module")
def terminals(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Terminal]]:
    """Two copies of one folder: nobody serves the first, a service runs on the second."""
    folder = tmp_path_factory.mktemp("terminals")
    with ExitStack() as stack:
        alone = prepared.copy_to(folder / "alone")
        served = prepared.copy_to(folder / "served")
        near = {"webhooks__allow_private": True}
        service = stack.enter_context(serving(served, **near))
        envs = environment(alone, **near), environment(served, **near)
        one, two = (stack.enter_context(Shell(env)) for env in envs)
        yield [Terminal(envs[0], None, one), Terminal(envs[1], service, two)]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave the generated requests out of the quick suite, which runs none: reading the document for them takes seconds."""
    is_quick = config.getoption("markexpr") == "not slow"
    return True if is_quick and collection_path.name == "test_schema.py" else None
