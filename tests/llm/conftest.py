"""What the tests of the model port share: a prompt, an output model, and a model on a real local endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from copilot.clock import FixedClock
from copilot.llm.factory import make_structured
from copilot.llm.prompt import RenderedPrompt
from copilot.llm.structured import Ask, StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.settings import LlmSettings


class Draft(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(max_length=40)
    minutes: int = Field(gt=0, le=600)


PROMPT = RenderedPrompt("events/plan", 1, "zh-CN", "0123456789abcdef", "你是活动策划助手。", "写一个活动。")


def ask_for(output: type[Any] = Draft, **changes: Any) -> Ask[Any]:
    fields: dict[str, Any] = {"feature": "events:plan", "community_id": "c", "prompt": PROMPT, "output": output}
    return Ask(**{**fields, **changes})


@pytest.fixture
def ledger() -> MemoryCallLedger:
    return MemoryCallLedger()


@pytest.fixture
def model_at(ledger: MemoryCallLedger, clock: FixedClock) -> Iterator[Callable[..., StructuredModel]]:
    """Make a model from settings; the endpoint answers fast, so waits are short."""
    made: list[StructuredModel] = []

    def make(base_url: str, **settings: Any) -> StructuredModel:
        chosen = {"model": "m", "timeout_seconds": 5.0, "max_retries": 0, **settings}
        model = make_structured(LlmSettings(base_url=base_url, **chosen), ledger, clock)
        assert model is not None
        made.append(model)
        return model

    yield make
    for model in made:
        model.close()
