"""What a model endpoint did in a suite: how often its drafts hold, at the first try and in the end, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from copilot.community.tables import LlmCall
from copilot.llm.usage import CallOutcome
from eval.scores import Figure, count, share, unscored
from eval.world import World

NO_ENDPOINT = "needs --endpoint and --model"
NO_PRICES = "needs --prices"
# What a million tokens cost, of prompts and of completions; 0: unknown.
Prices = tuple[float, float]
_MILLION = 1_000_000
_NAMES = ("first_try", "final", "repairs", "tokens_per_draft", "seconds_per_draft", "price_per_draft")


@dataclass(frozen=True)
class ModelDraft:
    """One draft that a model was asked for: whether the model's own words were returned, and the calls it took."""

    is_by_model: bool
    call_ids: Sequence[str]


def no_model_figures(suite: str, more: Sequence[str] = ()) -> list[Figure]:
    """Return the figures of a run without an endpoint: those of `model_figures` and `more`, unscored with the reason."""
    return [unscored(name, NO_ENDPOINT, "none") for name in (*(f"{suite}.llm.{name}" for name in _NAMES), *more)]


def model_figures(suite: str, world: World, drafts: Sequence[ModelDraft]) -> list[Figure]:
    """Return first-try and final share of drafts in the model's words, repairs, tokens and seconds per draft."""
    with world.services.store.read(world.community_id) as unit:
        rows = unit.get_many(LlmCall, [call_id for draft in drafts for call_id in draft.call_ids])
    # A refused kind of structured output is no answer: the same question is asked again in another form.
    calls = [
        [rows[i] for i in draft.call_ids if i in rows and rows[i].outcome != CallOutcome.MODE_REFUSED]
        for draft in drafts
    ]
    first = sum(
        draft.is_by_model and bool(made) and made[0].outcome == CallOutcome.OK
        for draft, made in zip(drafts, calls, strict=True)
    )
    every = [call for made in calls for call in made]
    n = len(drafts)
    settings = world.services.settings.llm
    asked, answered = sum(call.prompt_tokens for call in every), sum(call.completion_tokens for call in every)
    return [
        share(f"{suite}.llm.first_try", first, n),
        share(f"{suite}.llm.final", sum(draft.is_by_model for draft in drafts), n),
        count(f"{suite}.llm.repairs", sum(call.outcome == CallOutcome.INVALID for call in every), n),
        count(f"{suite}.llm.tokens_per_draft", (asked + answered) / max(n, 1), n, "lower"),
        count(f"{suite}.llm.seconds_per_draft", sum(call.latency_ms for call in every) / 1000 / max(n, 1), n, "lower"),
        price_figure(
            f"{suite}.llm.price_per_draft", asked, answered, n, (settings.prompt_price, settings.completion_price)
        ),
    ]


def price_figure(name: str, asked: int, answered: int, n: int, prices: Prices) -> Figure:
    """Return what one of `n` cost, in the currency of the prices; unscored without prices."""
    if not any(prices):
        return unscored(name, NO_PRICES, "none")
    total = (asked * prices[0] + answered * prices[1]) / _MILLION
    return count(name, total / max(n, 1), n, "lower")
