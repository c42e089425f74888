"""The model endpoint: whether it answers, what it was used for, and what that cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.console.visit import VisitDep, WritingDep
from copilot.community.usage import Prices, budget_use, feature_usage
from copilot.model_probe import probe

router = APIRouter(prefix="/settings/model")


@router.get("")
def model_page(visit: VisitDep, days: Annotated[int, Query(ge=1, le=366)] = 30) -> Response:
    """Show the endpoint's state, the day's budget, and calls by feature."""
    visit.actor.require("usage:read")
    llm, model = visit.services.settings.llm, visit.services.model
    prices = Prices(Decimal(str(llm.prompt_price)), Decimal(str(llm.completion_price)), llm.price_currency)
    with visit.services.store.read(visit.community_id) as unit:
        uses = feature_usage(unit, days, prices)
        budget = budget_use(unit, llm.daily_token_budget)
    tokens = sum(use.prompt_tokens for use in uses), sum(use.completion_tokens for use in uses)
    return visit.page(
        "model.html", place="settings", uses=uses, budget=budget, days=days, prices=prices,
        total_cents=prices.cost_cents(*tokens), total_tokens=sum(tokens), model=None if model is None else model.model,
        health=None if model is None else model.health(), most_seconds=round(llm.timeout_seconds) + 10,
    )  # fmt: skip


@router.post("/test")
def test_model(visit: WritingDep) -> Response:
    """Ask the endpoint one short question, and say what came of it. It costs a few tokens of the day's budget."""
    visit.actor.require("events:write")
    found = probe(visit.services.model, visit.services.prompts, visit.community_id, visit.home.locale)
    return visit.fragment("model_probed.html", found=found)
