"""Small exchanges written by hand: messages as `Line`s, minutes from a Monday noon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from copilot.community.conversation import Line

MONDAY = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)


def line(name: str, sender: str, minute: float, **values: Any) -> Line:
    """Return a read, neutral message in channel `main`."""
    given: dict[str, Any] = {
        "channel_id": "main", "type": 0, "text": "x", "reply_to_id": None, "mentions": (), "is_question": False,
        "sentiment": (0.1, 0.8, 0.1), "flagged_score": 0.0, "model_version": "m1",
    }  # fmt: skip
    return Line(id=name, sender_id=sender, sent_at=MONDAY + timedelta(minutes=minute), **{**given, **values})


def asked_and_answered(asker: str, answerer: str, minute: float, **values: Any) -> list[Line]:
    """Return a question and its answer a minute later."""
    name = f"q-{asker}-{answerer}-{minute:g}"
    return [
        line(name, asker, minute, is_question=True, **values),
        line(f"a{name}", answerer, minute + 1, reply_to_id=name, **values),
    ]
