"""What model calls cost and how they went, and how the endpoint is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.deps import CallerDep
from api.schemas.common import Record
from copilot.community.usage import Prices, budget_use, feature_usage
from copilot.llm.breaker import BreakerState
from copilot.llm.structured import StructuredModel

router = APIRouter(tags=["usage and audit"])


class FeatureUsageOut(Record):
    """Model calls of one feature: shares are 0 to 1, cost is in hundredths of the currency."""

    feature: str
    calls: int = Field(description="answered or failed; cancelled and running ones are counted apart")
    failed: int
    failed_share: float | None
    unusable_share: float | None = Field(description="answers that did not validate")
    cancelled: int
    running: int
    prompt_tokens: int
    completion_tokens: int
    cost_cents: int | None = Field(description="at today's prices; null when no prices are set")
    latency_ms: dict[str, int] = Field(description="p50, p95, p99 of the newest calls")


class BudgetOut(Record):
    """Tokens of this UTC day, with what is held back for calls under way."""

    daily_tokens: int
    used_tokens: int
    resets_at: datetime


class ModelStateOut(Record):
    """How the endpoint is, as this process sees it; `degraded` means that drafts come from playbooks for now."""

    configured: bool
    model: str | None
    circuit: Literal["closed", "open", "half_open"] | None
    degraded: bool
    retry_after_seconds: float
    last_reason: str


class UsageSummary(Record):
    """What model calls came to within some days."""

    days: int
    currency: str
    features: list[FeatureUsageOut]
    total_cost_cents: int | None
    budget: BudgetOut
    endpoint: ModelStateOut


@router.get("/usage/summary")
def usage_summary(
    caller: CallerDep, days: Annotated[int, Query(ge=1, le=366, description="how many days back")] = 30
) -> UsageSummary:
    """Show cost, failures and waiting times per feature, the day's budget, and whether the endpoint is left alone."""
    caller.actor.require("usage:read")
    llm = caller.services.settings.llm
    prices = Prices(Decimal(str(llm.prompt_price)), Decimal(str(llm.completion_price)), llm.price_currency)
    with caller.services.store.read(caller.community_id) as unit:
        uses = feature_usage(unit, days, prices)
        budget = budget_use(unit, llm.daily_token_budget)
    features = [FeatureUsageOut.model_validate(use) for use in uses]
    prompt, completion = sum(use.prompt_tokens for use in uses), sum(use.completion_tokens for use in uses)
    return UsageSummary(
        days=days, currency=llm.price_currency, features=features,
        total_cost_cents=prices.cost_cents(prompt, completion), budget=BudgetOut.model_validate(budget),
        endpoint=_endpoint(caller.services.model),
    )  # fmt: skip


def _endpoint(model: StructuredModel | None) -> ModelStateOut:
    state = BreakerState("closed", 0.0, "") if model is None else model.health()
    return ModelStateOut(
        configured=model is not None,
        model=None if model is None else model.model,
        circuit=None if model is None else state.state,
        degraded=state.state != "closed",
        retry_after_seconds=state.seconds,
        last_reason=state.last_reason,
    )
