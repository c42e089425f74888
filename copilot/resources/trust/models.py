"""What trust looks like from outside: components side by side, with what each rests on. Data only."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from copilot.resources.models import Data

ComponentName = Literal["co_operation", "endorsements", "confirmed_returns", "on_time", "disputes"]
# shown: there is something; no_history: nothing yet, which says nothing; withheld: not for whoever asks.
ComponentState = Literal["shown", "no_history", "withheld"]
Audience = Literal["members", "partners", "own"]


class TrustRecord(Data):
    """One thing that a component rests on."""

    kind: Literal["loan", "endorsement"]
    id: str
    at: datetime
    with_id: str | None = Field(description="who the other one was; null: erased, hidden, or the community itself")
    with_name: str
    counts: bool = Field(description="whether it is among `met`")
    sentence: str = Field(description="what happened, in the community's language")


class TrustComponent(Data):
    """One side of trust. Components are not added up, and no list is ordered by them."""

    name: ComponentName
    title: str
    definition: str = Field(description="what is counted, in the community's language")
    state: ComponentState
    n: int | None = Field(description="cases; null: withheld")
    met: int | None = Field(description="of these, how many speak for it; disputes: how many were settled")
    low: float | None = Field(
        description="95 % interval (Wilson) of met/n, where that is a share; null: no share, no case"
    )
    high: float | None
    others: int | None = Field(description="different people that the cases are with")
    sentence: str = Field(description="the component in words; of a newcomer: no history yet")
    seen_by: Audience = Field(
        description="who is shown the count: members; partners (of an open loan with them); own (the member); operators always"
    )
    records: list[TrustRecord] = Field(description="latest first, at most 50: those that who asks may know of")
    more: int = Field(description="cases whose records are not listed, being too many or not for whoever asks")


class TrustView(Data):
    """What is known of dealing with a member."""

    member_id: str
    name: str
    is_new: bool = Field(description="nothing to go by yet; that speaks neither for nor against anybody")
    sentence: str
    components: list[TrustComponent]
