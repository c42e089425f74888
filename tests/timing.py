"""Measures work, not the machine's mood: without the tracer of a coverage run, and beside a yardstick."""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Callable

# What `_yardstick` takes where the bounds were set, with nothing beside it.
_YARDSTICK_SECONDS = 0.04
_TEXT = "a fixed piece of work, half of it the interpreter's and half of it compiled code's; " * 40
# Larger than the caches, as the tables of our models are.
_TABLE = {str(number * 7919 % 300_007): number for number in range(300_007)}
_LOOKED_UP = [str(number * 104_729 % 300_007) for number in range(30_000)]


def seconds_of_work(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the CPU seconds of this thread for `work` as on the machine where the bounds were set.

    Shared processors and caches make the same instructions take up to three times as long, so the work is measured
    beside a yardstick, in turns, and the least disturbed turn of each counts.
    """
    spent, yardstick = [], [_seconds(_yardstick)]
    for _ in range(repeats):
        spent.append(_seconds(work))
        yardstick.append(_seconds(_yardstick))
    return min(spent) * _YARDSTICK_SECONDS / min(yardstick)


def _seconds(work: Callable[[], object]) -> float:
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        started = time.thread_time()
        work()
        return time.thread_time() - started
    finally:
        sys.settrace(tracer)


def _yardstick() -> int:
    counts: dict[str, int] = {}
    for _ in range(60):
        for start in range(0, len(_TEXT) - 3, 8):
            gram = _TEXT[start : start + 3]
            counts[gram] = counts.get(gram, 0) + 1
        zlib.compress(_TEXT.encode(), 6)
    return len(counts) + sum(_TABLE[key] for key in _LOOKED_UP)
