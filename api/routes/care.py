"""Members who may need help: a private queue for the people whom the operators named, and nobody else."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.care.models import CareDetail, CareNoteView, CarePerson, CareRow, CareStatus, OwnCare
from copilot.care.service import NOTE_MAX_CHARS
from copilot.community.distress import DistressKind

router = APIRouter(tags=["care"], route_class=IdempotentRoute)
CareId = Annotated[
    str, Path(max_length=64, description="id of an entry of care", examples=["car_0f3k2m9q8w1e5r7t6y4u"])
]
MemberId = Annotated[str, Path(max_length=64, description="id of the member whose key asks")]


class CareHandOverIn(Body):
    """Who goes on."""

    to: str = Field(min_length=1, max_length=64, description="id of a key of role care; `GET /care/people` lists them")


class CareChangeIn(Body):
    """How far one is."""

    status: Literal["looked_at", "contacted", "closed"]


class CareNoteIn(Body):
    """Something for the others who care."""

    text: str = Field(min_length=1, max_length=NOTE_MAX_CHARS)


@router.get("/care")
def list_care(
    caller: CallerDep,
    status: Annotated[CareStatus | None, Query(description="how far care is")] = None,
    kind: Annotated[DistressKind | None, Query(description="how the message sounds")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[CareRow]:
    """List who may need help, oldest first, without anybody's words.

    Only keys of role `care` see this; moderators, operators and admins do not. Nobody is ranked.
    """
    found = caller.services.care.page(caller.actor, status=status, kind=kind, limit=limit, cursor=cursor)
    return list_of(found)


@router.get("/care/people")
def list_care_people(caller: CallerDep) -> list[CarePerson]:
    """List whom the operators named: keys of role `care` that are valid now."""
    return caller.services.care.people(caller.actor)


@router.get("/care/{care_id}")
def get_care(caller: CallerDep, care_id: CareId) -> CareDetail:
    """Show one entry: what was said, a first draft, what to mind, helplines and notes.

    The audit log notes that somebody looked. The draft diagnoses nothing and is sent by nobody but a person.
    """
    return caller.services.care.show(caller.actor, care_id)


@router.post("/care/{care_id}/take")
def take_care(caller: CallerDep, care_id: CareId) -> CareRow:
    """Look after an entry; while somebody does, others cannot take it."""
    return caller.services.care.take(caller.actor, care_id)


@router.post("/care/{care_id}/hand-over")
def hand_over_care(caller: CallerDep, care_id: CareId, body: CareHandOverIn) -> CareRow:
    """Give an entry that one looks after to another of the named people."""
    return caller.services.care.hand_over(caller.actor, care_id, body.to)


@router.post("/care/{care_id}/status")
def change_care(caller: CallerDep, care_id: CareId, body: CareChangeIn) -> CareRow:
    """Say how far one is; what is closed is deleted after 30 days, everything after 180."""
    return caller.services.care.change(caller.actor, care_id, body.status)


@router.post("/care/{care_id}/notes", status_code=201)
def note_care(caller: CallerDep, care_id: CareId, body: CareNoteIn) -> CareNoteView:
    """Write something down for the others who care; nobody else reads it."""
    return caller.services.care.note(caller.actor, care_id, body.text)


@router.get("/members/{member_id}/care")
def list_own_care(caller: CallerDep, member_id: MemberId) -> list[OwnCare]:
    """Tell members what care keeps about them; only their own key is told."""
    return caller.services.care.own(caller.actor, member_id)


@router.delete("/members/{member_id}/care/{care_id}", status_code=204)
def delete_own_care(caller: CallerDep, member_id: MemberId, care_id: CareId) -> None:
    """Delete an entry about oneself, notes included; the message makes no new one."""
    caller.services.care.forget_own(caller.actor, member_id, care_id)
