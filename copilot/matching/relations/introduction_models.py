"""What introductions answer with, and the numbers they go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.introduction_status import IntroductionStatus, Side
from copilot.matching.models import Evidence, Verdict
from copilot.settings import MatchingSettings


@dataclass(frozen=True)
class IntroductionRules:
    """The numbers of introductions.

    Attributes:
        answer_within: after that a waiting introduction expires.
        rest: how long after a no, or silence, the same member is not asked again by the same asker.
        most_waiting: introductions that one member may have waiting for others' answers.
        comment_chars: the longest comment.
        closed_at_once: expired introductions that one look closes.
    """

    answer_within: timedelta = timedelta(days=14)
    rest: timedelta = timedelta(days=30)
    most_waiting: int = 20
    comment_chars: int = 1000
    closed_at_once: int = 200

    @classmethod
    def of(cls, limits: MatchingSettings) -> IntroductionRules:
        """Return the rules of an installation: whom a member declined is left alone as long by either way."""
        return cls(rest=timedelta(days=limits.decline_rest_days))


class Reply(StrEnum):
    """What the asked member says."""

    ACCEPT = "accept"
    DECLINE = "decline"
    IGNORE = "ignore"


class DeclineReason(StrEnum):
    """Why not; only operators read it."""

    NOT_NOW = "not_now"
    NOT_RELEVANT = "not_relevant"
    KNOW_EACH_OTHER = "know_each_other"
    OTHER = "other"


VERDICTS: dict[Reply, Verdict] = {
    Reply.ACCEPT: Verdict.ACCEPT,
    Reply.DECLINE: Verdict.REJECT,
    Reply.IGNORE: Verdict.IGNORE,
}


@dataclass(frozen=True)
class Said:
    """A member's word on a proposal. The reason and the comment of a no are for operators alone."""

    verdict: Verdict
    comment: str = ""
    reason: DeclineReason = DeclineReason.OTHER


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Answer):
    """One of the two; the name is absent where the reader may not know of them any more."""

    member_id: str
    name: str | None


class Ending(_Answer):
    """Who ended it and why. Operators read it, and the member who did."""

    by: Side | Literal["time"]
    code: str = ""
    comment: str = ""


class Draft(_Answer):
    """A message that somebody may send: made of a template and exact quotes of both profiles."""

    purpose: Literal["invitation", "news"] = Field(
        description="to the asked member, or to the asker once both said yes"
    )
    to: str = Field(description="id of the member it is written to")
    text: str
    evidence: list[Evidence] = Field(description="the quotes in it and their records")


class IntroductionSummary(_Answer):
    """One introduction in a list."""

    id: str
    match_id: str
    asker: Person
    target: Person
    side: Side | None = Field(description="on which side the reader stands; absent for operators")
    status: IntroductionStatus = Field(description="members are told of the other's no, silence or report alike")
    sentence: str = Field(description="the status in the community's language")
    created_at: datetime
    expires_at: datetime
    connected_at: datetime | None


class IntroductionView(IntroductionSummary):
    """One introduction with what its reader may know beyond the list."""

    ending: Ending | None
    drafts: list[Draft] = Field(description="operators see both messages, members the one written to them")
    contacts: dict[str, str] | None = Field(
        description="how to reach the other one; only for the two of a connected introduction, while both agree"
    )
