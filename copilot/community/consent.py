"""What members allow: who may widen it and who may only narrow it.

A member, or an admin in the member's name, decides in person. A file is hearsay beside that: once a person has
decided, an import may take a permission away and never give it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from copilot.community.access import Actor
from copilot.community.models import Visibility
from copilot.community.store import Unit
from copilot.community.tables import Member

CONSENTS = ("consent_match", "consent_ai", "visibility")
# Never asked is as narrow as no: only True lets a member be matched.
_OPENNESS: Mapping[object, int] = {
    None: 0, False: 0, True: 1,
    Visibility.HIDDEN.value: 0, Visibility.OPERATORS.value: 1, Visibility.COMMUNITY.value: 2,
}  # fmt: skip


class DecidedBy(StrEnum):
    """Which person decided."""

    MEMBER = "member"
    ADMIN = "admin"


def decide(unit: Unit, member_id: str, changes: Mapping[str, Any], actor: Actor) -> Member:
    """Set consents as a person's decision, which imports must respect from then on; a key of `CONSENTS` to its value.

    Raises:
        NotFound: there is no such member here.
        ValueError: something else than a consent is to be set.
    """
    if unknown := sorted(set(changes) - set(CONSENTS)):
        raise ValueError(f"not a consent: {', '.join(unknown)}")
    member = unit.get(Member, member_id)
    who = DecidedBy.MEMBER if actor.member_id == member_id else DecidedBy.ADMIN
    for name, value in changes.items():
        setattr(member, name, value)
    decided = {name: {"by": who.value, "at": unit.now.isoformat()} for name in changes}
    member.consents_decided = {**member.consents_decided, **decided}
    unit.audit(actor.key_id, "member.consent_changed", ("member", member_id), **changes)
    unit.session.flush()
    return member


def without_widening(member: Member, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return imported `values` without the consents that would widen what a person decided."""
    return {
        name: value
        for name, value in values.items()
        if name not in member.consents_decided or _OPENNESS[value] <= _OPENNESS[getattr(member, name)]
    }
