"""Everything a draft may use, gathered before drafting: serialisable, stored with the plan, replayable offline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.ids import text_hash
from copilot.currency import CNY
from copilot.events.briefs.echo import Heard, heard
from copilot.events.briefs.settling import Question, Settled, SettledBrief
from copilot.events.history import PastEvent, SlotTurnout, Turnout, cited_events, slot_turnouts, turnout
from copilot.events.workdays import DayNote
from copilot.playbook_models import Playbook

MAX_CANDIDATES = 12


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Candidate(_Part):
    """A record that may be picked. `alias` is what a model sees instead of the id."""

    alias: str = Field(pattern=r"^[SHVR]\d{1,2}$")
    kind: str = Field(pattern="^(member|resource)$")
    id: str
    name: str
    text: str = Field(description="words of the record that make it relevant")
    text_id: str = Field(description="id of the record that holds them")
    city: str = ""
    type: str = ""
    terms: str = ""
    capacity: int | None = None
    relevance_score: float = Field(0.0, ge=0.0, le=1.0)


class Candidates(_Part):
    """Candidates per purpose, best first. Members are there only with their consent to be matched."""

    speakers: list[Candidate] = Field([], max_length=MAX_CANDIDATES)
    hosts: list[Candidate] = Field([], max_length=MAX_CANDIDATES)
    venues: list[Candidate] = Field([], max_length=MAX_CANDIDATES)
    resources: list[Candidate] = Field([], max_length=MAX_CANDIDATES)

    def by_alias(self) -> dict[str, Candidate]:
        """Return every candidate by its alias."""
        return {item.alias: item for item in [*self.speakers, *self.hosts, *self.venues, *self.resources]}

    def by_id(self) -> dict[str, Candidate]:
        """Return every candidate by its record id; a host who may also speak appears once."""
        return {item.id: item for item in [*self.resources, *self.venues, *self.hosts, *self.speakers]}


class CandidateSource(Protocol):
    """Finds the records an event could use."""

    def candidates(
        self, community_id: str, brief: SettledBrief, playbook: Playbook, past: Sequence[PastEvent]
    ) -> Candidates:
        """Return candidates of one community; never a member without consent or hidden from the community."""
        ...


class CommunityView(_Part):
    """What a draft needs to know of the community."""

    id: str
    name: str
    locale: str
    timezone: str
    values: list[str] = []
    currency: str = CNY


class PlanSnapshot(_Part):
    """The whole input of a draft."""

    now: datetime
    brief: SettledBrief
    questions: list[Question] = []
    assumptions: list[str] = []
    community: CommunityView
    playbook_id: str
    playbook_hash: str
    candidates: Candidates
    past_events: list[PastEvent] = []
    turnout: Turnout | None = None
    slots: list[SlotTurnout] = Field([], description="the community's own turn-out by weekday and part of the day")
    understood: list[Heard] = Field([], description="what was read in the brief and from which words")
    day_notes: list[DayNote] = []

    @property
    def hash(self) -> str:
        """16 hexadecimal characters that identify the input."""
        return text_hash(self.model_dump_json())


def make_snapshot(
    community: CommunityView,
    settled: Settled,
    playbook: Playbook,
    past: Sequence[PastEvent],
    candidates: Candidates,
    now: datetime,
) -> PlanSnapshot:
    """Put the snapshot together."""
    return PlanSnapshot(
        now=now,
        brief=settled.brief,
        questions=settled.questions,
        assumptions=settled.assumptions,
        community=community,
        playbook_id=f"{playbook.id}.{playbook.locale}",
        playbook_hash=playbook.hash,
        candidates=candidates,
        past_events=cited_events(past, playbook.format),
        turnout=turnout(past, playbook.format),
        slots=slot_turnouts(past, community.timezone),
        understood=heard(settled.understood, settled.brief, playbook.title, community.locale),
        day_notes=settled.day_notes,
    )
