"""From which score on a category asks a person, what scores are worth here, how right detectors are, and what they miss."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field, StrictBool, StrictFloat

from api.deps import CallerDep, Cursor, Limit
from api.idempotency import IdempotentRoute
from api.schemas.common import Body, ListOf, list_of
from copilot.community.models import Category
from copilot.moderation.calibrating.audits import AuditView, RecallEstimate
from copilot.moderation.calibrating.desk import REASON_MAX_CHARS
from copilot.moderation.calibrating.live import DetectorPrecision
from copilot.moderation.calibrating.proposals import CutProposal
from copilot.moderation.calibrating.tuning import LOWEST_CUT, TuningView

router = APIRouter(tags=["moderation"], route_class=IdempotentRoute)
SampleId = Annotated[str, Path(max_length=64, description="id of a message drawn by chance")]
OfCategory = Annotated[Category, Path(description="a category of breaches")]


class ThresholdIn(Body):
    """What is put in force for one category; what is left out is as it was shipped."""

    cut: StrictFloat | None = Field(
        None, ge=LOWEST_CUT, le=1, allow_inf_nan=False, description="detector score from which on a person is asked"
    )
    recalibrate: StrictBool = Field(False, description="fit what scores are worth here on today's decisions")
    reason: str = Field(min_length=1, max_length=REASON_MAX_CHARS)


class ResetIn(Body):
    """Why it goes back to what was shipped."""

    reason: str = Field(min_length=1, max_length=REASON_MAX_CHARS)


class LookedIn(Body):
    """What a person saw in a message drawn by chance."""

    verdict: Literal["clean", "violation"]
    category: Category | None = Field(None, description="of a violation, and only of one")


@router.get("/moderation/thresholds")
def list_thresholds(caller: CallerDep) -> list[TuningView]:
    """Show what is in force for every category; version 0 is as shipped."""
    caller.actor.require("moderation:read")
    return caller.services.calibration.tuning.in_force(caller.community_id)


@router.get("/moderation/thresholds/{category}/history")
def threshold_history(
    caller: CallerDep, category: OfCategory, cursor: Cursor = None, limit: Limit = 50
) -> ListOf[TuningView]:
    """List who set what when and why, newest first."""
    caller.actor.require("moderation:read")
    desk = caller.services.calibration.tuning
    return list_of(desk.history(caller.community_id, category, limit=limit, cursor=cursor))


@router.get("/moderation/thresholds/{category}/proposal")
def propose_threshold(
    caller: CallerDep,
    category: OfCategory,
    precision: Annotated[float, Query(ge=0.5, le=0.99, allow_inf_nan=False, description="wanted, 0.5-0.99")] = 0.9,
) -> CutProposal:
    """Compute from decisions the lowest cut that is precise enough, with its interval. It changes nothing."""
    caller.actor.require("moderation:read")
    return caller.services.calibration.tuning.propose(caller.community_id, category, precision)


@router.put("/moderation/thresholds/{category}")
def put_threshold(caller: CallerDep, category: OfCategory, body: ThresholdIn) -> TuningView:
    """Put a cut, a curve or both in force for what is read from now on; it is kept with every case it opens."""
    caller.actor.require("moderation:terms")
    return caller.services.calibration.tuning.set(
        caller.community_id, category, cut=body.cut, recalibrate=body.recalibrate, reason=body.reason,
        actor=caller.actor.key_id,
    )  # fmt: skip


@router.post("/moderation/thresholds/{category}/reset")
def reset_threshold(caller: CallerDep, category: OfCategory, body: ResetIn) -> TuningView:
    """Go back to what was shipped; the versions before stay in the history."""
    caller.actor.require("moderation:terms")
    desk = caller.services.calibration.tuning
    return desk.reset(caller.community_id, category, reason=body.reason, actor=caller.actor.key_id)


@router.get("/moderation/precision")
def detector_precision(
    caller: CallerDep, days: Annotated[int, Query(ge=1, le=366, description="how many days back")] = 30
) -> list[DetectorPrecision]:
    """Show how many decided cases of each detector stand as violations, by version and category, with intervals."""
    caller.actor.require("moderation:read")
    return caller.services.calibration.precision(caller.community_id, days)


@router.get("/moderation/audit-messages")
def list_audit_messages(
    caller: CallerDep,
    *,
    waiting: Annotated[bool | None, Query(description="true: nobody looked yet; false: somebody did")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> ListOf[AuditView]:
    """List unflagged messages drawn by chance; off until the terms' `audit_per_week` is above 0."""
    caller.actor.require("moderation:decide")
    desk = caller.services.calibration.audits
    return list_of(desk.page(caller.community_id, waiting=waiting, limit=limit, cursor=cursor))


@router.post("/moderation/audit-messages/{sample_id}/look")
def look_at_audit_message(caller: CallerDep, sample_id: SampleId, body: LookedIn) -> AuditView:
    """Note what a person saw; a violation opens a case, which is decided as any other."""
    caller.actor.require("moderation:decide")
    return caller.services.calibration.audits.look(
        caller.community_id, sample_id, verdict=body.verdict, category=body.category, actor=caller.actor.key_id
    )


@router.get("/moderation/recall")
def estimated_recall(caller: CallerDep) -> RecallEstimate:
    """Estimate how much of what should be found is found, from messages drawn by chance, with its interval."""
    caller.actor.require("moderation:read")
    return caller.services.calibration.audits.recall(caller.community_id)
