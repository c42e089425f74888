"""Drafting with a model endpoint, as `--endpoint` does: a real server on the loopback that answers nonsense."""

from __future__ import annotations

import pytest

from copilot.settings import LlmSettings
from eval.model_use import ModelDraft, model_figures
from eval.sample_copies import State
from eval.suites.events import BRIEFS, draft_all
from eval.world import Worlds, read_jsonl
from tests.llm.endpoint import Behaviour, serving


@pytest.mark.slow
def test_a_model_that_never_holds_is_counted_and_its_plans_still_pass(worlds: Worlds) -> None:
    cases = [case for case in read_jsonl(BRIEFS) if case["outcome"] == ["plan"]][:2]
    with serving(Behaviour(text="{}")) as endpoint:
        world = worlds.copy(State.IMPORTED, LlmSettings(base_url=endpoint.base_url, model="m"))
        tally = draft_all(world, cases)
        drafts = [ModelDraft(plan.drafted_by != "playbook", plan.llm_call_ids) for plan in tally.plans]
        figures = {figure.name: figure.value for figure in model_figures("events", world, drafts)}
        world.services.close()

    assert [sum(one.values()) for one in (tally.ended_well, tally.passing, tally.sound)] == [2, 2, 2]
    assert figures["events.llm.first_try"] == 0.0
    assert figures["events.llm.final"] == 0.0
    assert figures["events.llm.repairs"] == 4
    assert figures["events.llm.tokens_per_draft"] == 36
