"""Conditions that lists of resources are narrowed by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from copilot.community.store import Unit
from copilot.community.tables import Resource


def having_tag(unit: Unit, tag: str) -> Any:
    """Return a selection of the ids of resources with this very tag."""
    element = func.jsonb_array_elements_text if unit.session.get_bind().dialect.name == "postgresql" else func.json_each
    each = element(Resource.tags).table_valued("value", joins_implicitly=True)
    return select(Resource.id).where(each.c.value == tag).correlate(None)


def like(text: str) -> str:
    """Return `text` as a LIKE pattern with its own wildcards taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped.replace(chr(0), '')}%"
