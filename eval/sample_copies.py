"""The sample community, imported once and read once a run, and handed out as copies of its folder to whoever needs a world."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from filelock import FileLock

Make = Callable[[Path], None]


class State(StrEnum):
    """How far the community of a copy has come."""

    IMPORTED = "imported"
    FILLED = "filled"


class SampleCopies:
    """Folders of the sample community below one that several processes may share; whoever comes first makes them."""

    def __init__(self, folder: Path, importing: Make, filling: Make) -> None:
        """Prepare to make copies.

        Args:
            folder: of a run; its processes name the same.
            importing: imports the sample into an empty folder, and closes what it opened.
            filling: reads and embeds an imported community, and closes what it opened.
        """
        self._folder = folder
        self._steps = {State.IMPORTED: importing, State.FILLED: filling}
        # Freed by the system when its holder dies, so that nobody waits for a process that is no more.
        self._lock = FileLock(folder / "sample.lock")

    def copy(self, state: State, to: Path) -> None:
        """Copy the community in this state into the folder `to`."""
        with self._lock:
            original = self._original(state)
        shutil.copytree(original, to, dirs_exist_ok=True)

    def _original(self, state: State) -> Path:
        kept = self._folder / f"sample-{state}"
        if not kept.exists():
            making = self._folder / "sample-making"
            shutil.rmtree(making, ignore_errors=True)  # of a process that died over it
            if state is State.FILLED:
                shutil.copytree(self._original(State.IMPORTED), making)
            else:
                making.mkdir()
            self._steps[state](making)
            making.rename(kept)
        return kept
