"""The first paragraph in a model's words, made from the figures alone and checked before anybody sees it.

A model is told the figures and nothing else: no member's word, no name. What it writes may hold no other number, in
digits or in words; otherwise the fixed sentences stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from copilot.atmosphere.weekly.compose import figures_of, locale_of, template
from copilot.atmosphere.weekly.models import Figure, Summary, WeeklySnapshot
from copilot.atmosphere.weekly.wording import DEGRADED, FIGURES
from copilot.atmosphere.wording import Locale
from copilot.errors import ModelError
from copilot.language.contacts import holds_contact
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.prompts import PromptLibrary

FEATURE = "atmosphere:weekly"
PROMPT_ID = "atmosphere/weekly"
_MOST_CHARS: dict[Locale, int] = {"zh-CN": 220, "en": 600}
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
_WORD_NUMBER: dict[Locale, re.Pattern[str]] = {
    "zh-CN": re.compile(
        r"[〇零一二两三四五六七八九十百千万亿半几数][〇零一二两三四五六七八九十百千万亿多几]+|[一二两三四五六七八九十几]成|"
        r"(?:一|过|近|大|多)半|翻[了一]?[倍番]|[两三四五六七八九十几]倍|百分之|[二两三四五六七八九十百千几]\s?(?:个|条|人|位|项|次|周|天)|分之"
    ),
    "en": re.compile(
        r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|forty|fifty|sixty|"
        r"seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?|half|halves|halved|third|thirds|quarters?|double[ds]?|"
        r"triple[ds]?|twice|thrice|couple|percent)\b",
        re.IGNORECASE,
    ),
}
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKUP = re.compile(r"[<>{}\[\]|`*#@]|https?:")


class WeeklySummaryAnswer(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    paragraph: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=1200)]


class SummaryWriter:
    """Words summaries with the configured model, or with fixed sentences."""

    def __init__(self, prompts: PromptLibrary, model: StructuredModel | None) -> None:
        self._prompts = prompts
        self._model = model

    def write(self, snapshot: WeeklySnapshot) -> Summary:
        """Return the summary; a degraded one says why. Nothing is asked about a week too thin for a reading."""
        locale, figures = locale_of(snapshot), figures_of(snapshot)
        plain = Summary(text=template(snapshot, figures), written_by="template")
        if self._model is None:
            return plain.model_copy(update={"degraded": DEGRADED[locale]["no_model"]})
        if snapshot.reading.no_reading is not None:
            return plain
        prompt = self._prompts.get(PROMPT_ID, locale).render(prompt_variables(figures, locale))
        ask = Ask(
            feature=FEATURE, community_id=snapshot.community_id, prompt=prompt, output=WeeklySummaryAnswer,
            validate=lambda answer: problems(answer.paragraph, figures, locale),
        )  # fmt: skip
        try:
            answer = self._model.ask(ask)
        except ModelError as error:
            return plain.model_copy(update={"degraded": DEGRADED[locale]["model_failed"].format(code=error.code)})
        if problems(answer.value.paragraph, figures, locale):
            return plain.model_copy(update={"degraded": DEGRADED[locale]["not_in_figures"]})
        return Summary(
            text=answer.value.paragraph, written_by="model", model=answer.model, llm_call_ids=answer.call_ids,
            prompt=f"{prompt.prompt_id}@{prompt.version}:{prompt.hash}",
        )  # fmt: skip


def prompt_variables(figures: Sequence[Figure], locale: Locale) -> dict[str, str]:
    """Return what the prompt is filled with: names and figures, written by the program."""
    rows = (f"- {FIGURES[locale][item.name]}: {item.text}" for item in figures)
    return {
        "fence_rule": FENCE_RULE[locale], "figures": fence("figures", "\n".join(rows)),
        "most_chars": str(_MOST_CHARS[locale]),
    }  # fmt: skip


def problems(paragraph: str, figures: Sequence[Figure], locale: Locale) -> list[str]:
    """Return why a paragraph may not be shown, in the prompt's language; empty when it may.

    Every number must be one of the figures as it is written there, a sign or per cent apart.
    """
    known = {_bare(number) for item in figures for number in _NUMBER.findall(item.text)}
    known.add("95")  # the level of every interval
    found = []
    unknown = [number for number in _NUMBER.findall(paragraph) if _bare(number) not in known]
    words = [match.group() for match in _WORD_NUMBER[locale].finditer(paragraph)]
    if unknown or words:
        numbers = ", ".join([*unknown, *words][:5])
        found.append(f"这些数不在给出的数字里：{numbers}" if locale == "zh-CN" else f"not among the figures: {numbers}")
    if len(paragraph) > 2 * _MOST_CHARS[locale]:
        found.append("太长了" if locale == "zh-CN" else "too long")
    if bool(_HAN.search(paragraph)) != (locale == "zh-CN"):
        found.append("请用中文写" if locale == "zh-CN" else "write in English")
    if _MARKUP.search(paragraph) or holds_contact(_NUMBER.sub("", paragraph)):
        found.append("不要链接、标记或联系方式" if locale == "zh-CN" else "no links, markup or contacts")
    return found


def checked(summary: Summary, snapshot: WeeklySnapshot) -> Summary:
    """Return a stored summary if it still passes the checks, else the fixed sentences."""
    locale, figures = locale_of(snapshot), figures_of(snapshot)
    if summary.written_by == "template":
        return summary.model_copy(update={"text": template(snapshot, figures)})
    if not problems(summary.text, figures, locale):
        return summary
    return Summary(text=template(snapshot, figures), written_by="template", degraded=DEGRADED[locale]["not_in_figures"])


def _bare(number: str) -> str:
    return number.lstrip("+-").replace(",", "")
