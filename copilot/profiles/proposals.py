"""Keeps drafts as proposals: once each, never again after an answer, and only while their source stands. SQL side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from copilot.community.aspects import PROPOSED, has_value
from copilot.community.cities import city_key
from copilot.community.conversation import visible
from copilot.community.ids import derived_id
from copilot.community.importers.values import normalised
from copilot.community.industries import industry_key
from copilot.community.store import Unit
from copilot.community.tables import AspectProposal, Member, Message, ProfileText
from copilot.profiles.drafts import Draft

# So many unanswered proposals are a queue nobody works off.
MAX_OPEN = 200
_CHUNK = 400


@dataclass
class Kept:
    """What became of drafts: proposals that wait now, how many were known, and whether the queue is full."""

    open: list[AspectProposal]
    known: int = 0
    is_full: bool = False


def proposal_id(member_id: str, draft: Draft) -> str:
    """Return the id of what is proposed: the same words for the same side have one, whatever their source."""
    finding = draft.finding
    return derived_id("asp", member_id, finding.aspect, finding.field, normalised(finding.text))


def text_id(member_id: str, aspect: str, text: str) -> str:
    """Return the id of a profile's sentence, the same that an import would give it."""
    return derived_id("txt", member_id, aspect, normalised(text))


def keep(unit: Unit, member: Member, drafts: Sequence[Draft]) -> Kept:
    """Store the drafts that are new; those that wait already are returned too, in the order of the drafts."""
    messages = standing_messages(unit, [draft.source.message_id for draft in drafts if draft.source.message_id])
    wanted = {proposal_id(member.id, draft): draft for draft in reversed(drafts) if _stands(draft, messages)}
    wanted = dict(reversed(wanted.items()))
    stored = unit.get_many(AspectProposal, wanted)
    texts = unit.get_many(
        ProfileText,
        [text_id(member.id, d.finding.aspect, d.finding.text) for d in wanted.values() if not d.finding.field],
    )
    waiting = count_open(unit, member.id)
    kept = Kept([])
    for number, (record_id, draft) in enumerate(wanted.items()):
        row = stored.get(record_id)
        if row is not None and row.status == PROPOSED:
            kept.open.append(row)
        elif row is not None or _is_in_profile(member, draft, texts):
            kept.known += 1
        elif waiting >= MAX_OPEN:
            kept.is_full = True
        else:
            waiting += 1
            # Microseconds apart, so that lists keep the order of the text.
            created_at = unit.now + timedelta(microseconds=number)
            kept.open.append(unit.add(_row(record_id, member.id, draft, created_at)))
    unit.session.flush()
    return kept


def count_open(unit: Unit, member_id: str) -> int:
    """Return how many proposals wait for the member."""
    waiting = select(func.count()).select_from(AspectProposal).where(
        AspectProposal.member_id == member_id, AspectProposal.status == PROPOSED
    )  # fmt: skip
    return unit.session.scalar(waiting) or 0


def standing_messages(unit: Unit, message_ids: Iterable[str]) -> dict[str, str]:
    """Return the texts of the messages that may still be read, locked: a recall waits, and then takes what was made."""
    found: dict[str, str] = {}
    ids = sorted(set(message_ids))
    for start in range(0, len(ids), _CHUNK):
        rows = select(Message.id, Message.text).where(Message.id.in_(ids[start : start + _CHUNK]), visible())
        locked = rows.order_by(Message.id).with_for_update(read=True, of=Message)
        found |= {row.id: row.text for row in unit.session.execute(locked)}
    return found


def lock_member(unit: Unit, member_id: str) -> Member:
    """Return the member; another change of the same profile waits. Messages are locked before members, everywhere.

    Raises:
        NotFound: there is no such member here.
    """
    unit.session.execute(select(Member.id).where(Member.id == member_id).with_for_update())
    return unit.get(Member, member_id)


def _stands(draft: Draft, messages: dict[str, str]) -> bool:
    return draft.source.message_id is None or draft.finding.quote in messages.get(draft.source.message_id, "")


def _is_in_profile(member: Member, draft: Draft, texts: dict[str, ProfileText]) -> bool:
    finding = draft.finding
    if not finding.field:
        return text_id(member.id, finding.aspect, finding.text) in texts
    if finding.field == "city":
        return bool(member.city.strip()) and city_key(member.city) == city_key(finding.text)
    if finding.field == "industry":
        return bool(member.industry.strip()) and industry_key(member.industry) == industry_key(finding.text)
    return has_value(member, finding.field, finding.text)


def _row(record_id: str, member_id: str, draft: Draft, created_at: object) -> AspectProposal:
    finding = draft.finding
    return AspectProposal(
        id=record_id, member_id=member_id, aspect=finding.aspect, field=finding.field, text=finding.text,
        quote=finding.quote, source=draft.source.source, message_id=draft.source.message_id,
        extracted_by=draft.extracted_by, status=PROPOSED, created_at=created_at,
    )  # fmt: skip
