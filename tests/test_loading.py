"""Starting is cheap: the collector rests while a program loads, and a program loads only what it uses."""

from __future__ import annotations

import gc
import subprocess
import sys

import pytest

from copilot.loading import loading

# Each costs between a tenth of a second and a second.
DEAR = {"chromadb", "dbos", "langchain_core", "langchain_openai", "onnxruntime", "openai", "scipy", "sklearn"}


def test_no_collection_runs_while_a_program_loads_and_they_go_on_after_it() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_somebody_switched_off_stays_off() -> None:
    gc.disable()
    try:
        with loading():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_is_imported_already_freezes_nothing_again() -> None:
    before = gc.get_freeze_count()
    with loading():
        import copilot.loading  # noqa: F401  # imported above
    assert gc.get_freeze_count() == before


def test_an_import_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ModuleNotFoundError), loading():
        import copilot.there_is_no_such_module  # type: ignore[import-not-found]  # noqa: F401  # the point of it
    assert gc.isenabled()


@pytest.mark.slow
def test_a_command_with_the_stores_imports_nothing_dear_before_it_is_used() -> None:
    program = "import sys, copilot.cli.local, copilot.services; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not DEAR & set(done.stdout.split())
