"""The moderators' queue: list, look, claim, decide, undo."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictInt

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.community.models import Category
from copilot.moderation.case_views import CaseDetail, CaseRow, CaseView, DecisionView
from copilot.moderation.cases import MAX_MOVED, CaseFilter, CaseSort
from copilot.moderation.models import Action, CaseStatus, Severity, Verdict
from copilot.moderation.rulings import CLAUSE_MAX_CHARS, MAX_MUTE_HOURS, REASON_MAX_CHARS, Ruling

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
CaseId = Annotated[str, Path(max_length=64, description="id of a case", examples=["cas_0f3k2m9q8w1e5r7t6y4u"])]


class DecideIn(Body):
    """The verdict, and apart from it what follows."""

    verdict: Verdict = Field(examples=["violation"])
    action: Action = Field(
        Action.NONE, description="webhooks tell of warnings, mutes and removals; others carry them out"
    )
    reason: str = Field(
        "", max_length=REASON_MAX_CHARS, description="required for a violation and for any action; the member reads it"
    )
    clause_id: str = Field(
        "", max_length=CLAUSE_MAX_CHARS, description="clause of the policy; that of the case when left out"
    )
    severity: Severity | None = Field(None, description="as a person sees it; that of the case when left out")
    mute_hours: StrictInt | None = Field(None, ge=1, le=MAX_MUTE_HOURS, description="how long; of a mute alone")

    def ruling(self) -> Ruling:
        """Return what was decided, checked."""
        return Ruling.parse(
            self.verdict.value, self.action.value, self.reason, clause_id=self.clause_id,
            severity=None if self.severity is None else self.severity.value, mute_hours=self.mute_hours,
        )  # fmt: skip


class UndoIn(Body):
    """Why a decision is taken back."""

    reason: str = Field("", max_length=1000)


class SplitIn(Body):
    """Which messages leave the case."""

    message_ids: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=MAX_MOVED)


class MergeIn(Body):
    """Which cases are taken in."""

    case_ids: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=MAX_MOVED)


@router.get("/cases")
def list_cases(  # noqa: PLR0913  # one parameter for each filter of the query string
    caller: CallerDep,
    *,
    status: Annotated[CaseStatus | None, Query(description="only these")] = None,
    category: Annotated[Category | None, Query(description="with a message in this category")] = None,
    severity: Annotated[Severity | None, Query(description="only these")] = None,
    channel: Annotated[str | None, Query(max_length=100, description="with a message in this channel (id)")] = None,
    sender: Annotated[str | None, Query(max_length=100, description="with a message of this member (id)")] = None,
    detector: Annotated[str | None, Query(max_length=100, description="found by this detector, or `report`")] = None,
    reported: Annotated[bool | None, Query(description="reported by a member, or not")] = None,
    mine: Annotated[bool, Query(description="only those this key holds")] = False,
    sort: Annotated[CaseSort, Query(description="order")] = CaseSort.PRIORITY,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[CaseRow]:
    """List cases, the most pressing first: harm x certainty x reach, each shown. Who reported is not among it."""
    caller.actor.require("moderation:read")
    wanted = CaseFilter(
        status=None if status is None else status.value,
        category=None if category is None else category.value,
        severity=None if severity is None else severity.value,
        channel_id=channel,
        sender_id=sender,
        detector=detector,
        claimed_by=caller.actor.key_id if mine else None,
        is_reported=reported,
    )
    page = caller.services.moderation.cases(caller.community_id, wanted, sort=sort.value, limit=limit, cursor=cursor)
    return list_of(page)


@router.get("/cases/{case_id}")
def get_case(caller: CallerDep, case_id: CaseId) -> CaseDetail:
    """Show a case with everything to know before deciding: words and context, clause, how it was found, reports, history.

    Reporters are named to keys with `moderation:reporters` only.
    """
    caller.actor.require("moderation:read")
    return caller.services.moderation.case(
        caller.community_id, case_id, with_reporters=caller.actor.may("moderation:reporters")
    )


@router.post("/cases/{case_id}/split")
def split(caller: CallerDep, case_id: CaseId, body: SplitIn) -> CaseView:
    """Give some messages of a case a case of their own, which is the answer; reports of them go along."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.split(caller.community_id, case_id, body.message_ids, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/merge")
def merge(caller: CallerDep, case_id: CaseId, body: MergeIn) -> CaseView:
    """Take other open cases into this one; nothing of them is lost, and their ids lead here."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.merge(caller.community_id, case_id, body.case_ids, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/claim")
def claim(caller: CallerDep, case_id: CaseId) -> CaseView:
    """Take a case for half an hour, so that nobody else decides it meanwhile; taking it again renews the time."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.claim(caller.community_id, case_id, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/release")
def release(caller: CallerDep, case_id: CaseId) -> CaseView:
    """Give a claimed case back."""
    caller.actor.require("moderation:decide")
    return caller.services.moderation.release(caller.community_id, case_id, actor=caller.actor.key_id)


@router.post("/cases/{case_id}/decide")
def decide(caller: CallerDep, case_id: CaseId, body: DecideIn) -> DecisionView:
    """Close a case: the verdict, and apart from it what follows. Every effect can be undone.

    What takes two people, such as a removal, is refused here: propose it.
    """
    caller.actor.require("moderation:decide")
    return caller.services.moderation.decide(caller.community_id, case_id, body.ruling(), actor=caller.actor.key_id)


@router.post("/cases/{case_id}/undo")
def undo(caller: CallerDep, case_id: CaseId, body: UndoIn | None = None) -> CaseView:
    """Take a decision back with everything it did, and reopen the case."""
    caller.actor.require("moderation:decide")
    reason = "" if body is None else body.reason
    return caller.services.moderation.undo(caller.community_id, case_id, actor=caller.actor.key_id, reason=reason)
