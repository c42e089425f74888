"""Questions under way: each runs in a thread of its own and is looked at again and again, so a lost connection loses nothing.

Kept in this process and for a while only. What an answer made, such as a plan, is stored like anything else.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from api.console.apart import start_apart
from api.console.intents import Intent
from copilot.community.ids import new_id
from copilot.errors import CopilotError, ModelCancelled, NotFound, RateLimited
from copilot.telemetry import REQUEST_ID

_MOST, _MOST_RUNNING, _MOST_RUNNING_EACH = 200, 16, 4
_KEPT = timedelta(hours=2)
_MOST_WORDS = 20_000
_MOST_STAGES, _USUAL_WORDS = 5, 1500
Tell = Callable[[str, dict[str, Any]], None]
Work = Callable[[Tell, Callable[[], bool]], Any]


@dataclass
class Inquiry:
    """One question: how far it is, and at the end its answer or what went wrong."""

    id: str
    community_id: str
    owner: str
    text: str
    intent: Intent
    was_chosen: bool
    asked_at: datetime
    stages: list[str] = field(default_factory=list)
    understood: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""
    answer: Any = None
    error: CopilotError | None = None
    is_over: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    request_id: str = field(default_factory=REQUEST_ID.get)  # of the question; the log has what went wrong under it

    @property
    def was_stopped(self) -> bool:
        """Whether somebody stopped it before it had an answer."""
        return isinstance(self.error, ModelCancelled)

    @property
    def mark(self) -> str:
        """How far it is, as a word that changes with whatever is shown of it."""
        return f"{len(self.stages)}-{len(self.words)}-{int(self.is_over)}-{int(self.stopped.is_set())}"

    @property
    def share(self) -> float:
        """How full its bar is, 0 to 1: by stages and by what is written. It never goes back and forecasts nothing."""
        steps = min(len(self.stages), _MOST_STAGES) / _MOST_STAGES
        return 0.3 * steps + 0.65 * (1 - math.exp(-len(self.words) / _USUAL_WORDS))

    def tell(self, stage: str, data: dict[str, Any]) -> None:
        """Note progress: a stage, or a piece of what a model writes."""
        if stage == "delta":
            self.words = (self.words + str(data.get("text", "")))[:_MOST_WORDS]
        elif stage not in self.stages:
            self.stages.append(stage)
        if stage == "understood":
            self.understood = [(str(item["field"]), str(item["words"])) for item in data.get("understood", [])]


@dataclass(frozen=True)
class Asker:
    """Who asks, and where."""

    community_id: str
    owner: str


class Inquiries:
    """The questions of this process. Safe between threads."""

    def __init__(self) -> None:
        self._kept: dict[str, Inquiry] = {}
        self._lock = threading.Lock()

    def start(self, asker: Asker, asked: tuple[str, Intent, bool], now: datetime, work: Work) -> Inquiry:
        """Start working on a question (text, intent, whether the intent was chosen by hand) and return at once.

        Raises:
            RateLimited: too many are under way.
        """
        text, intent, was_chosen = asked
        inquiry = Inquiry(new_id("inq"), asker.community_id, asker.owner, text, intent, was_chosen, now)
        with self._lock:
            running = [one for one in self._kept.values() if not one.is_over]
            if len(running) >= _MOST_RUNNING or sum(one.owner == asker.owner for one in running) >= _MOST_RUNNING_EACH:
                sentence = {"zh-CN": "正在处理的问题太多了，请等一个完成后再问。", "en": "Too many questions are under way. Wait for one to end."}  # fmt: skip
                raise RateLimited("too many questions are under way", retry_after_seconds=5, sentence=sentence)
            self._forget(now)
            self._kept[inquiry.id] = inquiry
        start_apart(inquiry, lambda: work(inquiry.tell, inquiry.stopped.is_set))
        return inquiry

    def get(self, asker: Asker, inquiry_id: str) -> Inquiry:
        """Return a question of one's own.

        Raises:
            NotFound: it is not kept here any more, or is somebody else's.
        """
        with self._lock:
            found = self._kept.get(inquiry_id)
        if found is None or (found.community_id, found.owner) != (asker.community_id, asker.owner):
            sentence = {"zh-CN": "这个问题已经不在了。已经生成的方案在「活动方案」里；其他的请再问一次。", "en": "This question is not kept any more. A plan that was made is among the plans; ask again for the rest."}  # fmt: skip
            raise NotFound(f"there is no question {inquiry_id!r}", kind="inquiry", id=inquiry_id, sentence=sentence)
        return found

    def latest(self, asker: Asker, most: int = 6) -> list[Inquiry]:
        """Return what somebody asked lately, newest first."""
        with self._lock:
            mine = [one for one in self._kept.values() if (one.community_id, one.owner) == (asker.community_id, asker.owner)]  # fmt: skip
        return mine[: -most - 1 : -1]

    def _forget(self, now: datetime) -> None:
        over = [one.id for one in self._kept.values() if one.is_over]
        for inquiry_id in over:
            if now - self._kept[inquiry_id].asked_at > _KEPT or len(self._kept) >= _MOST:
                del self._kept[inquiry_id]
