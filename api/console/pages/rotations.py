"""Rotations of parallel groups: previewed with their differences, applied or put aside by a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.catalogue import texts_of
from api.console.form_fields import ids_of
from api.console.navigation import PREFIX
from api.console.pages.searching import begin
from api.console.searches import stop_here
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.cities import city_name
from copilot.errors import InvalidInput
from copilot.matching.seatings.models import MAX_GROUPS, MAX_ROTATION_MEMBERS, RotationAsk, RotationDetail

router = APIRouter()
RotationId = Annotated[str, Path(max_length=64)]
_SECONDS = 10.0
_NAME = 128


@router.get("/rotations")
def rotations_page(visit: VisitDep, cursor: Annotated[str | None, Query(max_length=500)] = None) -> Response:
    """Ask for the groups of today, and list what was previewed, newest first."""
    visit.actor.require("matching:read")
    page = visit.services.rotations.history(visit.community_id, limit=20, cursor=cursor)
    has_applied = any(row.status.value == "applied" for row in page.items)
    return visit.page(
        "rotations.html", place="people", rotations=page.items, next_cursor=page.next_cursor, has_applied=has_applied,
        usual_series=texts_of(visit.home.locale)("rotation.usual_series"),
    )  # fmt: skip


@router.post("/rotations")
def preview(
    visit: WritingDep, *, series: Annotated[str, Form(min_length=1, max_length=60)] = "groups",
    groups: Annotated[str, Form(max_length=200_000)] = "",
    most_moves: Annotated[str, Form(max_length=4, pattern=r"^[0-9]*$")] = "",
) -> Response:  # fmt: skip
    """Preview who would change to which group; nothing changes until it is applied."""
    visit.actor.require("matching:write")
    most = int(most_moves) if most_moves else None
    if most is not None and most > MAX_ROTATION_MEMBERS:
        raise InvalidInput(f"at most {MAX_ROTATION_MEMBERS} moves", field="most_moves", max=MAX_ROTATION_MEMBERS)
    ask = RotationAsk(
        series=series.strip() or "groups", groups=_with_ids(visit, groups_of(groups)), most_moves=most, seconds=_SECONDS
    )  # fmt: skip
    services, community_id, actor = visit.services, visit.community_id, visit.actor

    def work(is_stopped: Callable[[], bool]) -> RotationDetail:
        return services.rotations.preview(community_id, ask, actor=actor, before_keeping=lambda: stop_here(is_stopped))

    def show(now: Visit, made: RotationDetail) -> Response:
        return now.go(f"{PREFIX}/rotations/{made.id}")

    return begin(visit, _SECONDS, work, show)


@router.get("/rotations/{rotation_id}")
def rotation_page(visit: VisitDep, rotation_id: RotationId) -> Response:
    """Show the differences, the balance before and after, and the groups."""
    visit.actor.require("matching:read")
    one = visit.services.rotations.get(visit.community_id, rotation_id, actor=visit.actor)
    return visit.page("rotation.html", place="people", one=one, city_name=city_name)


@router.post("/rotations/{rotation_id}/apply")
def apply(visit: WritingDep, rotation_id: RotationId) -> Response:
    """Make the preview the groups of today."""
    visit.actor.require("matching:write")
    visit.services.rotations.apply(visit.community_id, rotation_id, actor=visit.actor)
    return visit.go(f"{PREFIX}/rotations/{rotation_id}")


@router.post("/rotations/{rotation_id}/discard")
def discard(visit: WritingDep, rotation_id: RotationId) -> Response:
    """Put the preview aside."""
    visit.actor.require("matching:write")
    visit.services.rotations.discard(visit.community_id, rotation_id, actor=visit.actor)
    return visit.go(f"{PREFIX}/rotations/{rotation_id}")


def _with_ids(visit: Visit, groups: dict[str, list[str]] | None) -> dict[str, list[str]] | None:
    """Return groups with ids in place of whole names."""
    if groups is None:
        return None
    with visit.services.store.read(visit.community_id) as unit:
        ids = iter(ids_of(unit, visit.actor, [one for members in groups.values() for one in members]))
    return {name: [next(ids) for _ in members] for name, members in groups.items()}


def groups_of(text: str) -> dict[str, list[str]] | None:
    """Return groups written one to a line, "name: member, member"; None when there are none.

    Raises:
        InvalidInput: a line has no name, names are too long, or there is too much of something.
    """
    found: dict[str, list[str]] = {}
    for number, line in enumerate((line.strip() for line in text.splitlines()), start=1):
        if not line:
            continue
        name, mark, rest = line.replace("：", ":").partition(":")
        members = [part.strip() for part in rest.replace("，", ",").replace("、", ",").split(",") if part.strip()]
        name = name.strip()
        if not mark or not name or name in found or any(len(one) > _NAME for one in (name, *members)):
            raise InvalidInput(f"line {number} is not a group and its members", field=f"groups/{number}")
        found[name] = members
    if len(found) > MAX_GROUPS or sum(map(len, found.values())) > MAX_ROTATION_MEMBERS:
        raise InvalidInput(f"at most {MAX_GROUPS} groups of {MAX_ROTATION_MEMBERS} members in all", field="groups")
    return found or None
