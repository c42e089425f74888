"""What became of proposed aspects, and how it is taken back when the record it rests on goes.

A sentence or value that a member confirmed names its source. When that source is recalled, or the member no longer lets
it be read, what was taken from it goes too; words the member has from elsewhere stay.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from copilot.community.store import Unit
from copilot.community.tables import AspectProposal, Member, Message, ProfileText

INTRODUCTION, CHAT = "introduction", "chat"
SOURCES = (INTRODUCTION, CHAT)
PROPOSED, CONFIRMED, DECLINED, EDITED = "proposed", "confirmed", "declined", "edited"
ACCEPTED = (CONFIRMED, EDITED)
# Proposed values that are columns of the member; skills are a list beside them.
_COLUMNS = frozenset({"city", "industry", "role", "stage"})
_SKILL, _SKILLS = "skill", "skills"
_CHUNK = 400


@dataclass
class TakenBack:
    """How much went."""

    proposals: int = 0
    texts: int = 0
    values: int = 0


def take_back_proposals(unit: Unit, proposals: Iterable[AspectProposal]) -> TakenBack:
    """Delete proposals with the sentences and values that were confirmed from them."""
    gone = TakenBack()
    for proposal in list(proposals):
        if proposal.status in ACCEPTED:
            if proposal.field:
                gone.values += _take_value(unit, proposal)
            else:
                gone.texts += _take_text(unit, proposal)
        unit.session.delete(proposal)
        gone.proposals += 1
    unit.session.flush()
    return gone


def take_back_message(unit: Unit, message: Message) -> TakenBack:
    """Delete what was proposed and confirmed from a message that is recalled."""
    found = select(AspectProposal).where(AspectProposal.message_id == message.id)
    gone = take_back_proposals(unit, unit.session.scalars(found).all())
    texts = select(ProfileText).where(
        ProfileText.member_id == message.sender_id, ProfileText.source == CHAT, ProfileText.source_id == message.id
    )
    for text in unit.session.scalars(texts).all():
        unit.session.delete(text)
        gone.texts += 1
    return gone


def confirmed_fields(unit: Unit, member_ids: Iterable[str]) -> Mapping[str, set[str]]:
    """Return by member the columns whose value the member confirmed: a table no longer overwrites them."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    ids = list(member_ids)
    for start in range(0, len(ids), _CHUNK):
        rows = select(AspectProposal.member_id, AspectProposal.field).where(
            AspectProposal.member_id.in_(ids[start : start + _CHUNK]),
            AspectProposal.status.in_(ACCEPTED), AspectProposal.field != "",
        )  # fmt: skip
        for member_id, field in unit.session.execute(rows):
            found[member_id].add(_SKILLS if field == _SKILL else field)
    return found


def set_value(member: Member, field: str, value: str) -> None:
    """Set a confirmed value; a skill joins the others, once.

    Raises:
        ValueError: a member has no such field.
    """
    if field == _SKILL:
        if value.casefold() not in {str(skill).casefold() for skill in member.skills}:
            member.skills = [*member.skills, value]
    elif field in _COLUMNS:
        setattr(member, field, value)
    else:
        raise ValueError(f"a member has no field {field!r}")


def has_value(member: Member, field: str, value: str) -> bool:
    """Whether the member's profile holds exactly this value already."""
    if field == _SKILL:
        return value.casefold() in {str(skill).casefold() for skill in member.skills}
    return field in _COLUMNS and str(getattr(member, field)).casefold() == value.casefold()


def _take_value(unit: Unit, proposal: AspectProposal) -> int:
    member = unit.get(Member, proposal.member_id)
    if not has_value(member, proposal.field, proposal.text):
        return 0  # changed since: what stands there now is from elsewhere
    if proposal.field == _SKILL:
        member.skills = [skill for skill in member.skills if str(skill).casefold() != proposal.text.casefold()]
    else:
        setattr(member, proposal.field, "")
    return 1


def _take_text(unit: Unit, proposal: AspectProposal) -> int:
    text = unit.find(ProfileText, proposal.profile_text_id) if proposal.profile_text_id else None
    if text is None or text.source_id is None or text.source_id not in {proposal.id, proposal.message_id}:
        return 0  # the member has said the same elsewhere
    unit.session.delete(text)
    return 1
