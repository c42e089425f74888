"""A weekly service over a store: no model, and nobody to ask."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from copilot.assets import prompts_dir
from copilot.atmosphere.alerts import AlertService
from copilot.atmosphere.service import AtmosphereService
from copilot.atmosphere.stars.service import StarsService
from copilot.atmosphere.weekly.models import AskedMember
from copilot.atmosphere.weekly.service import WeeklyParts, WeeklyService
from copilot.atmosphere.weekly.summary import SummaryWriter
from copilot.community.store import Store
from copilot.knowledge import KnowledgeBase
from copilot.prompts import PromptLibrary


class Nobody:
    """Knows nobody to ask."""

    def find(self, community_id: str, questions: Mapping[str, tuple[str, str]], n: int) -> dict[str, list[AskedMember]]:
        return {}


def parts_over(store: Store, knowledge: KnowledgeBase) -> WeeklyParts:
    return WeeklyParts(
        AtmosphereService(store, knowledge), AlertService(store, knowledge), StarsService(store), Nobody(),
        SummaryWriter(PromptLibrary.load(prompts_dir()), None), knowledge,
    )  # fmt: skip


@pytest.fixture
def weekly(store: Store, knowledge: KnowledgeBase) -> WeeklyService:
    return WeeklyService(store, parts_over(store, knowledge))
