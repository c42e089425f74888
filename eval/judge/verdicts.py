"""What a judge may answer, read strictly: anything else is a bad verdict, which is counted and never guessed at."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

CRITERIA = ("faithful", "specific", "useful")
LEAST_MARK, MOST_MARK = 1, 5
_MOST_REASON = 600


class PairVerdict(BaseModel):
    """Which of two drafts is better. The reason comes first: a model that says why before it chooses chooses better."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: str = Field(min_length=1, max_length=_MOST_REASON, description="one short sentence")
    winner: Literal["A", "B", "tie"]


class RubricVerdict(BaseModel):
    """Marks for one draft."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    reason: str = Field(min_length=1, max_length=_MOST_REASON, description="one short sentence")
    faithful: int = Field(ge=LEAST_MARK, le=MOST_MARK)
    specific: int = Field(ge=LEAST_MARK, le=MOST_MARK)
    useful: int = Field(ge=LEAST_MARK, le=MOST_MARK)
