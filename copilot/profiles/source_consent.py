"""Which sources a profile may be read from. A no deletes what waits; what was confirmed goes when the member says so."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from copilot.community.aspects import ACCEPTED, CHAT, DECLINED, INTRODUCTION, PROPOSED, TakenBack, take_back_proposals
from copilot.community.replays import drop_replays
from copilot.community.store import Unit
from copilot.community.tables import AspectProposal, Member
from copilot.profiles.models import Note, SourceConsents
from copilot.profiles.wording import say


def allows_source(member: Member, source: str) -> bool | None:
    """Return what the member said of a source; None was never asked."""
    said = member.consent_sources.get(source)
    return said if isinstance(said, bool) else None


def decide_sources(
    unit: Unit, member: Member, changes: Mapping[str, bool], *, delete_confirmed: bool, locale: str
) -> SourceConsents:
    """Set consents; for each that is withdrawn delete its open proposals, and with `delete_confirmed` what came of others."""
    member.consent_sources = {**member.consent_sources, **changes}
    gone, left = TakenBack(), 0
    for source in (name for name, allowed in changes.items() if not allowed):
        found = select(AspectProposal).where(AspectProposal.member_id == member.id, AspectProposal.source == source)
        rows = unit.session.scalars(found).all()
        going = [r for r in rows if r.status == PROPOSED or (delete_confirmed and r.status in ACCEPTED)]
        drop_replays(unit, [row.id for row in rows])
        for row in rows:
            if row.status == DECLINED:
                # That it was declined is remembered by the id alone; the words are no longer ours to keep.
                row.text, row.quote, row.message_id = "", "", None
        part = take_back_proposals(unit, going)
        gone = TakenBack(gone.proposals + part.proposals, gone.texts + part.texts, gone.values + part.values)
        left += sum(r.status in ACCEPTED for r in rows) if not delete_confirmed else 0
    unit.session.flush()
    note = Note(code="confirmed_left", sentence=say(locale, "note.withdrawn", left=left)) if left else None
    return current(member).model_copy(
        update={
            "proposals_deleted": gone.proposals, "texts_deleted": gone.texts, "values_deleted": gone.values,
            "confirmed_left": left, "note": note,
        }
    )  # fmt: skip


def current(member: Member) -> SourceConsents:
    """Return what the member said of each source."""
    return SourceConsents(
        member_id=member.id, introduction=allows_source(member, INTRODUCTION), chat=allows_source(member, CHAT)
    )
