"""Measures of time: percentiles of repeated calls, work per CPU-second."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics.intervals import RESAMPLES, SEED, Interval


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


def ratio_interval(first: Sequence[float], second: Sequence[float], percent: float) -> tuple[float, Interval]:
    """Return the ratio of the percentiles of two series timed in turns, and its interval: pairs are drawn together.

    Raises:
        ValueError: no durations, or not as many of one as of the other.
    """
    if not first or len(first) != len(second):
        raise ValueError("a ratio needs as many durations of one as of the other")
    both = np.asarray([first, second], dtype=np.float64)
    picks = np.random.default_rng(SEED).integers(both.shape[1], size=(RESAMPLES, both.shape[1]))
    drawn = np.percentile(both[:, picks], percent, axis=2)
    low, high = np.percentile(drawn[0] / drawn[1], [2.5, 97.5])
    whole = np.percentile(both, percent, axis=1)
    return float(whole[0] / whole[1]), Interval(float(low), float(high), "bootstrap")
