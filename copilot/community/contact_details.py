"""How a member can be reached: stated by the member or by a table of the operators, shown to nobody else by this file.

They are read by the member, and by whoever an introduction connected the member with. Search, vectors, prompts, lists
and other members' views never touch them. What a member stated, or took out, no import changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.community.store import Unit
from copilot.community.tables import Member
from copilot.community.text import clean_line
from copilot.errors import InvalidInput

CONTACT_KINDS = ("wechat", "email", "phone", "telegram", "other")
MAX_CONTACT_CHARS = 200
_BY_MEMBER = "member"
_BY_IMPORT = "import"


def contacts_of(member: Member) -> dict[str, str]:
    """Return the ways to reach a member, by kind; empty when none is stated."""
    stored = member.contacts
    return {kind: stored[kind]["value"] for kind in CONTACT_KINDS if stored.get(kind, {}).get("value")}


def state_contacts(unit: Unit, member_id: str, given: Mapping[str, str | None]) -> dict[str, str]:
    """Set what the member says of the kinds in `given` (empty or None takes one out); return all that stand now.

    Raises:
        NotFound: there is no such member here.
        InvalidInput: an unknown kind, or more than 200 characters.
    """
    member = unit.get(Member, member_id)
    changes: dict[str, Any] = {}
    for kind, value in given.items():
        if kind not in CONTACT_KINDS:
            raise InvalidInput(f"a contact is one of {', '.join(CONTACT_KINDS)}", field=kind)
        text = clean_line(value or "")
        if len(text) > MAX_CONTACT_CHARS:
            raise InvalidInput(f"a contact has at most {MAX_CONTACT_CHARS} characters", field=kind)
        # An empty one stays as the member's word: the next import must not bring it back.
        changes[kind] = {"value": text, "by": _BY_MEMBER}
    member.contacts = {**member.contacts, **changes}
    unit.audit(member_id, "member.contacts_changed", ("member", member_id), kinds=sorted(changes))
    return contacts_of(member)


def with_imported(stored: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """Return stored contacts with those of a table's row: an empty cell takes one out, the member's own word stays."""
    own = {kind: entry for kind, entry in stored.items() if kind not in given or entry.get("by") == _BY_MEMBER}
    new = {kind: {"value": value, "by": _BY_IMPORT} for kind, value in given.items() if value and kind not in own}
    return {**own, **new}
