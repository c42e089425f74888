from __future__ import annotations

import pytest

from copilot.community.tables import EventPlan
from copilot.events.models import PlanContent
from copilot.events.snapshot import PlanSnapshot
from eval.sample_copies import State
from eval.scorers.specificity import specificity
from eval.suites.events import nameable
from eval.world import Worlds

LINE = "下周六下午两点深圳AI客服沙龙，50人，预算2万"


@pytest.mark.slow
def test_picks_count_and_strangers_do_not_belong(worlds: Worlds) -> None:
    world = worlds.copy(State.IMPORTED)
    plan = world.services.events.draft(world.community_id, LINE, actor="evaluation")
    with world.services.store.read(world.community_id) as unit:
        snapshot = PlanSnapshot.model_validate(unit.get(EventPlan, plan.id).snapshot)
    known, content = nameable(world), plan.content
    world.services.close()

    found = specificity(content, snapshot, known)
    assert 0 < found.fitting <= found.picks
    assert found.jobs == len(content.roles) + len(content.resources)
    # The control: nobody may be named, or the event moves to another city and subject.
    assert specificity(content, snapshot, set()).fitting == 0
    elsewhere = PlanContent.model_validate(content.model_dump() | {"topic": "养蜂", "city": "Chengdu"})
    assert specificity(elsewhere, snapshot, known).fitting < found.fitting
