"""A model's paragraph leaves only with the report's own numbers."""

from __future__ import annotations

import json

import pytest

from copilot.assets import prompts_dir
from copilot.atmosphere.models import NoReading
from copilot.atmosphere.weekly.compose import figures_of
from copilot.atmosphere.weekly.models import Summary
from copilot.atmosphere.weekly.summary import SummaryWriter, checked, problems
from copilot.clock import FixedClock
from copilot.errors import ModelTimeout
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.prompts import PromptLibrary
from tests.atmosphere.weekly.facts import snapshot
from tests.conftest import NOW

FACTS = snapshot()
FIGURES = figures_of(FACTS)
GOOD = "这一周 41 人写下 412 条消息，情绪净值 +0.12（95% 区间 +0.05 到 +0.20）。"


@pytest.fixture(scope="module")
def prompts() -> PromptLibrary:
    return PromptLibrary.load(prompts_dir())


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("412", "421"), GOOD + "比上周多了 8%。", GOOD + "接话率近八成。", GOOD + "消息翻倍了。",
        GOOD + "其中二十三人是新人。", GOOD + "见 https://example.com", GOOD + "<b>好</b>",
        "In this week 41 people wrote 412 messages.", GOOD * 12,
    ],
)  # fmt: skip
def test_other_numbers_words_for_numbers_links_and_other_languages_are_refused(text: str) -> None:
    assert problems(text, FIGURES, "zh-CN")


def test_the_figures_as_they_are_written_pass() -> None:
    assert problems(GOOD, FIGURES, "zh-CN") == []
    english = figures_of(snapshot("en"))
    assert (
        problems("In this week 41 people wrote 412 messages; 75 % of 32 questions were taken up.", english, "en") == []
    )
    assert problems("About half of the 32 questions were taken up.", english, "en")


def test_without_a_model_the_fixed_sentences_say_so(prompts: PromptLibrary) -> None:
    found = SummaryWriter(prompts, None).write(FACTS)
    assert (found.written_by, found.degraded) == ("template", "没有配置模型，摘要用固定句式写成。")


def test_a_good_paragraph_is_kept_with_its_prompt(prompts: PromptLibrary) -> None:
    found = SummaryWriter(prompts, model(json.dumps({"paragraph": GOOD}))).write(FACTS)
    assert (found.text, found.written_by, found.degraded) == (GOOD, "model", None)
    assert found.prompt is not None and found.prompt.startswith("atmosphere/weekly@1:")
    assert found.llm_call_ids


def test_an_invented_number_is_asked_back_once_and_then_thrown_away(prompts: PromptLibrary) -> None:
    bad = json.dumps({"paragraph": GOOD.replace("412", "500")})
    mended = SummaryWriter(prompts, model(bad, json.dumps({"paragraph": GOOD}))).write(FACTS)
    assert mended.written_by == "model"
    refused = SummaryWriter(prompts, model(bad, bad)).write(FACTS)
    assert refused.written_by == "template"
    assert refused.degraded is not None and "500" not in refused.text


def test_a_model_that_fails_is_told_of(prompts: PromptLibrary) -> None:
    found = SummaryWriter(prompts, model(ModelTimeout("late"), ModelTimeout("late"))).write(FACTS)
    assert found.written_by == "template"
    assert found.degraded is not None


def test_nothing_is_asked_about_a_thin_week(prompts: PromptLibrary) -> None:
    thin = FACTS.model_copy(deep=True)
    thin.reading.no_reading = NoReading(code="no_messages", sentence="没有消息。")
    assert SummaryWriter(prompts, model()).write(thin).written_by == "template"


def test_a_stored_paragraph_is_checked_again() -> None:
    stored = Summary(text=GOOD.replace("412", "999"), written_by="model")
    found = checked(stored, FACTS)
    assert (found.written_by, "999" in found.text) == ("template", False)
    assert checked(Summary(text=GOOD, written_by="model"), FACTS).text == GOOD


def model(*answers: object) -> StructuredModel:
    chat = ScriptedChatModel(answers=list(answers))
    return StructuredModel(Endpoint(chat, "scripted"), MemoryCallLedger(), FixedClock(NOW))
