"""How the community is run: its policy, and what follows when it is breached. Each change is a version in the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.form_fields import whole_number
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.models import Category
from copilot.errors import InvalidInput
from copilot.moderation.models import Action, Severity
from copilot.moderation.rulings import MAX_MUTE_HOURS
from copilot.moderation.terms import parse_terms

router = APIRouter(prefix="/settings")
_STEPS = 6
_NUMBERS = ("proposal_hours", "appeal_days", "severe_per_day", "break_after_minutes", "audit_per_week")


async def _sent(request: Request) -> FormData:
    return await request.form(max_fields=80)


Sent = Annotated[FormData, Depends(_sent)]


@router.get("")
def settings_page(visit: VisitDep) -> Response:
    """Show policy and terms."""
    visit.actor.require("usage:read")
    with visit.services.store.read(visit.community_id) as unit:
        policy = unit.community().policy
    view = visit.services.moderation.terms.get(visit.community_id)
    return visit.page(
        "settings.html", place="settings", policy=policy, view=view, terms=view.terms, severities=list(Severity),
        actions=list(Action), categories=list(Category), steps=_STEPS, max_mute_hours=MAX_MUTE_HOURS,
    )  # fmt: skip


@router.post("/terms")
def change_terms(visit: WritingDep, sent: Sent) -> Response:
    """Put other terms in force; strikes and proposals that are there keep their dates."""
    visit.actor.require("moderation:terms")
    terms = parse_terms(_terms(visit, sent))
    visit.services.moderation.terms.put(visit.community_id, terms, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/settings")


def _terms(visit: Visit, sent: FormData) -> dict[str, Any]:
    """Return the form as terms are written; a number that is left out stays as it is."""
    given: dict[str, Any] = visit.services.moderation.terms.get(visit.community_id).terms.model_dump(mode="json")
    for name in _NUMBERS:
        number = whole_number(_one(sent, name), name)
        given[name] = given[name] if number is None else number
    for severity in Severity:
        days = whole_number(_one(sent, f"strike_{severity.value}"), f"strike_{severity.value}")
        if days is not None:
            given["strike_days"][severity.value] = days
    given["second_opinion_actions"] = [str(one) for one in sent.getlist("two_for_action")]
    given["second_opinion_categories"] = [str(one) for one in sent.getlist("two_for_category")]
    steps = []
    for number in range(_STEPS):
        strikes = whole_number(_one(sent, f"step_{number}_strikes"), "ladder")
        action = _one(sent, f"step_{number}_action")
        if strikes is not None:
            hours = whole_number(_one(sent, f"step_{number}_hours"), "ladder") if action == Action.MUTE else None
            steps.append({"strikes": strikes, "action": action, "mute_hours": hours})
    given["ladder"] = steps
    return given


def _one(sent: FormData, name: str) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str) or len(value) > 100:
        raise InvalidInput(f"{name} is a short text", field=name)
    return value
