"""Work that goes on in a thread of its own after the page that asked for it was answered."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any, Protocol

from copilot.errors import CopilotError
from copilot.telemetry import log_event

_log = logging.getLogger(__name__)


class Task(Protocol):
    """What is looked at while the work goes on: its answer at the end, or what went wrong."""

    id: str
    answer: Any
    error: CopilotError | None
    is_over: bool


def start_apart(task: Task, work: Callable[[], Any]) -> None:
    """Start the work and return at once; whatever it ends with, the task is over then.

    It runs within the asker's context: what it says is in the asker's language, what it logs is of the asker's request.
    """
    within = copy_context()
    threading.Thread(target=within.run, args=(_run, task, work), name=task.id, daemon=True).start()


def _run(task: Task, work: Callable[[], Any]) -> None:
    try:
        task.answer = work()
    except CopilotError as error:
        log_event(_log, logging.INFO, "refused", code=error.code)
        task.error = error
    except Exception:  # noqa: BLE001  # a thread has nobody above it: whoever waits would wait for ever
        _log.exception("work apart from a request failed")
        task.error = CopilotError(
            "internal error",
            sentence={"zh-CN": "服务出错了，已经记录。请稍后再试。", "en": "Something broke on our side and was logged. Try again in a moment."},
        )  # fmt: skip
    task.is_over = True
