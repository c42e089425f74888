"""A scripted model that knows nothing but its prompt: it uses the parts, people and places it is shown, and invents the rest.

What a prompt does not say, such a model cannot write; so a prompt that lost its knowledge loses the draft.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage

from copilot.clock import FixedClock
from copilot.community.tables import EventPlan
from copilot.events.drafts.drafting import Drafter
from copilot.events.snapshot import PlanSnapshot
from copilot.llm.endpoint import Endpoint
from copilot.llm.scripted import Scripted, ScriptedChatModel
from copilot.llm.structured import StructuredModel
from copilot.llm.usage import MemoryCallLedger
from copilot.playbook_models import SegmentKind
from copilot.prompts import PromptLibrary
from eval.scores import Figure, share
from eval.world import NOW, World

_PART = re.compile(r"^(\w+) \[\w+\] .+$", re.MULTILINE)
_ALIAS = re.compile(r"^(?:\| )?([SHVR]\d{1,2}) ", re.MULTILINE)
_MOST_PICKS = 2
_TITLE = "大家一起动手，做完再往下走"
# What somebody writes who was not told which parts there are.
_INVENTED = ("welcome", "keynote", "mingle")


class AttentiveChatModel(ScriptedChatModel):
    """Answers from the prompt alone."""

    def _next(self, messages: list[BaseMessage], arguments: dict[str, Any]) -> Scripted:
        with self._lock:
            self.seen.append(messages)
            self.arguments.append(arguments)
        words = words_from("\n".join(str(message.text) for message in messages))
        return Scripted(json.dumps(words, ensure_ascii=False), prompt_tokens=1, completion_tokens=1)


def words_from(prompt: str) -> dict[str, Any]:
    """Return a plan in words that names the parts and codes of the prompt, and parts of its own where it shows none."""
    parts = _PART.findall(prompt) or _INVENTED
    codes: dict[str, list[str]] = {letter: [] for letter in "SHVR"}
    for code in _ALIAS.findall(prompt):
        codes[code[0]].append(code)
    return {
        "title": "一起把事情说清楚", "goal": "让来的人带走可以马上用的做法",
        "segments": [{"key": key, "title": _TITLE, "weight": 5, "notes": ""} for key in parts[:12]],
        "speakers": codes["S"][:_MOST_PICKS], "host": next(iter(codes["H"]), ""), "venue": next(iter(codes["V"]), ""),
        "resources": codes["R"][:_MOST_PICKS],
    }  # fmt: skip


def snapshots_of(world: World, plan_ids: Sequence[str]) -> list[PlanSnapshot]:
    """Return what stored plans were drafted from."""
    with world.services.store.read(world.community_id) as unit:
        return [PlanSnapshot.model_validate(unit.get(EventPlan, plan_id).snapshot) for plan_id in plan_ids]


def prompted_figure(world: World, snapshots: Sequence[PlanSnapshot], prompts: PromptLibrary) -> Figure:
    """Return the share of agenda parts that are in the words of a model that knows only its prompt.

    Breaks are nobody's words. What the product mends of a draft counts as lost: it is the playbook's.
    """
    model = StructuredModel(Endpoint(chat=AttentiveChatModel(), model="attentive"), MemoryCallLedger(), FixedClock(NOW))
    kept = parts = 0
    for snapshot in snapshots:
        brief = snapshot.brief
        playbook = world.services.knowledge.playbook(brief.format, snapshot.community.locale, brief.currency)
        drafted = Drafter(prompts, model).draft(snapshot, playbook, lambda _stage, _data: None)
        worded = [part.title == _TITLE for part in drafted.content.agenda if part.kind is not SegmentKind.BREAK]
        kept, parts = kept + sum(worded), parts + len(worded)
    return share("events.prompted.words_kept", kept, parts)
