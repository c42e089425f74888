"""Which members a search finds: part of the name, headline, city or industry, or the very id. One rule for API and pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, or_, select

from copilot.community.access import Actor
from copilot.community.permission import seen_by
from copilot.community.tables import Member


def found_members(actor: Actor, text: str = "") -> Select[Any]:
    """Return the members that the actor may know of and that a text finds; without a text, all of them."""
    statement = select(Member).where(seen_by(actor))
    if not text:
        return statement
    pattern = _pattern(text)
    columns = (Member.name, Member.headline, Member.city, Member.industry)
    same = or_(Member.id == text, Member.external_id == text)
    return statement.where(or_(same, *(column.ilike(pattern, escape="\\") for column in columns)))


def _pattern(text: str) -> str:
    """Return `text` as a LIKE pattern with its own wildcards taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped.replace(chr(0), '')}%"
