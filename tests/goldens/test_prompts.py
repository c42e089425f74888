"""Every prompt as a model sees it is on record: a change of wording, fence or variables is read before it is shipped.

To renew the records after a change, and read the difference: `GOLDENS_RENEW=1 pytest tests/goldens`.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
from pathlib import Path

import pytest
from pydantic import BaseModel

import copilot
from copilot.assets import prompts_dir
from copilot.errors import PromptInvalid
from copilot.prompts import PromptLibrary
from eval.judge.verdicts import PairVerdict, RubricVerdict
from tests.goldens.prompt_values import HOSTILE, VALUES

RECORDS = Path(__file__).with_name("prompts")
PROMPTS = {f"{prompt.id}.{prompt.locale}": prompt for prompt in PromptLibrary.load(prompts_dir()).all()}
HAN = range(0x4E00, 0xA000)


def render(name: str) -> str:
    prompt = PROMPTS[name]
    values = VALUES[prompt.locale]
    missing = sorted(set(prompt.variables) - set(values))
    assert not missing, f"give {', '.join(missing)} a value in tests/goldens/prompt_values.py"
    rendered = prompt.render({variable: values[variable] for variable in prompt.variables})
    return f"# system\n{rendered.system}\n\n# user\n{rendered.user}\n"


@pytest.mark.parametrize("name", sorted(PROMPTS))
def test_a_prompt_renders_as_it_is_on_record(name: str) -> None:
    record = RECORDS / f"{name.replace('/', '.')}.txt"
    rendered = render(name)
    if os.environ.get("GOLDENS_RENEW"):
        record.write_text(rendered, encoding="utf-8", newline="\n")
    assert record.read_text(encoding="utf-8") == rendered


def test_no_record_is_of_a_prompt_that_is_gone() -> None:
    assert {path.name for path in RECORDS.iterdir()} == {f"{name.replace('/', '.')}.txt" for name in PROMPTS}


@pytest.mark.parametrize("name", sorted(PROMPTS))
def test_a_render_holds_no_template_no_order_and_the_rule_of_the_fence_before_the_first_fence(name: str) -> None:
    rendered = render(name)
    assert "{{" not in rendered
    assert HOSTILE not in rendered
    if not PROMPTS[name].variables:  # nothing of anybody's stands in it
        assert "<data-" not in rendered
        return
    system, _, user = rendered.partition("\n# user\n")
    assert "<data-" in user
    assert "<data-…>" in system
    assert system.count("<data-") == 1


@pytest.mark.parametrize("name", sorted(name for name in PROMPTS if name.endswith(".en")))
def test_an_english_prompt_holds_no_chinese(name: str) -> None:
    assert not [char for char in render(name) if ord(char) in HAN]


@pytest.mark.parametrize("name", sorted(PROMPTS))
def test_a_variable_too_few_or_too_many_is_refused(name: str) -> None:
    prompt = PROMPTS[name]
    values = dict.fromkeys(prompt.variables, "x")
    too_few = [{key: values[key] for key in prompt.variables[1:]}] if prompt.variables else []
    for wrong in ({**values, "surplus": "x"}, *too_few):
        with pytest.raises(PromptInvalid):
            prompt.render(wrong)


def test_the_output_that_a_prompt_names_is_a_model_of_ours() -> None:
    known = {PairVerdict.__name__, RubricVerdict.__name__}  # the evaluation's own
    for module in pkgutil.walk_packages(copilot.__path__, "copilot."):
        if module.name.rpartition(".")[2] in {
            "plan_words",
            "reason_writer",
            "slot_draft",
            "llm_extraction",
            "llm_draft",
            "grey",
            "model_probe",
        } or (".topics." in module.name or ".teams." in module.name or ".weekly." in module.name):
            loaded = importlib.import_module(module.name)
            known |= {
                key for key, value in vars(loaded).items() if isinstance(value, type) and issubclass(value, BaseModel)
            }
    assert {prompt.output for prompt in PROMPTS.values()} <= known
