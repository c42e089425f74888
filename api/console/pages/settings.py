"""How the community is run: its policy, and what follows when it is breached. Each change is a version in the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.form_fields import whole_number
from api.console.navigation import PREFIX
from api.console.visit import Visit, VisitDep, WritingDep
from copilot.community.models import Category
from copilot.errors import InvalidInput
from copilot.moderation.models import Action, Severity
from copilot.moderation.policy import TEXT_MAX_CHARS, TITLE_MAX_CHARS, parse_clause
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
    policy = visit.services.moderation.policy.get(visit.community_id)
    view = visit.services.moderation.terms.get(visit.community_id)
    return visit.page(
        "settings.html", place="settings", policy=policy, view=view, terms=view.terms, severities=list(Severity),
        actions=list(Action), categories=list(Category), steps=_STEPS, max_mute_hours=MAX_MUTE_HOURS,
        may_change=visit.actor.may("moderation:terms"), title_max=TITLE_MAX_CHARS, text_max=TEXT_MAX_CHARS,
    )  # fmt: skip


@router.post("/terms")
def change_terms(visit: WritingDep, sent: Sent) -> Response:
    """Put other terms in force; strikes and proposals that are there keep their dates."""
    visit.actor.require("moderation:terms")
    terms = parse_terms(_terms(visit, sent))
    visit.services.moderation.terms.put(visit.community_id, terms, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/settings")


@router.post("/policy")
def save_clause(visit: WritingDep, sent: Sent) -> Response:
    """Put a clause into the policy, in the place of the one of its id."""
    visit.actor.require("moderation:terms")
    texts = {name: _one(sent, name, TEXT_MAX_CHARS) for name in ("id", "title_zh", "title_en", "text_zh", "text_en")}
    clause = parse_clause({**texts, "categories": [str(one) for one in sent.getlist("category")]})
    visit.services.moderation.policy.save(visit.community_id, clause, actor=visit.actor.key_id)
    return visit.go(f"{PREFIX}/settings")


@router.post("/policy/{clause_id}/remove")
def remove_clause(visit: WritingDep, clause_id: Annotated[str, Path(max_length=20)]) -> Response:
    """Take a clause out of the policy."""
    visit.actor.require("moderation:terms")
    visit.services.moderation.policy.remove(visit.community_id, clause_id, actor=visit.actor.key_id)
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


def _one(sent: FormData, name: str, most: int = 100) -> str:
    value = sent.get(name, "")
    if not isinstance(value, str) or len(value) > most:
        raise InvalidInput(f"{name} is a short text", field=name)
    return value
