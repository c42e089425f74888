"""What is tried and what came of it: plain data. Stored results hold ids and numbers; words are looked up when shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from copilot.community.models import Category
from copilot.moderation.calibrating.expressions import MAX_CHARS
from copilot.moderation.calibrating.proportions import Change, Share
from copilot.moderation.calibrating.tuning import LOWEST_CUT

MOST_MESSAGES = 20_000
MOST_SHOWN = 20


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ThresholdCandidate(_Closed):
    """Another cut on the scores of what reads now."""

    kind: Literal["threshold"] = "threshold"
    cut: StrictFloat = Field(ge=LOWEST_CUT, le=1)


class PatternCandidate(_Closed):
    """An expression, looked for in the text as it was written, and once disguises are undone."""

    kind: Literal["pattern"] = "pattern"
    pattern: str = Field(min_length=1, max_length=MAX_CHARS)
    beside: StrictBool = Field(True, description="true: besides what is in force; false: instead of it")


class DetectorCandidate(_Closed):
    """One of the detectors alone."""

    kind: Literal["detector"] = "detector"
    name: str = Field(min_length=1, max_length=64)


class ModelCandidate(_Closed):
    """Another room model, made by `python -m eval.train.room` and laid into `models/` of the data folder."""

    kind: Literal["model"] = "model"
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")


Candidate = Annotated[
    ThresholdCandidate | PatternCandidate | DetectorCandidate | ModelCandidate, Field(discriminator="kind")
]


class BacktestSpec(_Closed):
    """What to try on which messages."""

    category: Category
    candidate: Candidate
    messages: StrictInt = Field(
        2_000, ge=0, le=MOST_MESSAGES, description="the latest messages that the queue's load is counted on"
    )


class Side(_Closed):
    """How one rule did."""

    precision: Share = Field(description="upheld of the decided cases it flags")
    recall: Share = Field(description="of the known violations, those it flags; unknown ones are in no number")
    flagged: Share = Field(description="of the latest messages")
    cases_per_1000: float | None
    cpu_ms_per_1000: float | None = Field(description="CPU of reading 1,000 messages, this process's own")
    tokens: int = Field(0, description="of a language model")


class Confusions(_Closed):
    """Ids to look at, at most `MOST_SHOWN` of each."""

    false_alarms: list[str] = Field(default=[], description="the candidate flags them, people found no violation")
    missed: list[str] = Field(default=[], description="people found a violation, the candidate does not flag them")
    lost: list[str] = Field(default=[], description="of the missed, those that what is in force finds")
    unlabelled: list[str] = Field(default=[], description="only the candidate flags them; nobody ever looked")


class BacktestResult(_Closed):
    """What came of it. Known cases are counted, not their copies: a case of twenty adverts is one."""

    known_cases: int
    known_violations: int
    unreadable: int = Field(description="known messages whose words were taken back")
    messages: int = Field(description="latest messages read")
    in_force: Side
    candidate: Side
    precision_change: Change
    recall_change: Change
    newly_flagged_unlabelled: int = Field(description="of the latest messages")
    confusions: Confusions
    cascade_version: str
    tuning_version: int = Field(description="of the category's rule in force; 0: as shipped")


class Shown(BaseModel):
    """A message to look at; `text` is empty where its words are not shown here."""

    message_id: str
    text: str


class BacktestView(BaseModel):
    """A back-test as people see it. It switches nothing on."""

    id: str
    spec: BacktestSpec
    job_id: str | None
    created_by: str
    created_at: datetime
    finished_at: datetime | None
    result: BacktestResult | None = Field(description="null until it has run; see the job")
    excerpts: list[Shown] = Field(default=[], description="the words of the ids in `confusions`; empty in lists")
    sentence: str = ""
