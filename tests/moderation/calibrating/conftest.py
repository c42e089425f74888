"""Decisions without a detector: cases with known scores, decided as told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from copilot.community.models import Category
from copilot.community.store import Store
from copilot.moderation.drafts import CaseDraft, Evidence
from copilot.moderation.intake import open_or_join
from copilot.moderation.models import FoundBy
from copilot.moderation.rulings import Ruling
from copilot.moderation.service import ModerationService
from tests.moderation.conftest import Say

Decided = Callable[..., str]


@pytest.fixture
def decided(store: Store, room: str, say: Say, service: ModerationService) -> Decided:
    """Open a case about a message of its own with this score, decide it, and return its id."""
    count = 0

    def make(
        score: float, *, upheld: bool, category: Category = Category.INSULT, text: str = "", detector: str = "hand"
    ) -> str:
        nonlocal count
        count += 1
        # Each says something else, so that no case joins another as a copy.
        message_id = say("ann", text or f"{count} {chr(0x4E00 + 7 * count) * 5}{chr(0x6E00 + 11 * count) * 4}")
        draft = CaseDraft(FoundBy.SIGNAL, category, (Evidence(message_id),), score, detector, "1")
        with store.write(room) as unit:
            case_id = open_or_join(unit, draft)
        verdict = Ruling.parse("violation", reason="裁决") if upheld else Ruling.parse("no_violation")
        service.decide(room, case_id, verdict, actor="mod-1")
        return case_id

    return make
