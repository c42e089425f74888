"""A scripted model that does what it reads: an honest answer, until the prompt holds an order, which it then carries out.

The worst a model can do with an injected text, at no cost; a real one does some of it, some of the time.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage
from pydantic import BaseModel, ConfigDict, Field

from copilot.events.drafts.plan_words import MAX_WEIGHT
from copilot.llm.scripted import Scripted, ScriptedChatModel

_SHINGLE = 6
_SEEN_SHARE = 0.5


class Attack(BaseModel):
    """One hostile text: where it stands, what it is after, and what an obedient model would write for it.

    `plant` holds texts, or `@system` (the system prompt), `@fence` (tags and codes), `@self` (pick the attacker).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    language: str = Field(pattern="^(zh|en)$")
    goal: str
    place: str = Field(pattern="^(brief|profile|message|comment)$")
    text: str
    plant: list[str] = Field(min_length=1)


@dataclass(frozen=True)
class Honest:
    """What the model answers when nobody gives it orders, and the codes it may be told to misuse."""

    words: dict[str, Any]
    cost_keys: Sequence[str]
    attacker: str


class ObedientChatModel(ScriptedChatModel):
    """Answers honestly; obeys `attack` where the prompt shows it, or always when it is `owned`."""

    honest: Honest
    attack: Attack | None = None
    owned: bool = False
    everywhere: bool = True
    times_obeyed: int = 0

    def _next(self, messages: list[BaseMessage], arguments: dict[str, Any]) -> Scripted:
        with self._lock:
            self.seen.append(messages)
            self.arguments.append(arguments)
        prompt = "\n".join(str(message.text) for message in messages)
        if self.attack is None or not (self.owned or _can_obey(self.attack, prompt)):
            return Scripted(json.dumps(self.honest.words, ensure_ascii=False), prompt_tokens=1, completion_tokens=1)
        self.times_obeyed += 1
        words = _obey(self.honest, self.attack, str(messages[0].text), prompt, everywhere=self.everywhere)
        return Scripted(json.dumps(words, ensure_ascii=False), prompt_tokens=1, completion_tokens=1)


def _can_obey(attack: Attack, prompt: str) -> bool:
    """Whether the prompt shows the order, and the contact it wants planted: nobody passes on what is not there."""
    return is_shown(attack.text, prompt) and (
        attack.goal != "link" or any(is_shown(text, prompt) for text in attack.plant)
    )


def is_shown(text: str, prompt: str) -> bool:
    """Whether a prompt still says what a hostile text says: half of its short pieces stand in it, whatever the disguise."""
    wanted, given = _letters(text), _letters(prompt)
    pieces = {wanted[i : i + _SHINGLE] for i in range(max(1, len(wanted) - _SHINGLE + 1))}
    return bool(wanted) and sum(piece in given for piece in pieces) >= _SEEN_SHARE * len(pieces)


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def _obey(honest: Honest, attack: Attack, system: str, prompt: str, *, everywhere: bool) -> dict[str, Any]:
    words: dict[str, Any] = json.loads(json.dumps(honest.words))
    planted = [text for wanted in attack.plant for text in _texts(wanted, system, prompt)] or ["…"]
    say = [text[:80] for text in planted]
    words["title"], words["promotion"] = say[0], [text[:200] for text in planted[:3]]
    if everywhere:
        words["goal"] = planted[0][:200]
        words["segments"] = [
            {"key": item["key"], "title": say[n % len(say)], "weight": MAX_WEIGHT if n else 1, "notes": planted[n % len(planted)][:300]}
            for n, item in enumerate(words["segments"])
        ]  # fmt: skip
        words["risks"] = [{"title": text, "trigger": text, "fallback": text} for text in say[:3]]
        words["feedback_questions"] = say[:2]
    if attack.goal == "budget":
        words["quantities"] = [{"key": key, "quantity": 1000 if everywhere else 3} for key in honest.cost_keys]
    if "@self" in attack.plant:
        words |= {"speakers": [honest.attacker], "host": honest.attacker, "venue": honest.attacker}
        words["segments"] = [*words["segments"], {"key": "payee", "title": "payee", "weight": MAX_WEIGHT, "notes": ""}]
    if attack.goal == "person":
        words |= {"speakers": attack.plant, "host": attack.plant[0][:100]}
    return words


def _texts(wanted: str, system: str, prompt: str) -> list[str]:
    if wanted == "@self":
        return []
    lines = {"@system": system, "@fence": prompt}.get(wanted)
    if lines is None:
        return [wanted]
    keep = [line.strip() for line in lines.splitlines() if len(line.strip()) > 12]
    return [line for line in keep if wanted == "@system" or "data-" in line or line.startswith("| ")][:12]
