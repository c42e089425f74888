"""Measures work, not the machine's mood. Tests that use it are marked `no_cover`: the tracer is not the work."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds_of_work(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the CPU seconds of this thread for `work`, in the run of several that was disturbed least."""
    spent = []
    for _ in range(repeats):
        started = time.thread_time()
        work()
        spent.append(time.thread_time() - started)
    return min(spent)
