"""Terms of use: what may be said together, and whom a resource is for."""

from __future__ import annotations

from sqlalchemy import delete, select

from copilot.community.access import Actor
from copilot.community.ids import derived_id
from copilot.community.permission import get_seen
from copilot.community.store import Unit
from copilot.community.tables import Resource, ResourceAudience
from copilot.community.text import clean_line
from copilot.resources.models import TermsOfUse
from copilot.resources.wording import wrong


def check_terms(terms: TermsOfUse) -> None:
    """Pass terms that do not contradict themselves.

    Raises:
        InvalidInput: they do, or name nobody where they should.
    """
    names_somebody = bool(terms.member_ids or terms.cities)
    if terms.confidential and terms.who != "chosen":
        raise wrong("chosen_needed", "terms_of_use")
    if terms.who == "chosen" and not names_somebody:
        raise wrong("nobody_chosen", "terms_of_use")
    if terms.who == "everyone" and names_somebody:
        raise wrong("city_needs_confidential", "terms_of_use")


def write_terms(unit: Unit, actor: Actor, row: Resource, terms: TermsOfUse) -> None:
    """Write terms to a stored resource; the caller sets the status that follows from them.

    Raises:
        NotFound: a member that the actor may not know of.
    """
    row.who, row.mode, row.max_days = terms.who, terms.mode, terms.max_days
    row.in_return, row.confidential = terms.in_return or "", terms.confidential
    row.accepts_at_once = terms.accepts_at_once
    members = list(dict.fromkeys(terms.member_ids))
    for member_id in members:
        get_seen(unit, actor, member_id)
    unit.session.execute(delete(ResourceAudience).where(ResourceAudience.resource_id == row.id))
    for member_id in members:
        unit.add(
            ResourceAudience(id=derived_id("rau", row.id, "m", member_id), resource_id=row.id, member_id=member_id)
        )
    for city in dict.fromkeys(clean_line(city) for city in terms.cities):
        if city:
            unit.add(ResourceAudience(id=derived_id("rau", row.id, "c", city), resource_id=row.id, city=city))


def audience_of(unit: Unit, row: Resource) -> list[str]:
    """Return the ids and cities that a resource is for, sorted."""
    found = unit.session.scalars(select(ResourceAudience).where(ResourceAudience.resource_id == row.id))
    return sorted(item.member_id or item.city for item in found)
