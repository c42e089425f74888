"""The library: resources with readable codes, terms, and a history of every change; owners keep them fresh."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select

from copilot.community.access import Actor
from copilot.community.models import ResourceStatus, ResourceType
from copilot.community.permission import get_seen
from copilot.community.reader import reader_locale
from copilot.community.resource_classes import find_subclass
from copilot.community.resource_codes import give_code_and_id, give_codes
from copilot.community.resource_history import changes_since, confirm_from, note_change, offered_status, values_of
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Resource, ResourceChange
from copilot.community.text import clean_line, clean_text
from copilot.resources.models import (
    ChangeView,
    ResourceClasses,
    ResourceFields,
    ResourcePatch,
    ResourceView,
)
from copilot.resources.occupancy import lock_resource
from copilot.resources.resource_views import class_views, resource_views
from copilot.resources.searching import having_tag, like
from copilot.resources.terms import audience_of, check_terms, write_terms
from copilot.resources.viewing import (
    acting_for,
    find_resource,
    require_owner,
    require_reader,
    require_writer,
    seen_resources,
)
from copilot.resources.waiting import move_up
from copilot.resources.wording import refusal, wrong

_LINES = ("title", "city")
_TEXTS = ("description", "terms")
_NULLABLE = frozenset({"capacity", "expires_on"})


class Library:
    """Keeps resources. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, community_id: str, actor: Actor, *, search: str = "", only: Mapping[str, str] | None = None,
        limit: int = 50, cursor: str | None = None,
    ) -> Page[ResourceView]:  # fmt: skip
        """Return the resources that the actor may know of, by code.

        Args:
            community_id: whose library it is.
            actor: who looks.
            search: part of the title, description, city or a code.
            only: column -> value, of type, status, owner_id, subclass or city; `tag` is a whole tag.
            limit: 1 to 200.
            cursor: of the page before.

        Raises:
            Denied: the key may not look at resources.
            InvalidInput: limit or cursor is wrong.
        """
        require_reader(actor)
        statement = select(Resource).where(seen_resources(actor))
        conditions = dict(only or {})
        tag = conditions.pop("tag", None)
        for name, value in conditions.items():
            statement = statement.where(getattr(Resource, name) == value)
        if search:
            pattern = like(search)
            columns = (Resource.title, Resource.description, Resource.city, Resource.code, Resource.library_code)
            statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
        with self._store.read(community_id) as unit:
            if tag:
                statement = statement.where(Resource.id.in_(having_tag(unit, tag)))
            page = unit.page(statement, (Resource.code, Resource.id), limit=limit, cursor=cursor, descending=False)
            return Page(resource_views(unit, actor, page.items), page.next_cursor)

    def get(self, community_id: str, resource_id: str, actor: Actor) -> ResourceView:
        """Return one resource.

        Raises:
            Denied: the key may not look at resources.
            NotFound: there is none that the actor may know of.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            return resource_views(unit, actor, [find_resource(unit, actor, resource_id)])[0]

    def classes(self, community_id: str, actor: Actor) -> ResourceClasses:
        """Return the classes in the community's language.

        Raises:
            Denied: the key may not look at resources.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            return class_views(reader_locale(unit))

    def create(self, community_id: str, fields: ResourceFields, actor: Actor) -> ResourceView:
        """Add a resource: members their own, operators anybody's or the community's own.

        Raises:
            Denied: the key may not.
            NotFound: there is no such owner.
            InvalidInput: an unknown subclass, or terms that contradict themselves.
        """
        owner_id = acting_for(actor, fields.owner_id)
        check_terms(fields.terms_of_use)
        _check_subclass(fields.type, fields.subclass)
        with self._store.write(community_id) as unit:
            if owner_id is not None:
                get_seen(unit, actor, owner_id)
            row = Resource(
                type=fields.type.value, subclass=fields.subclass or "", owner_id=owner_id,
                title=_line("title", fields.title), description=clean_text(fields.description), city=clean_line(fields.city),
                terms=clean_text(fields.terms), capacity=fields.capacity, expires_on=fields.expires_on,
                tags=_tags(fields.tags), attributes={}, confirm_every_days=fields.confirm_every_days,
                created_at=unit.now, confirmed_at=unit.now,
            )  # fmt: skip
            give_code_and_id(unit, row)
            unit.add(row)
            unit.session.flush()
            write_terms(unit, actor, row, fields.terms_of_use)
            row.status = offered_status(row)
            confirm_from(row, unit.now)
            note_change(unit, row, "created", actor.key_id)
            return resource_views(unit, actor, [row])[0]

    def change(self, community_id: str, resource_id: str, patch: ResourcePatch, actor: Actor) -> ResourceView:
        """Change what the patch names; another class or subclass gives another code, and the old one stays its own.

        Raises:
            Denied: the actor neither owns it nor is an operator.
            NotFound: there is none that the actor may know of.
            Conflict: it was merged into another.
            InvalidInput: nothing to change, an unknown subclass, or terms that contradict themselves.
        """
        named = patch.model_fields_set - {name for name in _emptied(patch) if name not in _NULLABLE}
        if not named:
            raise wrong("nothing_named", "")
        with self._store.write(community_id) as unit:
            row = self._own(unit, actor, resource_id)
            before, audience = values_of(row), audience_of(unit, row)
            if patch.terms_of_use is not None:
                check_terms(patch.terms_of_use)
            _apply(row, patch, named)
            if {"type", "subclass"} & named:
                row.subclass = patch.subclass or ""
                _check_subclass(ResourceType(row.type), patch.subclass)
            if patch.terms_of_use is not None:
                write_terms(unit, actor, row, patch.terms_of_use)
            _settle_status(row, patch)
            if "confirm_every_days" in named:
                confirm_from(row, row.confirmed_at or unit.now)
            give_codes(unit, [row])
            changes = changes_since(before, row)
            if audience != (now := audience_of(unit, row)):
                changes["audience"] = [audience, now]
            if changes:
                note_change(unit, row, "changed", actor.key_id, changes)
                move_up(unit, row)
            return resource_views(unit, actor, [row])[0]

    def confirm(self, community_id: str, resource_id: str, actor: Actor) -> ResourceView:
        """Say that a resource is still there; a stale one is proposed again.

        Raises:
            Denied: the actor neither owns it nor is an operator.
            NotFound: there is none that the actor may know of.
            Conflict: it was merged into another.
        """
        with self._store.write(community_id) as unit:
            row = self._own(unit, actor, resource_id)
            before = values_of(row)
            if row.status == ResourceStatus.STALE:
                row.status = offered_status(row)
            row.confirmed_at = unit.now
            confirm_from(row, unit.now)
            note_change(unit, row, "confirmed", actor.key_id, changes_since(before, row))
            return resource_views(unit, actor, [row])[0]

    def history(
        self, community_id: str, resource_id: str, actor: Actor, *, limit: int = 50, cursor: str | None = None
    ) -> Page[ChangeView]:
        """Return a resource's changes, latest first, to its owner and operators.

        Raises:
            Denied: the actor is neither.
            NotFound: there is none that the actor may know of.
            InvalidInput: limit or cursor is wrong.
        """
        require_reader(actor)
        with self._store.read(community_id) as unit:
            row = find_resource(unit, actor, resource_id)
            require_owner(actor, row)
            statement = select(ResourceChange).where(ResourceChange.resource_id == row.id)
            page = unit.page(statement, (ResourceChange.at, ResourceChange.id), limit=limit, cursor=cursor)
            lines = [
                ChangeView(id=item.id, at=item.at, actor=item.actor, kind=item.kind, changes=item.changes)
                for item in page.items
            ]
            return Page(lines, page.next_cursor)

    def _own(self, unit: Unit, actor: Actor, resource_id: str) -> Resource:
        """Return a resource of the actor's to change, locked.

        Raises:
            Denied, NotFound, Conflict: see `change`.
        """
        require_writer(actor)
        find_resource(unit, actor, resource_id)
        row = lock_resource(unit, resource_id)
        require_owner(actor, row)
        if row.status == ResourceStatus.MERGED:
            raise refusal("merged_already")
        return row


