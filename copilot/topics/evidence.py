"""What shows that a member knows something: what they say they have, lend or sell, did and told, and where they went."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_, select

from copilot.community.conversation import Line
from copilot.community.models import Aspect, ResourceStatus
from copilot.community.store import Unit
from copilot.community.tables import CheckIn, Event, ProfileText, Resource
from copilot.language.contacts import holds_contact
from copilot.language.words import content_words
from copilot.topics.models import EvidenceKind

MAX_STATEMENTS = 200
MAX_RESOURCES = 20
MAX_TOLD = 12
MAX_ATTENDED = 10
_ATTENDED_WITHIN = timedelta(days=365)
_FEWEST_TOLD_WORDS = 8
_TRIED = re.compile(
    r"(?:我|我们|咱|咱们|俺|俺们|我哋)[^。！？!?\n]{0,16}(?:试过|试了|用过|用了|踩过|换过|换了|测过|测了)|"
    r"\b(?:I|we)\b[^.!?\n]{0,24}\b(?:tried|used|tested|switched|measured|bought|evaluated)\b",
    re.IGNORECASE,
)
_BUILT = re.compile(
    r"(?:我|我们|咱|咱们|俺|俺们|我哋)[^。！？!?\n]{0,16}(?:做过|做了|搭了|搭过|写了|写过|上线|跑了|跑过|拆过|办过|带过|改了|卖了|接过|干了|跑通)|"
    r"\b(?:I|we)\b[^.!?\n]{0,24}\b(?:built|made|wrote|shipped|launched|ran|fixed|trained|opened|sold|designed|rewrote)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """A record that says what somebody knows."""

    id: str
    member_id: str
    text: str
    kind: EvidenceKind = "has"


def statements_of(unit: Unit, member_id: str) -> list[Statement]:
    """Return what a member says they have, in the order of the profile."""
    rows = unit.session.scalars(
        select(ProfileText)
        .where(ProfileText.member_id == member_id, ProfileText.aspect == Aspect.HAS.value)
        .order_by(ProfileText.position, ProfileText.id)
        .limit(MAX_STATEMENTS)
    )
    return [Statement(row.id, row.member_id, row.text) for row in rows]


def resources_of(unit: Unit, member_id: str) -> list[Statement]:
    """Return what a member lends or sells now; what cannot be quoted in public (a phone number, a link) is left out."""
    rows = unit.session.scalars(
        select(Resource)
        .where(
            Resource.owner_id == member_id,
            # What a post may quote is what everybody may know of.
            Resource.status == ResourceStatus.AVAILABLE.value,
            or_(Resource.expires_on.is_(None), Resource.expires_on >= unit.now.date()),
        )
        .order_by(Resource.code, Resource.id)
        .limit(MAX_RESOURCES)
    )
    found = [Statement(row.id, member_id, resource_text(row), "sells") for row in rows]
    return [item for item in found if not holds_contact(item.text)]


def resource_text(row: Resource) -> str:
    """Return how a resource is quoted: its title, and its description as a sentence of its own."""
    return f"{row.title}\n{row.description}".strip()


def attended_by(unit: Unit, member_id: str) -> list[Statement]:
    """Return the events of the last year where the member was checked in, newest first, by their titles."""
    rows = unit.session.execute(
        select(CheckIn.id, Event.title)
        .join(Event, Event.id == CheckIn.event_id)
        .where(CheckIn.member_id == member_id, CheckIn.checked_in_at >= unit.now - _ATTENDED_WITHIN)
        .order_by(CheckIn.checked_in_at.desc(), CheckIn.id)
        .limit(MAX_ATTENDED)
    )
    return [Statement(row.id, member_id, row.title, "attended") for row in rows if row.title]


def told_by(member_id: str, window: Sequence[Line], harmless_score: float) -> list[Statement]:
    """Return what the member told in chat of things they tried or built, the fullest messages first."""
    found = []
    for line in window:
        if line.sender_id != member_id or line.is_question or line.flagged_score >= harmless_score:
            continue
        kind = told_kind(line.text)
        if kind is not None and len(content_words(line.text)) >= _FEWEST_TOLD_WORDS and not holds_contact(line.text):
            found.append(Statement(line.id, member_id, line.text, kind))
    found.sort(key=lambda item: (-min(len(content_words(item.text)), 40), item.id))
    return found[:MAX_TOLD]


def told_kind(text: str) -> EvidenceKind | None:
    """Return whether a message tells of something its writer tried or built, by its verbs in the first person."""
    if _TRIED.search(text):
        return "tried"
    return "built" if _BUILT.search(text) else None
