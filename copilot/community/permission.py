"""What members permit with their words, their name and what they own, and who sees them: once for a row, once as SQL.

What they decided, and who may change it, is in `consent`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true

from copilot.community.access import Actor
from copilot.community.models import Visibility
from copilot.community.store import Unit
from copilot.community.tables import Member, Resource
from copilot.errors import NotFound


def allows_ai(member: Member) -> bool:
    """Whether machines may read what the member wrote and owns: consent to AI, and not hidden."""
    return member.consent_ai and member.visibility != Visibility.HIDDEN.value


def allowing_ai() -> tuple[ColumnElement[bool], ...]:
    """Return `allows_ai` as conditions."""
    return (Member.consent_ai.is_(True), Member.visibility != Visibility.HIDDEN.value)


def is_open_to_match(member: Member) -> bool:
    """Whether a member agreed to be matched and to be ranked, and shows themselves to the community."""
    return member.consent_match is True and member.consent_ai and member.visibility == Visibility.COMMUNITY.value


def open_to_match() -> tuple[ColumnElement[bool], ...]:
    """Return `is_open_to_match` as conditions."""
    return (
        Member.consent_match.is_(True),
        Member.consent_ai.is_(True),
        Member.visibility == Visibility.COMMUNITY.value,
    )


def owned_by(rule: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the condition that a resource is the community's own, or that its owner meets `rule`."""
    owners = select(Member.id).where(*rule).correlate(None)
    return or_(Resource.owner_id.is_(None), Resource.owner_id.in_(owners))


def offered_on(day: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a resource may be proposed for `day`: available, not expired, its owner open to it."""
    return (
        Resource.status == "available",
        or_(Resource.expires_on.is_(None), Resource.expires_on >= day),
        owned_by(open_to_match()),
    )


def is_seen_by(actor: Actor, member: Member) -> bool:
    """Whether the actor may know of the member; hidden ones are seen by nobody but themselves and admins."""
    is_own = actor.member_id == member.id
    return is_own or member.visibility != Visibility.HIDDEN.value or actor.may("members:erase")


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Return `is_seen_by` as a condition."""
    seen = or_(Member.visibility != Visibility.HIDDEN.value, Member.id == actor.member_id)
    return true() if actor.may("members:erase") else seen


def get_seen(unit: Unit, actor: Actor, member_id: str) -> Member:
    """Return the member.

    Raises:
        NotFound: there is none here, or the actor may not know of them; the two are not told apart.
    """
    member = unit.get(Member, member_id)
    if not is_seen_by(actor, member):
        raise NotFound(f"there is no member {member_id!r} in this community", kind="member", id=member_id)
    return member
