"""From which score on a category asks a person: what is in force, what decisions would propose, and a back-test of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query
from starlette.responses import Response

from api.console.form_fields import decimal_number
from api.console.key_names import key_names
from api.console.navigation import PREFIX
from api.console.visit import VisitDep, WritingDep
from copilot.community.models import Category
from copilot.moderation.calibrating.desk import REASON_MAX_CHARS
from copilot.moderation.calibrating.operating import OperatingPoint
from copilot.moderation.calibrating.tuning import LOWEST_CUT

router = APIRouter(prefix="/settings/thresholds")
OfCategory = Annotated[Category, Path()]
Why = Annotated[str, Form(max_length=REASON_MAX_CHARS)]
Precision = Annotated[float, Query(ge=0.5, le=0.99, allow_inf_nan=False)]


@router.get("")
def thresholds_page(visit: VisitDep) -> Response:
    """Show what is in force for every category."""
    visit.actor.require("moderation:read")
    views = visit.services.calibration.tuning.in_force(visit.community_id)
    with visit.services.store.read(visit.community_id) as unit:
        names = key_names(unit, [view.set_by for view in views])
    return visit.page("thresholds.html", place="settings", views=views, names=names)


@router.get("/{category}")
def threshold_page(visit: VisitDep, category: OfCategory, precision: Precision = 0.9) -> Response:
    """Show one category: the curve of its decisions, the cut they would propose, and the versions so far."""
    visit.actor.require("moderation:read")
    calibration = visit.services.calibration
    proposal = calibration.tuning.propose(visit.community_id, category, precision)
    history = calibration.tuning.history(visit.community_id, category, limit=20).items
    points = calibration.curve(visit.community_id, category)
    with visit.services.store.read(visit.community_id) as unit:
        names = key_names(unit, [view.set_by for view in history])
    return visit.page(
        "threshold.html", place="settings", category=category.value, proposal=proposal, history=history, names=names,
        points=points, charts={"curve": curve_data(points, proposal.in_force.cut)}, precision=precision, lowest=LOWEST_CUT,
    )  # fmt: skip


@router.post("/{category}")
def set_threshold(
    visit: WritingDep,
    category: OfCategory,
    cut: Annotated[str, Form(max_length=20)] = "",
    recalibrate: Annotated[str, Form(max_length=1)] = "",
    reason: Why = "",
) -> Response:
    """Put a cut, a curve or both in force for what is read from now on."""
    visit.actor.require("moderation:terms")
    visit.services.calibration.tuning.set(
        visit.community_id, category, cut=decimal_number(cut, "cut"), recalibrate=bool(recalibrate), reason=reason,
        actor=visit.actor.key_id,
    )  # fmt: skip
    return visit.go(f"{PREFIX}/settings/thresholds/{category.value}")


@router.post("/{category}/reset")
def reset_threshold(visit: WritingDep, category: OfCategory, reason: Why = "") -> Response:
    """Go back to what was shipped."""
    visit.actor.require("moderation:terms")
    visit.services.calibration.tuning.reset(visit.community_id, category, reason=reason, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/settings/thresholds/{category.value}")


def curve_data(points: list[OperatingPoint], marked: float | None) -> dict[str, Any]:
    """Return precision and recall by cut as data for the chart."""
    return {
        "labels": [f"{point.cut:.2f}" for point in points],
        "marked": None if marked is None else f"{marked:.2f}",
        "lines": [[_share(getattr(point, name)) for point in points] for name in ("precision", "recall")],
    }


def _share(found: Any) -> dict[str, Any]:
    return {"value": found.value, "low": found.low, "high": found.high, "n": found.n}