def _check_subclass(kind: ResourceType, subclass: str | None) -> None:
    if subclass is not None and find_subclass(kind, subclass) is None:
        raise wrong("unknown_subclass", "subclass", code=subclass)


def _emptied(patch: ResourcePatch) -> set[str]:
    return {name for name in patch.model_fields_set if getattr(patch, name) is None}


def _apply(row: Resource, patch: ResourcePatch, named: set[str]) -> None:
    for name in named - {"terms_of_use", "status", "subclass"}:
        value = getattr(patch, name)
        if name in _LINES:
            value = _line(name, value) if name == "title" else clean_line(value)
        elif name in _TEXTS:
            value = clean_text(value)
        elif name == "tags":
            value = _tags(value)
        elif name == "type":
            value = value.value
        if getattr(row, name) != value:
            setattr(row, name, value)


def _settle_status(row: Resource, patch: ResourcePatch) -> None:
    """Set the status that is asked for, or the one that follows from new terms; a stale one waits to be confirmed."""
    offered = {ResourceStatus.AVAILABLE.value, ResourceStatus.CONFIDENTIAL.value}
    if patch.status == "available":
        row.status = row.status if row.status == ResourceStatus.STALE else offered_status(row)
    elif patch.status is not None:
        row.status = patch.status
    elif row.status in offered:
        row.status = offered_status(row)


def _line(field: str, text: str) -> str:
    line = clean_line(text)
    if not line:
        raise wrong("nothing_to_read", field)
    return line


def _tags(tags: list[str]) -> list[str]:
    return [tag for tag in dict.fromkeys(clean_line(tag) for tag in tags) if tag]
