"""What matching answers with. Plain data: the API and the CLI show it, the evaluation replays it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.matching.scores.scoring import Mutuality, Strength

Unit = Annotated[float, Field(ge=0.0, le=1.0)]
MatchKind = Literal["member", "resource", "event", "thread"]
Wording = Literal["template", "model"]
Direction = Literal["forward", "backward"]
MAX_MATCHES = 50


class Exclusion(StrEnum):
    """Why a pair is not proposed. The order is the order of judging: a pair counts under the first that holds."""

    OWN = "own"
    CONSENT = "consent"
    CONSENT_AI = "consent_ai"
    VISIBILITY = "visibility"
    BLOCKED = "blocked"
    CANNOT_MATCH = "cannot_match"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    PAST = "past"
    RECALLED = "recalled"
    ANSWERED = "answered"
    ALREADY_JOINED = "already_joined"
    FULL = "full"
    ALREADY_CONNECTED = "already_connected"
    AWAITING_ANSWER = "awaiting_answer"
    RECENTLY_PROPOSED = "recently_proposed"
    UNANSWERED = "unanswered"
    EXPOSURE = "exposure"
    LOW_SCORE = "low_score"
    # No rule: what members are told instead of whatever somebody else decided. See `constraints.as_told_to_members`.
    UNAVAILABLE = "unavailable"


class Verdict(StrEnum):
    """What a member says of a match; also the match's status from then on."""

    ACCEPT = "accept"
    IGNORE = "ignore"
    REJECT = "reject"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Evidence(_Answer):
    """A record and the exact words of it that a claim rests on."""

    record_id: str
    quote: str = Field(min_length=1)


class Reason(_Answer):
    """One sentence and its evidence; every quote stands in the sentence and in its record."""

    kind: Literal["forward", "backward", "city", "industry", "skill", "occasion"]
    text: str
    evidence: list[Evidence] = Field(min_length=1)
    strength: Unit = Field(description="relevance of the quoted pair, 0-1; 1 for a plain fact")
    worded_by: Wording = Field("template", description="who wrote the sentence; the quotes are exact either way")


class MatchItem(_Answer):
    """One proposal, with everything its score is made of."""

    rank: int = Field(ge=1)
    match_id: str
    kind: MatchKind
    target_id: str
    target_name: str
    score: Unit
    components: dict[str, Unit]
    mutuality: Mutuality | None = Field(description="who gains; only between members")
    strengths: dict[Direction, Strength] = Field(
        {}, description="how sure each direction is: `forward` what the member gets, `backward` what the member gives"
    )
    label: str = Field(description="who gains and how sure that is, in the community's language")
    status: str
    required: bool = Field(False, description="operators want the two proposed to each other, whatever the score")
    reasons: list[Reason]


class Note(_Answer):
    """Why there are few matches or none, and what would help."""

    code: Literal[
        "asker_no_consent", "asker_no_ai", "asker_hidden", "empty_profile", "not_indexed_yet",
        "missing_wants", "missing_has", "one_line_would_help", "few_good_matches", "nothing_there",
    ]  # fmt: skip
    text: str
    missing_aspect: Literal["wants", "has"] | None = None
    would_help: int | None = Field(
        None, ge=1, description="how many of those looked at would become good matches with such a line"
    )
    evidence: list[Evidence] = Field([], description="what they say that no line of the profile answers")


class Degraded(_Answer):
    """What was asked for and given up, and why."""

    code: str
    message: str


class MatchList(_Answer):
    """The answer to "who or what is for this member"; best first."""

    member_id: str
    kind: MatchKind
    items: list[MatchItem]
    considered: int = Field(ge=0, description="candidates looked at")
    excluded: dict[Exclusion, int] = Field(description="how many of them were left out, by the first reason")
    notes: list[Note]
    degraded: Degraded | None = Field(None, description="why sentences that a model should word are from templates")


class PairScore(_Answer):
    """One want beside one offer."""

    direction: Literal["forward", "backward"]
    want: Evidence
    offer: Evidence
    dense: Unit
    lexical: Unit
    relevance: Unit


class ExclusionFacts(_Answer):
    """What an exclusion rests on; only what its rule knows of is given."""

    member_ids: list[str] = Field([], max_length=2, description="whom of the two it is about, when not both")
    since: datetime | None = Field(None, description="when it began")
    until: datetime | None = Field(None, description="when it ends by itself")
    on: date | None = Field(None, description="the day it depends on, in the community's time zone")
    count: int | None = Field(None, ge=0, description="how many there are")
    limit: int | None = Field(None, ge=0, description="of how many")
    rule_id: str | None = Field(None, description="the pair rule behind it")
    note: str = Field("", description="what was noted with that rule")


class ExclusionNote(_Answer):
    """An exclusion and its explanation in the community's language, with the facts it rests on."""

    code: Exclusion
    text: str
    data: ExclusionFacts = ExclusionFacts()


class Explanation(_Answer):
    """Everything about one pair, for operators: why it is, or is not, proposed."""

    member_id: str
    kind: MatchKind = "member"
    target_id: str
    score: Unit | None = Field(description="absent when one of them switched off AI: then nothing is compared")
    mutuality: Mutuality | None
    strengths: dict[Direction, Strength] = {}
    label: str = ""
    components: dict[str, Unit]
    exclusions: list[ExclusionNote]
    pairs: list[PairScore]
    reasons: list[Reason]
    notes: list[Note]


class FoundMember(_Answer):
    """A member whose words answer a text."""

    member_id: str
    name: str
    score: Unit
    record_id: str
    quote: str


class FoundResource(_Answer):
    """A resource whose description answers a text."""

    resource_id: str
    title: str
    type: str
    score: Unit
    record_id: str
    quote: str


class FeedbackResult(_Answer):
    """The state of a match after feedback."""

    feedback_id: str
    match_id: str
    status: str
    introduction_id: str | None = Field(None, description="the introduction that this opened, answered or ended")
