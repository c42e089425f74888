"""Points: the ledger, its rules, why a member has theirs, thanks, and who wants not to be shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field, StrictBool, StrictInt

from api.deps import Caller, CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.routes.people import MemberId
from api.schemas.common import Body, ListOf, list_of
from copilot.community.access import Actor
from copilot.recognition.ledger import MOST_DAYS, USUAL_DAYS
from copilot.recognition.ledger_models import (
    MemberPoints,
    PointEntryView,
    RecognitionSetting,
    Recount,
    RuleChange,
    RuleName,
    RulesView,
    Settled,
    ThanksView,
)

router = APIRouter(tags=["recognition"], route_class=IdempotentRoute)
_REPORTERS = "moderation:reporters"
_CSV: dict[int | str, dict[str, Any]] = {200: {"description": "the file", "content": {"text/csv": {"schema": {"type": "string"}, "example": (
    "number,id,member_id,giver_id,rule,points,base,day,pair,breadth,ring,evidence_kind,evidence_id,act_at,"
    "rules_version,reverses_id,reason,created_at,why\r\n"
)}}}}  # fmt: skip


class SettleIn(Body):
    """How far back to look for acts."""

    days: StrictInt = Field(USUAL_DAYS, ge=1, le=MOST_DAYS)


class ReversalIn(Body):
    """Why an entry is taken back."""

    reason: Literal["gamed", "mistake"]


class RulesIn(Body):
    """Rules to change; those that are not named stay."""

    rules: list[RuleChange] = Field(min_length=1, max_length=6)


class ThanksIn(Body):
    """What helped: a visible message, or a topic that was written up."""

    kind: Literal["answer", "write_up", "welcome"]
    evidence_kind: Literal["message", "topic"] = "message"
    evidence_id: str = Field(min_length=1, max_length=64)


class RecognitionSettingIn(Body):
    """Whether the member is shown on boards, in awards and in slots."""

    is_shown: StrictBool


def require_seer(actor: Actor) -> None:
    """Let members and staff see what the community sees.

    Raises:
        Denied: the key has neither scope.
    """
    if not actor.may("self:read"):
        actor.require("recognition:read")


def require_own_say(caller: Caller, member_id: str) -> None:
    """Let a member act with their own key, and an operator on their word.

    Raises:
        Denied: it is neither.
    """
    if not (caller.actor.member_id == member_id and caller.actor.may("self:write")):
        caller.actor.require("recognition:write")


@router.get("/points")
def list_points(
    caller: CallerDep,
    member_id: Annotated[str | None, Query(max_length=64, description="only of this member")] = None,
    rule: Annotated[RuleName | None, Query(description="only of this rule")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[PointEntryView]:
    """List the ledger, newest first, each entry with its evidence and how its points came about.

    Entries for upheld reports are only in it for keys that may know who reported.
    """
    caller.actor.require("recognition:ledger")
    page = caller.services.recognition.points.entries(
        caller.community_id, member_id=member_id, rule=rule, with_reports=caller.actor.may(_REPORTERS), limit=limit,
        cursor=cursor,
    )  # fmt: skip
    return list_of(page)


@router.post("/points/settle")
def settle_points(caller: CallerDep, body: SettleIn | None = None) -> Settled:
    """Score the acts that are not in the ledger yet, and reverse those taken back. Doing it again changes nothing.

    An act counts for whoever did it and rests on what somebody else did in return: thanks, a return, a check-in.
    """
    caller.actor.require("recognition:write")
    days = USUAL_DAYS if body is None else body.days
    return caller.services.recognition.ledger.settle(caller.community_id, days=days, actor=caller.actor.key_id)


@router.get("/points/recount")
def recount_points(caller: CallerDep) -> Recount:
    """Count the whole ledger again, each entry by the rules it names, and compare byte by byte."""
    caller.actor.require("recognition:ledger")
    return caller.services.recognition.ledger.recount(caller.community_id)


@router.get("/points/export.csv", response_class=Response, responses=_CSV)
def export_points(caller: CallerDep) -> Response:
    """Export the ledger as CSV, oldest entry first, at most 100,000; texts that would run as formulas are made texts."""
    caller.actor.require("recognition:ledger")
    content = caller.services.recognition.points.export(caller.community_id, with_reports=caller.actor.may(_REPORTERS))
    headers = {"Content-Disposition": 'attachment; filename="points.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/points/rules")
def point_rules(caller: CallerDep) -> RulesView:
    """Show what is worth points here, and how repetition and rings are discounted."""
    require_seer(caller.actor)
    return caller.services.recognition.book.view(caller.community_id)


@router.put("/points/rules")
def change_point_rules(caller: CallerDep, body: RulesIn) -> RulesView:
    """Switch rules on or off and weigh them; at most five are on. A new version: what was counted stays."""
    caller.actor.require("recognition:write")
    return caller.services.recognition.book.change(caller.community_id, body.rules, actor=caller.actor.key_id)


@router.post("/points/{entry_id}/reversal", status_code=201)
def reverse_points(
    caller: CallerDep, entry_id: Annotated[str, Path(max_length=64, description="id of an entry")], body: ReversalIn
) -> PointEntryView:
    """Take an entry back with another one; nothing is ever changed or deleted."""
    caller.actor.require("recognition:write")
    recognition = caller.services.recognition
    back = recognition.ledger.reverse(caller.community_id, entry_id, body.reason, actor=caller.actor.key_id)
    return recognition.points.entry(caller.community_id, back)


@router.get("/members/{member_id}/points")
def member_points(caller: CallerDep, member_id: MemberId) -> MemberPoints:
    """Say why a member has the points they have; a member key reads its own."""
    caller.actor.require_member(member_id, "recognition:ledger")
    is_own = caller.actor.member_id == member_id
    return caller.services.recognition.points.why(
        caller.community_id, member_id, with_reports=is_own or caller.actor.may(_REPORTERS)
    )


@router.post("/members/{member_id}/thanks", status_code=201)
def say_thanks(caller: CallerDep, member_id: MemberId, body: ThanksIn) -> ThanksView:
    """Note this member's thanks for what somebody else wrote; points follow with the next settling.

    The member thanks with their own key, an operator on their word. The same thanks again changes nothing.
    """
    require_own_say(caller, member_id)
    return caller.services.recognition.points.thank(
        caller.community_id, body.kind, member_id, (body.evidence_kind, body.evidence_id), actor=caller.actor.key_id
    )


@router.post("/members/{member_id}/thanks/{thanks_id}/withdrawal")
def withdraw_thanks(
    caller: CallerDep,
    member_id: MemberId,
    thanks_id: Annotated[str, Path(max_length=64, description="id of a thanks of this member's")],
) -> ThanksView:
    """Take thanks back; points they gave are reversed at once."""
    require_own_say(caller, member_id)
    return caller.services.recognition.points.withdraw(
        caller.community_id, member_id, thanks_id, actor=caller.actor.key_id
    )


@router.get("/members/{member_id}/recognition")
def recognition_setting(caller: CallerDep, member_id: MemberId) -> RecognitionSetting:
    """Say whether a member wants to be shown on boards, in awards and in slots; a member key reads its own."""
    caller.actor.require_member(member_id, "recognition:read")
    return caller.services.recognition.points.setting(caller.community_id, member_id)


@router.put("/members/{member_id}/recognition")
def set_recognition(caller: CallerDep, member_id: MemberId, body: RecognitionSettingIn) -> RecognitionSetting:
    """Take a member off every board, award, slot and suggestion from the next request on, or let them be shown again.

    Points are still counted, for the member alone.
    """
    require_own_say(caller, member_id)
    return caller.services.recognition.points.show(
        caller.community_id, member_id, shown=body.is_shown, actor=caller.actor.key_id
    )
