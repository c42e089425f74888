from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from api.console.searches import Asker, Search, Searches, stop_here
from copilot.errors import ModelCancelled, NotFound

ME = Asker("c", "key_me")


def _ended(search: Search) -> Search:
    until = time.monotonic() + 10
    while not search.is_over:
        assert time.monotonic() < until
        time.sleep(0.005)
    return search


def test_what_is_stopped_before_it_stores_leaves_nothing_and_afterwards_cannot_be_stopped() -> None:
    going, stored = threading.Event(), []

    def work(is_stopped: Callable[[], bool]) -> str:
        assert going.wait(10)
        stop_here(is_stopped)
        stored.append("a round")
        return "found"

    searches = Searches()
    first = searches.start(ME, 10, work, lambda visit, answer: answer)
    assert first.stop()
    going.set()
    assert _ended(first).was_dropped and stored == []
    second = _ended(searches.start(ME, 10, work, lambda visit, answer: answer))
    assert not second.stop() and not second.was_dropped and second.answer == "found" and stored == ["a round"]


@pytest.mark.parametrize("hears_of_it", [True, False])
def test_waiting_for_a_model_is_stopped_midway_and_what_was_stored_all_the_same_is_shown(*, hears_of_it: bool) -> None:
    asked, pressed = threading.Event(), threading.Event()

    def work(is_stopped: Callable[[], bool]) -> str:
        assert not is_stopped()  # asked before anybody stopped it, which does not end the asking
        asked.set()
        assert pressed.wait(10)
        if hears_of_it and is_stopped():
            raise ModelCancelled("stopped")
        return "a topic"

    search = Searches().start(ME, 60, work, lambda visit, answer: answer, asks_midway=True)
    assert asked.wait(10)
    assert search.stop() and not search.was_dropped  # until it is known what became of it
    pressed.set()
    assert _ended(search).was_dropped is hears_of_it
    assert search.answer == (None if hears_of_it else "a topic")


def test_an_answer_is_its_askers_own() -> None:
    searches = Searches()
    search = _ended(searches.start(ME, 1, lambda is_stopped: 1, lambda visit, answer: answer))
    assert searches.get(ME, search.id) is search
    with pytest.raises(NotFound):
        searches.get(Asker("c", "key_other"), search.id)
