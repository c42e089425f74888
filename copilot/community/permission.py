"""What members permit with their words, their name and what they own: each rule once, for a row and as SQL.

What they decided, and who may change it, is in `consent`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, or_, select

from copilot.community.models import Visibility
from copilot.community.tables import Member, Resource


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
