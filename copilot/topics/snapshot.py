"""Everything a set of topics may rest on, gathered before drafting: serialisable, stored with each topic, replayable."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from copilot.community.demand import DemandKind
from copilot.community.ids import text_hash
from copilot.topics.models import EvidenceKind, InterestKind


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CommunityView(_Part):
    """What a draft needs to know of the community."""

    id: str
    name: str
    locale: str
    timezone: str


class MemberView(_Part):
    """Whom the topics are for."""

    id: str
    name: str
    headline: str = ""
    industry: str = ""


class Interest(_Part):
    """A record that shows that somebody cares: a want, a question, or a member of the same industry (without text)."""

    kind: InterestKind
    id: str
    member_id: str
    text: str = ""


class AskedQuestion(_Part):
    """A question that may be answered. `alias` is what a model sees instead of the id.

    A gap was asked by nobody: `id` and `text` are those of the member's own record, and `interest` names who cares, at
    most five of a kind; `wanting` and `peers` count them all.

    `asker_name` is empty when the asker is not shown to the community; `askers` counts the people who asked it. `novelty`
    is 0-1, see `novelty.py`.
    """

    alias: str = Field(pattern=r"^Q\d{1,2}$")
    id: str
    kind: DemandKind
    channel_id: str
    channel_name: str
    asker_id: str
    asker_name: str
    asked_at: datetime
    text: str
    same_ids: tuple[str, ...] = ()
    askers: int = 1
    novelty: float = Field(1.0, ge=0.0, le=1.0)
    interest: tuple[Interest, ...] = ()
    wanting: int = 0
    peers: int = 0


class Evidence(_Part):
    """A record of the member: a profile sentence, a resource, something said in chat, an event."""

    alias: str = Field(pattern=r"^E\d{1,3}$")
    id: str
    member_id: str
    kind: EvidenceKind
    text: str


class Pairing(_Part):
    """A question with the evidence that this member can answer it, best first; `fit` is 0-1."""

    question: str
    evidence: tuple[str, ...] = Field(min_length=1)
    fit: float = Field(ge=0.0, le=1.0)


class TopicSnapshot(_Part):
    """The whole input of a draft; pairings are best first and no two of them ask the same."""

    now: datetime
    community: CommunityView
    member: MemberView
    wanted: int
    questions: tuple[AskedQuestion, ...]
    evidence: tuple[Evidence, ...]
    pairings: tuple[Pairing, ...]

    @property
    def hash(self) -> str:
        """16 hexadecimal characters that identify the input."""
        return text_hash(self.model_dump_json())

    def question(self, alias: str) -> AskedQuestion | None:
        """Return the question with this alias."""
        return next((item for item in self.questions if item.alias == alias), None)

    def evidence_of(self, aliases: Sequence[str]) -> list[Evidence]:
        """Return the evidence with these aliases, in this order; unknown ones are left out."""
        by_alias = {item.alias: item for item in self.evidence}
        return [by_alias[alias] for alias in aliases if alias in by_alias]

    def only(self, question_id: str) -> TopicSnapshot:
        """Return the part that one topic rests on."""
        kept = [item for item in self.questions if item.id == question_id]
        pairings = [item for item in self.pairings if any(item.question == q.alias for q in kept)]
        used = {alias for item in pairings for alias in item.evidence}
        evidence = [item for item in self.evidence if item.alias in used]
        return self.model_copy(
            update={"questions": tuple(kept), "pairings": tuple(pairings), "evidence": tuple(evidence)}
        )
