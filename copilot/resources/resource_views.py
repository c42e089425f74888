"""Turns resources into what a reader sees of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.embeddable import today
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.reader import reader_locale
from copilot.community.resource_classes import CLASSES, find_subclass
from copilot.community.store import Unit
from copilot.community.tables import Resource, ResourceAudience
from copilot.resources.models import (
    ClassView,
    ResourceClasses,
    ResourceView,
    SubclassView,
    TermsOfUse,
)
from copilot.resources.occupancy import occupancy
from copilot.resources.viewing import OPERATE, members_of, names_of


def resource_views(unit: Unit, actor: Actor, rows: Sequence[Resource]) -> list[ResourceView]:
    """Return what the actor sees of resources they may know of, in the order given."""
    locale, day = reader_locale(unit), today(unit)
    taken = occupancy(unit, rows, day)
    seen = names_of(actor, members_of(unit, [row.owner_id for row in rows]))
    audience = _audiences(unit, [row.id for row in rows if _may_read_terms(actor, row)])
    return [
        ResourceView(
            id=row.id, code=row.code, library_code=row.library_code, type=ResourceType(row.type),
            type_name=CLASSES[ResourceType(row.type)].name(locale), subclass=row.subclass,
            subclass_name=_subclass_name(row, locale), title=row.title, description=row.description,
            owner_id=row.owner_id if row.owner_id in seen else None, terms=row.terms,
            terms_of_use=_terms(row, audience.get(row.id, [])), capacity=row.capacity,
            units_out=taken[row.id].out(day), units_free=taken[row.id].free_on(day), expires_on=row.expires_on,
            city=row.city, tags=[str(tag) for tag in row.tags], status=ResourceStatus(row.status),
            confirm_every_days=row.confirm_every_days, confirmed_at=row.confirmed_at, confirm_by=row.confirm_by,
            merged_into=row.merged_into,
        )
        for row in rows
    ]  # fmt: skip


def class_views(locale: str) -> ResourceClasses:
    """Return all classes with their subclasses, in one language."""
    return ResourceClasses(
        classes=[
            ClassView(
                type=item.type, code=item.code, name=item.name(locale),
                subclasses=[SubclassView(code=sub.code, name=sub.name(locale)) for sub in item.subclasses],
            )
            for item in CLASSES.values()
        ]
    )  # fmt: skip


def _subclass_name(row: Resource, locale: str) -> str:
    found = find_subclass(ResourceType(row.type), row.subclass)
    return found.name(locale) if found is not None else ""


def _may_read_terms(actor: Actor, row: Resource) -> bool:
    return actor.may(OPERATE) or (actor.member_id is not None and actor.member_id == row.owner_id)


def _audiences(unit: Unit, ids: Sequence[str]) -> dict[str, list[ResourceAudience]]:
    found: dict[str, list[ResourceAudience]] = {}
    statement = select(ResourceAudience).where(ResourceAudience.resource_id.in_(ids)).order_by(ResourceAudience.id)
    for row in unit.session.scalars(statement) if ids else ():
        found.setdefault(row.resource_id, []).append(row)
    return found


def _terms(row: Resource, audience: Sequence[ResourceAudience]) -> TermsOfUse:
    return TermsOfUse.model_validate(
        {
            "who": row.who, "member_ids": [item.member_id for item in audience if item.member_id],
            "cities": [item.city for item in audience if item.city], "max_days": row.max_days, "mode": row.mode,
            "in_return": row.in_return or None, "confidential": row.confidential,
            "accepts_at_once": row.accepts_at_once,
        }
    )  # fmt: skip
