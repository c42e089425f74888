"""Care as its people see it: who may need help, what was said, a first draft, and what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CareStatus(StrEnum):
    """How far care is."""

    NEW = "new"
    LOOKED_AT = "looked_at"
    CONTACTED = "contacted"
    CLOSED = "closed"


@dataclass(frozen=True)
class CareRow:
    """One entry of the queue, without anybody's words.

    Attributes:
        kind: how the message sounds: `asks_help`, `burnout` or `self_harm`; not a finding about the person.
        held_by: key of whoever looks after it, and its name; empty while nobody does.
    """

    id: str
    member_id: str
    member_name: str
    channel_name: str
    kind: str
    status: str
    status_sentence: str
    held_by: str
    held_by_name: str
    created_at: datetime
    kept_until: datetime


@dataclass(frozen=True)
class CareNoteView:
    """What one of the people for care wrote down."""

    id: str
    text: str
    written_by: str
    created_at: datetime


@dataclass(frozen=True)
class HelplineView:
    """Somebody to call; operators check it before they pass it on."""

    name: str
    reach: str
    hours: str
    source: str
    reviewed_on: str


@dataclass(frozen=True)
class CareDetail:
    """An entry with what was said and what may be written.

    Attributes:
        text: the message; empty when it was taken back meanwhile.
        draft: a first message to make one's own; it diagnoses nothing and is sent by nobody but a person.
        steps: what to mind, most urgent first.
        found: why it is here and what that does not say.
    """

    care: CareRow
    text: str
    sent_at: datetime
    found: str
    draft: str
    steps: list[str]
    helplines: list[HelplineView]
    check_before_use: str
    notes: list[CareNoteView] = field(default_factory=list)


@dataclass(frozen=True)
class OwnCare:
    """What care keeps about a member, as the member sees it."""

    id: str
    message_id: str
    kind: str
    status: str
    status_sentence: str
    created_at: datetime
    kept_until: datetime


@dataclass(frozen=True)
class CarePerson:
    """Somebody whom the operators named: a key of role `care`."""

    key_id: str
    name: str
