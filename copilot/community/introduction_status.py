"""The states of an introduction, and which of them each side is told.

Operators see every state as it is. The two members see their own decisions; of the other's they learn only that
nothing came of it, and never that they were reported.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from copilot.community.tables import Introduction

Side = Literal["asker", "target"]


class IntroductionStatus(StrEnum):
    """Where an introduction stands; all but the first two are ends."""

    WAITING = "waiting"
    CONNECTED = "connected"
    DECLINED = "declined"
    IGNORED = "ignored"
    EXPIRED = "expired"
    REPORTED = "reported"
    WITHDRAWN = "withdrawn"
    # Never stored: what the asker is told of a no, of silence and of a report alike.
    NOT_TAKEN_UP = "not_taken_up"


_NO = (IntroductionStatus.DECLINED, IntroductionStatus.IGNORED, IntroductionStatus.EXPIRED)


def side_of(row: Introduction, member_id: str) -> Side:
    """Return on which side of the introduction one of its two members stands."""
    return "asker" if row.asker_id == member_id else "target"


def shown_status(row: Introduction, member_id: str | None) -> IntroductionStatus:
    """Return the state that this member is told; None is an operator, who sees it as it is."""
    status = IntroductionStatus(row.status)
    if member_id is None or row.ended_by == member_id:
        return status
    is_asker = side_of(row, member_id) == "asker"
    if status is IntroductionStatus.REPORTED:
        if row.revealed_at is not None:
            return IntroductionStatus.CONNECTED
        return IntroductionStatus.NOT_TAKEN_UP if is_asker else IntroductionStatus.WITHDRAWN
    return IntroductionStatus.NOT_TAKEN_UP if is_asker and status in _NO else status
