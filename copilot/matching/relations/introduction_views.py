"""An introduction as its reader may know it: what the other side decided, wrote or can be reached by stays apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select

from copilot.community.access import Actor
from copilot.community.contact_details import contacts_of
from copilot.community.introduction_status import IntroductionStatus, Side, shown_status, side_of
from copilot.community.models import Visibility
from copilot.community.permission import is_open_to_match, is_seen_by, seen_by
from copilot.community.reader import reader_locale
from copilot.community.store import Unit
from copilot.community.tables import Introduction, Match, Member
from copilot.errors import NotFound
from copilot.matching.records import Locale, read_member, read_setting
from copilot.matching.relations.introduction_drafts import Couple, compose_drafts
from copilot.matching.relations.introduction_models import Draft, Ending, IntroductionSummary, IntroductionView, Person
from copilot.matching.relations.introduction_wording import status_sentence
from copilot.matching.relations.introductions import is_separated

_ALIVE = (IntroductionStatus.WAITING, IntroductionStatus.CONNECTED)


@dataclass(frozen=True)
class Shown:
    """A view, and the messages to be stored when they are not what is stored."""

    view: IntroductionView
    new_drafts: dict[str, Any] | None


def seen_introductions(viewer: Actor) -> Select[Introduction]:
    """Return those that the viewer may know of: a member's own, or those between members the viewer may know of."""
    if viewer.member_id is not None:
        own = or_(Introduction.asker_id == viewer.member_id, Introduction.target_id == viewer.member_id)
        return select(Introduction).where(own)
    seen = select(Member.id).where(seen_by(viewer))
    return select(Introduction).where(Introduction.asker_id.in_(seen), Introduction.target_id.in_(seen))


def find_introduction(unit: Unit, introduction_id: str, viewer: Actor) -> Introduction:
    """Return one introduction.

    Raises:
        NotFound: there is none, or the viewer may not know of it; the two are not told apart.
    """
    row = unit.session.scalars(seen_introductions(viewer).where(Introduction.id == introduction_id)).first()
    if row is None:
        raise NotFound(
            f"there is no introduction {introduction_id!r} in this community", kind="introduction", id=introduction_id
        )
    return row


def summary_of(row: Introduction, viewer: Actor, members: Mapping[str, Member], locale: Locale) -> IntroductionSummary:
    """Return the row as it stands in the viewer's list."""
    return IntroductionSummary(**_summary(row, viewer, members, locale))


def view_of(unit: Unit, row: Introduction, viewer: Actor) -> Shown:
    """Return the row with the messages, the contacts and the ending that the viewer may see."""
    members = unit.get_many(Member, [row.asker_id, row.target_id])
    setting = read_setting(unit)
    side = _side(row, viewer)
    is_open = all(map(is_open_to_match, members.values())) and not is_separated(unit, row.asker_id, row.target_id)
    contacts, drafts = None, []
    if is_open and row.status in _ALIVE:
        drafts = _drafts(unit, row, setting.locale)
        if row.status == IntroductionStatus.CONNECTED and side is not None:
            contacts = contacts_of(members[row.target_id if side == "asker" else row.asker_id])
    stored: dict[str, Any] = {draft.purpose: draft.model_dump(mode="json") for draft in drafts}
    view = IntroductionView(
        **_summary(row, viewer, members, reader_locale(unit)),
        ending=_ending(row, viewer),
        drafts=[draft for draft in drafts if _is_for(draft, row, side)],
        contacts=contacts,
    )
    return Shown(view, stored if drafts and stored != row.drafts else None)


def _summary(row: Introduction, viewer: Actor, members: Mapping[str, Member], locale: Locale) -> dict[str, Any]:
    side = _side(row, viewer)
    status = shown_status(row, viewer.member_id)
    return {
        "id": row.id,
        "match_id": row.match_id,
        "asker": _person(row.asker_id, viewer, members),
        "target": _person(row.target_id, viewer, members),
        "side": side,
        "status": status,
        "sentence": status_sentence(locale, status, side),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "connected_at": row.revealed_at,
    }


def _person(member_id: str, viewer: Actor, members: Mapping[str, Member]) -> Person:
    member = members[member_id]
    # Members know only of members who show themselves to the community; operators also of those who show themselves to them.
    is_open = member.visibility == Visibility.COMMUNITY.value or viewer.member_id == member_id
    is_known = is_open if viewer.member_id is not None else is_seen_by(viewer, member)
    return Person(member_id=member_id, name=member.name if is_known else None)


def _side(row: Introduction, viewer: Actor) -> Side | None:
    return None if viewer.member_id is None else side_of(row, viewer.member_id)


def _ending(row: Introduction, viewer: Actor) -> Ending | None:
    if row.status in _ALIVE or viewer.member_id not in (None, row.ended_by):
        return None
    by: Any = "time" if row.ended_by is None else side_of(row, row.ended_by)
    return Ending(by=by, code=row.end_code, comment=row.end_comment)


def _is_for(draft: Draft, row: Introduction, side: Side | None) -> bool:
    """Whether the reader on this side sees a message: the one to them, and news only once there are some."""
    if side is None:
        return True
    if draft.purpose == "news":
        return side == "asker" and row.status == IntroductionStatus.CONNECTED
    return side == "target"


def _drafts(unit: Unit, row: Introduction, locale: Locale) -> list[Draft]:
    match = unit.find(Match, row.match_id)
    until = row.expires_at.astimezone(ZoneInfo(unit.community().timezone)).date().isoformat()
    asker, target = read_member(unit, row.asker_id), read_member(unit, row.target_id)
    return compose_drafts(Couple(asker, target, match.reasons if match else [], locale, until))
