"""One process owns a folder: an operating-system lock, and beside it the owner's process id for the error message."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from copilot.errors import IndexLocked, IndexUnavailable

_LOCK = "owner.lock"
# Not in the lock file itself: acquiring a lock may truncate it, and the loser has to read the name.
_OWNER = "owner.pid"


class FolderLock:
    """Held from construction to `release`; the operating system frees it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self._owner_file = folder / _OWNER
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # Not per thread: opened at start-up, closed by whichever thread shuts down.
            self._lock = FileLock(folder / _LOCK, timeout=0, thread_local=False)
            self._lock.acquire()
            self._owner_file.write_text(str(os.getpid()), encoding="ascii")
        except Timeout:
            raise self._taken(folder) from None
        except OSError as error:
            raise IndexUnavailable(
                f"the folder {folder} cannot be used for vectors: {error.strerror or error}", folder=str(folder)
            ) from error

    def release(self) -> None:
        """Let another process in; a second call does nothing."""
        if self._lock.is_locked:
            self._owner_file.unlink(missing_ok=True)
            self._lock.release()

    def _taken(self, folder: Path) -> IndexLocked:
        pid = self._owner()
        owner = f"process {pid}" if pid else "another process"
        advice = "use the running service, stop that process, or set COPILOT_VECTORS__URL to share a Chroma server"
        return IndexLocked(f"the vector store {folder} is in use by {owner}; {advice}", folder=str(folder), pid=pid)

    def _owner(self) -> int | None:
        try:
            return int(self._owner_file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return None  # the owner is between taking the lock and writing its name
