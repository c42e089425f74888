"""What a model did is counted from the ledger of its calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.clock import FixedClock
from copilot.community.store import Store
from copilot.community.tables import LlmCall
from copilot.llm.usage import CallOutcome
from copilot.services import Services
from copilot.settings import LlmSettings, Settings
from eval.model_use import NO_ENDPOINT, ModelDraft, model_figures, no_model_figures
from eval.world import World


@pytest.fixture
def world(tmp_path: Path, store: Store, community: str, clock: FixedClock) -> World:
    services = Services(Settings.model_construct(data_dir=tmp_path), clock)
    services.store = store
    return World(services, community)


def call(world: World, call_id: str, outcome: CallOutcome) -> str:
    with world.services.store.write(world.community_id) as unit:
        unit.add(
            LlmCall(
                id=call_id, feature="events:plan", prompt_id="events/plan", prompt_hash="x", model="m", mode="prompt",
                prompt_tokens=100, completion_tokens=20, latency_ms=1500, outcome=outcome.value, created_at=unit.now,
            )
        )  # fmt: skip
    return call_id


def test_first_try_final_repairs_tokens_and_seconds_equal_the_hand_worked_sums(world: World) -> None:
    drafts = [
        ModelDraft(is_by_model=True, call_ids=[call(world, "a", CallOutcome.OK)]),
        # refused as JSON schema, then right at once: that is a first try
        ModelDraft(
            is_by_model=True,
            call_ids=[call(world, "b", CallOutcome.MODE_REFUSED), call(world, "c", CallOutcome.OK)],
        ),
        # wrong, then repaired
        ModelDraft(
            is_by_model=True, call_ids=[call(world, "d", CallOutcome.INVALID), call(world, "e", CallOutcome.OK)]
        ),
        # wrong twice: the playbook stood in
        ModelDraft(
            is_by_model=False,
            call_ids=[call(world, "f", CallOutcome.INVALID), call(world, "g", CallOutcome.INVALID)],
        ),
    ]
    found = {figure.name: figure.value for figure in model_figures("events", world, drafts)}

    assert found["events.llm.first_try"] == 2 / 4
    assert found["events.llm.final"] == 3 / 4
    assert found["events.llm.repairs"] == 3
    assert found["events.llm.tokens_per_draft"] == 6 * 120 / 4
    assert found["events.llm.seconds_per_draft"] == 6 * 1.5 / 4
    assert found["events.llm.price_per_draft"] is None


def test_tokens_are_priced_by_the_million_asked_and_answered_apart(world: World) -> None:
    priced = world.services.settings.model_copy(update={"llm": LlmSettings(prompt_price=2, completion_price=10)})
    world.services.settings = priced
    drafts = [ModelDraft(is_by_model=True, call_ids=[call(world, "a", CallOutcome.OK)])]

    price = model_figures("events", world, drafts)[-1]

    assert (price.name, price.value) == ("events.llm.price_per_draft", pytest.approx((100 * 2 + 20 * 10) / 1_000_000))


def test_a_draft_that_was_right_at_once_but_not_used_is_no_first_try(world: World) -> None:
    drafts = [ModelDraft(is_by_model=False, call_ids=[call(world, "a", CallOutcome.OK)])]

    assert model_figures("events", world, drafts)[0].value == 0.0


def test_no_drafts_are_unscored(world: World) -> None:
    assert {figure.value for figure in model_figures("events", world, [])} == {None}


def test_without_an_endpoint_every_figure_says_what_it_needs() -> None:
    figures = no_model_figures("events", ["events.llm.more"])

    assert {figure.unscored for figure in figures} == {NO_ENDPOINT}
    assert figures[-1].name == "events.llm.more"
