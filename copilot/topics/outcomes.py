"""What worked: how often members said yes, by framework and by hour, pulled towards the average while there is little to go by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import Outreach

SAID_YES = frozenset({"accepted", "published"})
SAID_NO = "declined"
# Who has not answered for so long counts as not having said yes.
SILENCE = timedelta(days=7)
# As many asks as this at the average are added to each framework and hour.
PRIOR_ASKS = 6.0
_MOST_ROWS = 5_000


class Rate(BaseModel):
    """How often asking led to a yes. `rate` is shrunk: (yes + 6 x average) / (asked + 6)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    asked: int
    yes: int
    rate: float = Field(ge=0.0, le=1.0)


class Learned(BaseModel):
    """What the answers so far say; with no answer the average is one half and nothing is preferred."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    asked: int
    yes: int
    average: float = Field(ge=0.0, le=1.0, description="(yes + 1) / (asked + 2)")
    frameworks: list[Rate]
    hours: list[Rate] = Field(description="by the hour at which the message went out, in the community's zone")

    def liking(self) -> dict[str, float]:
        """Return rate - average by framework, -1 to 1."""
        return {item.key: item.rate - self.average for item in self.frameworks}

    def hour_weights(self) -> dict[int, float]:
        """Return rate / average by hour."""
        return {int(item.key): item.rate / self.average for item in self.hours}


@dataclass(frozen=True)
class Outcome:
    """One ask that was answered, or left without an answer for `SILENCE`."""

    framework: str
    hour: int | None
    is_yes: bool


def learn(outcomes: Sequence[Outcome]) -> Learned:
    """Return the rates of these outcomes."""
    yes = sum(item.is_yes for item in outcomes)
    average = (yes + 1) / (len(outcomes) + 2)
    by_framework: dict[str, list[bool]] = {}
    by_hour: dict[int, list[bool]] = {}
    for item in outcomes:
        if item.framework:
            by_framework.setdefault(item.framework, []).append(item.is_yes)
        if item.hour is not None:
            by_hour.setdefault(item.hour, []).append(item.is_yes)
    return Learned(
        asked=len(outcomes), yes=yes, average=round(average, 4), frameworks=_rates(by_framework, average),
        hours=_rates(by_hour, average),
    )  # fmt: skip


def learned(unit: Unit) -> Learned:
    """Return what the community's newest 5,000 asks say."""
    rows = unit.session.scalars(
        select(Outreach).where(Outreach.sent_at.is_not(None)).order_by(Outreach.sent_at.desc()).limit(_MOST_ROWS)
    )
    return learn([found for row in rows if (found := _outcome(row, unit.now)) is not None])


def _outcome(row: Outreach, now: datetime) -> Outcome | None:
    answered = row.status in SAID_YES or row.status == SAID_NO
    if not answered and (row.sent_at is None or row.sent_at > now - SILENCE):
        return None
    return Outcome(row.framework, row.sent_hour, row.status in SAID_YES)


def _rates(answers: Mapping[Any, list[bool]], average: float) -> list[Rate]:
    return [
        Rate(
            key=str(key), asked=len(found), yes=sum(found),
            rate=round((sum(found) + PRIOR_ASKS * average) / (len(found) + PRIOR_ASKS), 4),
        )
        for key, found in sorted(answers.items())
    ]  # fmt: skip
