"""Measures of time: percentiles of repeated calls, work per CPU-second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Spent:
    """Wall and CPU seconds (all threads of this process) of one piece of work."""

    wall_seconds: float
    cpu_seconds: float


def spend(work: Callable[[], object]) -> Spent:
    """Run `work` once and return what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """Return a percentile of durations in milliseconds (linear interpolation between the neighbours).

    Raises:
        ValueError: no durations.
    """
    if not seconds:
        raise ValueError("no durations")
    return float(np.percentile(np.asarray(seconds), percent) * 1000)
