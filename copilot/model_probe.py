"""One short question to the model endpoint, asked by an operator who wants to know whether it answers."""

from __future__ import annotations

import time

from pydantic import BaseModel, ConfigDict, Field

from copilot.errors import ModelError, NotFound
from copilot.llm.structured import Ask, StructuredModel
from copilot.prompts import PromptLibrary

FEATURE = "settings:probe"
PROMPT_ID = "settings/probe"


class ProbeAnswer(BaseModel):
    """What the model is asked to say."""

    model_config = ConfigDict(extra="forbid")

    answer: str = Field(min_length=1, max_length=40)


class Probed(BaseModel):
    """What came of it; `code` names what went wrong, as in any other call."""

    model: str
    is_ready: bool
    code: str = ""
    mode: str = Field("", description="how the endpoint was told of the wanted form")
    milliseconds: int
    prompt_tokens: int = 0
    completion_tokens: int = 0


def probe(model: StructuredModel | None, prompts: PromptLibrary, community_id: str, locale: str) -> Probed:
    """Ask, and return what came of it: a refusal is an answer here, too. The call counts against the day's budget.

    Raises:
        NotFound: no endpoint is configured.
    """
    if model is None:
        raise NotFound(
            "no model endpoint is configured", kind="model",
            sentence={"en": "No model endpoint is configured.", "zh-CN": "还没有配置模型接口。"},
        )  # fmt: skip
    prompt = prompts.get(PROMPT_ID, locale).render({})
    started = time.perf_counter()
    try:
        answer = model.ask(Ask(feature=FEATURE, community_id=community_id, prompt=prompt, output=ProbeAnswer))
    except ModelError as error:
        return Probed(model=model.model, is_ready=False, code=error.code, milliseconds=_since(started))
    return Probed(
        model=answer.model, is_ready=True, mode=answer.mode, milliseconds=_since(started),
        prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens,
    )  # fmt: skip


def _since(started: float) -> int:
    return round(1000 * (time.perf_counter() - started))
