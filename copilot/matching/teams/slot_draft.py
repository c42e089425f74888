"""What a goal needs: slots as given, as its words list or name them, as a model reads them, or the usual three."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from copilot.errors import ModelError
from copilot.language.script import detect_language
from copilot.llm.fence import FENCE_RULE, fence
from copilot.llm.structured import Ask, StructuredModel
from copilot.matching.records import Locale
from copilot.matching.teams.ask import MAX_TEAM_SLOTS, SlotKind, SlotsFrom
from copilot.matching.teams.role_words import listed_slots, named_roles
from copilot.matching.teams.wording import say
from copilot.prompts import PromptLibrary

FEATURE: Final = "matching:team_slots"
PROMPT_ID: Final = "matching/team_slots"
# Roles that rules take from a goal; a team of more is a company.
_MOST_NAMED = 5
_USUAL = ("domain", "build", "sell")
_LEAST_NAMED = 2
_LABEL_CHARS = {"zh": 12, "en": 40}
_PLAIN = re.compile(r"[^\W\d_]+(?:[ /&+·-]{1,3}[^\W\d_]+)*")


@dataclass(frozen=True)
class Slot:
    """A slot to fill: what it is called, and the words that are looked up for it."""

    id: str
    label: str
    kind: SlotKind
    query: str
    member_id: str = ""


@dataclass(frozen=True)
class SlotDraft:
    """Slots and where they are from; `degraded` is the code of the error that kept the model from naming them."""

    slots: list[Slot]
    source: SlotsFrom
    degraded: str | None = None


class SlotWords(BaseModel):
    """One slot as a model answers it."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(min_length=1, max_length=40, description="a short name of a role or field")
    kind: SlotKind = "skill"


class TeamSlots(BaseModel):
    """What a model answers."""

    model_config = ConfigDict(extra="forbid")

    slots: list[SlotWords] = Field(min_length=1, max_length=MAX_TEAM_SLOTS)


def slots_by_rules(goal: str, locale: Locale) -> SlotDraft:
    """Return the slots that a goal lists or names; where it names fewer than two, the usual ones beside them."""
    is_english = detect_language(goal) == "en"
    listed = listed_slots(goal, MAX_TEAM_SLOTS)
    if listed:
        return SlotDraft([_slot(place, label, "skill") for place, label in enumerate(listed)], "rules")
    roles = named_roles(goal, _MOST_NAMED)
    slots = [_slot(at, role.en if is_english else role.zh, role.kind) for at, role in enumerate(roles)]
    if len(slots) >= _LEAST_NAMED:
        return SlotDraft(slots, "rules")
    spoken: Locale = "en" if is_english else "zh-CN" if detect_language(goal) else locale
    for name in _USUAL:
        label = say(spoken, f"slot.{name}")
        # Whoever knows the field is found by the goal's own words.
        slots.append(Slot(f"s{len(slots) + 1}", label, "role", goal if name == "domain" else label))
    return SlotDraft(slots, "default")


def slots_by_model(
    model: StructuredModel, prompts: PromptLibrary, community_id: str, goal: str, locale: Locale
) -> list[Slot]:
    """Return the slots a model reads out of a goal.

    Raises:
        ModelError: the model failed, or its answer does not pass the checks after one repair turn.
    """
    variables = {"fence_rule": FENCE_RULE[locale], "goal": fence("goal", goal, 600), "most": str(MAX_TEAM_SLOTS)}
    asked = Ask(
        feature=FEATURE, community_id=community_id, prompt=prompts.get(PROMPT_ID, locale).render(variables),
        output=TeamSlots, validate=lambda answer: problems(answer, goal, locale),
    )  # fmt: skip
    answer = model.ask(asked).value
    return [_slot(place, words.label.strip(), words.kind) for place, words in enumerate(answer.slots)]


def problems(answer: TeamSlots, goal: str, locale: Locale) -> list[str]:
    """Return what is wrong with a model's slots, in the prompt's language."""
    found = []
    if len(answer.slots) < _LEAST_NAMED:
        found.append(say(locale, "problem.count", most=MAX_TEAM_SLOTS))
    language = "en" if detect_language(goal) == "en" else "zh"
    seen: set[str] = set()
    for words in answer.slots:
        label = words.label.strip()
        most = _LABEL_CHARS[language]
        if not _PLAIN.fullmatch(label) or len(label) > most or words.kind == "person":
            found.append(say(locale, "problem.label", label=label, most=most))
        elif language == "zh" and detect_language(label) == "en" and len(label) > 4:  # short ones such as ERP are both
            found.append(say(locale, "problem.language", label=label))
        if label.casefold() in seen:
            found.append(say(locale, "problem.twice", label=label))
        seen.add(label.casefold())
    return found


def draft_slots(
    model: StructuredModel | None, prompts: PromptLibrary, community_id: str, goal: str, locale: Locale
) -> SlotDraft:
    """Return slots by the model, or by rules where there is none or it fails, which shows as `degraded`."""
    if model is None:
        return slots_by_rules(goal, locale)
    try:
        return SlotDraft(slots_by_model(model, prompts, community_id, goal, locale), "model")
    except ModelError as error:
        by_rules = slots_by_rules(goal, locale)
        return SlotDraft(by_rules.slots, by_rules.source, error.code)


def given_slots(slots: Sequence[tuple[str, SlotKind, str]]) -> SlotDraft:
    """Return slots as the asker named them: (label, kind, id of the one member it is for or "")."""
    return SlotDraft(
        [
            Slot(f"s{place}", label, kind, label, member_id)
            for place, (label, kind, member_id) in enumerate(slots, start=1)
        ],
        "given",
    )


def _slot(place: int, label: str, kind: SlotKind) -> Slot:
    return Slot(f"s{place + 1}", label, kind, label)
