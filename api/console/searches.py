"""Work of seconds that a page waits for: each runs in a thread of its own, says how far its time is, and can be stopped.

Kept in this process and for a while only; what an answer stored, such as a round, is where it belongs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from api.console.apart import start_apart
from copilot.community.ids import new_id
from copilot.errors import CopilotError, ModelCancelled, NotFound, RateLimited
from copilot.telemetry import REQUEST_ID

_MOST, _MOST_RUNNING, _MOST_RUNNING_EACH = 100, 8, 2
_KEPT_SECONDS = 1800.0
# Gets whether somebody stopped it: asked once, before anything is stored; after a no it cannot be stopped.
Work = Callable[[Callable[[], bool]], Any]
# Makes the page's part out of the answer, as whoever asks for it may see it.
Show = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Asker:
    """Who asks, and where."""

    community_id: str
    key_id: str


@dataclass
class Search:
    """One piece of work: its answer at the end, or what went wrong.

    Attributes:
        seconds: how long it may take.
        show: makes a response of a visit and the answer.
        asks_midway: the work asks again and again whether somebody stopped it, and itself sees to it that nothing is
            stored then; what it has stored before it heard of that is shown.
        request_id: of the request that started it; the log has what went wrong under it.
    """

    id: str
    asker: Asker
    seconds: float
    show: Show
    started: float
    answer: Any = None
    error: CopilotError | None = None
    is_over: bool = False
    was_stopped: bool = False
    asks_midway: bool = False
    request_id: str = field(default_factory=REQUEST_ID.get)
    _is_past_stopping: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def stop(self) -> bool:
        """Drop its answer; return whether it could still be stopped, which it cannot be once it may have stored one."""
        with self._lock:
            self.was_stopped = self.was_stopped or not (self._is_past_stopping or self.is_over)
            return self.was_stopped

    def is_stopped(self) -> bool:
        """Return whether somebody stopped it; after a no nobody can."""
        with self._lock:
            self._is_past_stopping = not self.was_stopped and not self.asks_midway
            return self.was_stopped

    @property
    def was_dropped(self) -> bool:
        """Whether it was stopped in time: there is no answer, and nothing was stored."""
        return isinstance(self.error, ModelCancelled) if self.asks_midway else self.was_stopped

    def spent(self) -> float:
        """Return the seconds since it was started, at most what it may take."""
        return min(self.seconds, time.monotonic() - self.started)


class Searches:
    """The work of this process. Safe between threads."""

    def __init__(self) -> None:
        self._kept: dict[str, Search] = {}
        self._lock = threading.Lock()

    def start(self, asker: Asker, seconds: float, work: Work, show: Show, *, asks_midway: bool = False) -> Search:
        """Start and return at once; see `Search` for `asks_midway`.

        Raises:
            RateLimited: too much is under way.
        """
        search = Search(new_id("srh"), asker, seconds, show, time.monotonic(), asks_midway=asks_midway)
        with self._lock:
            running = [one for one in self._kept.values() if not one.is_over]
            if len(running) >= _MOST_RUNNING or sum(one.asker == asker for one in running) >= _MOST_RUNNING_EACH:
                sentence = {
                    "zh-CN": "正在计算的太多了，请等一个完成。",
                    "en": "Too much is being worked out. Wait for one to end.",
                }
                raise RateLimited("too much is under way", retry_after_seconds=5, sentence=sentence)
            for one in list(self._kept.values()):
                if one.is_over and (len(self._kept) >= _MOST or time.monotonic() - one.started > _KEPT_SECONDS):
                    del self._kept[one.id]
            self._kept[search.id] = search
        start_apart(search, lambda: work(search.is_stopped))
        return search

    def get(self, asker: Asker, search_id: str) -> Search:
        """Return one's own work.

        Raises:
            NotFound: it is not kept here any more, or is somebody else's.
        """
        with self._lock:
            found = self._kept.get(search_id)
        if found is None or found.asker != asker:
            sentence = {
                "zh-CN": "这个结果已经不在了，请再试一次。",
                "en": "This answer is not kept any more. Ask again.",
            }
            raise NotFound(f"there is no search {search_id!r}", kind="search", id=search_id, sentence=sentence)
        return found


def stop_here(is_stopped: Callable[[], bool]) -> None:
    """Pass unless somebody stopped the work.

    Raises:
        ModelCancelled: somebody did.
    """
    if is_stopped():
        sentence = {"zh-CN": "已停止，什么都没有保存。", "en": "Stopped. Nothing was kept."}
        raise ModelCancelled("the work was stopped", sentence=sentence)
