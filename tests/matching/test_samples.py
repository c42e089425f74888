"""A sample is renewed when it no longer fits; of a large community nobody waits for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from copilot.clock import FixedClock
from copilot.errors import StoreBusy
from copilot.matching.scores.samples import Drawn, Samples


class Village:
    """A community with a number of records; its sample is the number, which it takes as long to draw as we like."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.counted = self.drawn = 0
        self.is_whole = True
        self.failure: StoreBusy | None = None
        self.may_draw = threading.Event()
        self.may_draw.set()

    def count(self, _community_id: str) -> int:
        self.counted += 1
        return self.size

    def draw(self, _community_id: str) -> Drawn[int]:
        assert self.may_draw.wait(10)
        if self.failure is not None:
            raise self.failure
        self.drawn += 1
        return Drawn(self.size, self.is_whole)

    def samples(self, clock: FixedClock) -> Samples[int]:
        return Samples(self.count, self.draw, clock.now, small=100)


def eventually(claim: Callable[[], bool]) -> bool:
    """Wait until `claim()` holds, ten seconds at most; return whether it does."""
    end = time.monotonic() + 10
    while not claim() and time.monotonic() < end:
        time.sleep(0.005)
    return claim()


def test_a_small_community_is_looked_at_every_time(clock: FixedClock) -> None:
    village = Village(10)
    samples = village.samples(clock)
    assert samples.of("c") == 10
    village.size = 11
    assert samples.of("c") == 11


def test_a_text_more_in_a_hundred_changes_nothing(clock: FixedClock) -> None:
    village = Village(100)
    samples = village.samples(clock)
    assert [samples.of("c"), setattr(village, "size", 101), samples.of("c")] == [100, None, 100]
    assert village.drawn == 1


def test_a_large_community_is_looked_at_now_and_then_and_nobody_waits(clock: FixedClock) -> None:
    village = Village(1000)
    samples = village.samples(clock)
    samples.of("c")
    village.size = 2000
    assert samples.of("c") == 1000 and village.counted == 1
    clock.advance(timedelta(seconds=6))
    village.may_draw.clear()
    assert [samples.of("c") for _ in range(5)] == [1000] * 5  # the old one serves while the new one is drawn
    village.may_draw.set()
    assert eventually(lambda: samples.of("c") == 2000)
    assert village.drawn == 2


def test_an_old_sample_is_drawn_again_though_nothing_was_added(clock: FixedClock) -> None:
    village = Village(1000)
    samples = village.samples(clock)
    samples.of("c")
    clock.advance(timedelta(seconds=6))
    assert [samples.of("c"), village.drawn] == [1000, 1]
    clock.advance(timedelta(minutes=11))
    assert samples.of("c") == 1000, "the old one serves while the new one is drawn"
    assert eventually(lambda: village.drawn == 2)


def test_a_sample_that_was_not_whole_is_drawn_again_at_the_next_look(clock: FixedClock) -> None:
    village = Village(1000)
    village.is_whole = False
    samples = village.samples(clock)
    assert [samples.of("c"), samples.of("c"), village.drawn] == [1000, 1000, 1]
    clock.advance(timedelta(seconds=6))
    samples.of("c")
    assert eventually(lambda: village.drawn == 2)


def test_a_renewal_that_fails_is_tried_again_and_the_old_value_serves(clock: FixedClock) -> None:
    village = Village(1000)
    samples = village.samples(clock)
    samples.of("c")
    village.size, village.failure = 2000, StoreBusy("busy")
    clock.advance(timedelta(minutes=11))
    assert samples.of("c") == 1000
    village.failure = None
    assert eventually(lambda: samples.of("c") == 2000)


def test_the_first_value_is_made_once_for_all_who_wait(clock: FixedClock) -> None:
    village = Village(1000)
    village.may_draw.clear()
    samples = village.samples(clock)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(samples.of("c"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    village.may_draw.set()
    for thread in threads:
        thread.join(10)
    assert (found, village.drawn) == ([1000] * 4, 1)


def test_a_first_value_that_cannot_be_made_is_the_callers_error(clock: FixedClock) -> None:
    village = Village(1000)
    village.failure = StoreBusy("busy")
    with pytest.raises(StoreBusy):
        village.samples(clock).of("c")
