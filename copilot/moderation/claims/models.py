"""Words of checking claims: sources, what was claimed, and what the records say of it. No storage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class Outcome(StrEnum):
    """What the community's own records say of a claim. That it is false is for nobody here to say."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    CANNOT_TELL = "cannot_tell"


class SourceKind(StrEnum):
    """Where a record comes from, the most authoritative first."""

    CORRECTION = "correction"
    EVENT = "event"
    RESOURCE = "resource"
    POLICY = "policy"
    ARTICLE = "article"


RANK = {kind: number for number, kind in enumerate(SourceKind)}


@dataclass(frozen=True)
class EventFacts:
    """What is certain of an event, in the community's own time."""

    starts_on: date
    ends_on: date
    starts_at: time
    ends_at: time
    city: str = ""
    online: bool | None = None
    capacity: int | None = None
    is_cancelled: bool = False


@dataclass(frozen=True)
class ResourceFacts:
    """What is certain of a resource."""

    city: str = ""
    capacity: int | None = None
    expires_on: date | None = None
    is_available: bool = True
    owner_id: str | None = None


@dataclass(frozen=True)
class Source:
    """A record that claims are held against.

    Attributes:
        title: what it is about; empty for free text, which is compared sentence by sentence.
        texts: its exact words.
        code: as people cite it, such as E-01.
        quotes: by name of a fact, the words in which it is cited.
    """

    kind: SourceKind
    id: str
    title: str = ""
    texts: tuple[str, ...] = ()
    code: str = ""
    event: EventFacts | None = None
    resource: ResourceFacts | None = None
    quotes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Judged:
    """What one source says of one claim: in which respect, and in which words."""

    outcome: Outcome
    aspect: str
    source: Source
    quote: str


@dataclass(frozen=True)
class ClaimCheck:
    """A claim and what the records say of it.

    Attributes:
        start: half-open span of code points; `claim` is exactly text[start:end].
        aspect: in which respect: date, time, weekday, place, price, number, status, rule or percent; empty when
            nothing can be told.
        sentence: the outcome in the community's language.
        source_quote: the source's exact words.
    """

    claim: str
    start: int
    end: int
    outcome: Outcome
    aspect: str
    sentence: str
    source_kind: str | None = None
    source_id: str | None = None
    source_title: str | None = None
    source_quote: str | None = None


@dataclass(frozen=True)
class ClaimReport:
    """All checkable claims of a text; without any the list is empty and the sentence says so."""

    claims: list[ClaimCheck]
    sentence: str
