"""What the model of an endpoint makes of a brief by itself: the same facts, asked for a whole plan, taken as it comes.

It shows what the code beside the model is for. No repair, no check, no second try; the bare OpenAI client.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from copilot.community.tables import EventPlan
from copilot.currency import CURRENCIES
from copilot.events.drafts.llm_draft import render_prompt
from copilot.events.service import PlanResult
from copilot.events.snapshot import PlanSnapshot
from copilot.settings import LlmSettings
from eval.scorers.raw_plans import RawPlan, raw_problems
from eval.scores import Figure, count, share, unscored
from eval.world import World

if TYPE_CHECKING:
    from openai import OpenAI

KINDS: Final = ("agenda", "budget", "days", "records")
_NAMES: Final = ("answers", "readable", *(f"{kind}_right" for kind in KINDS), "all_right")
_MAX_TOKENS: Final = 2_000
_OBJECT: Final = re.compile(r"\{.*\}", re.DOTALL)
_SYSTEM: Final = {
    "zh-CN": (
        "你是社区活动策划。根据给出的资料写一份完整的活动方案，包括议程（每个环节的分钟数，加起来正好等于活动时长）、"
        "预算（每项的数量、单价、小计，以及总价，不超过预算上限）、准备任务（每项的截止日期，不早于今天，不晚于活动当天）。"
        "今天是 {today}。分享人和场地只能从名单里选，填编号；没有合适的留空。\n"
        "只输出一个 JSON 对象：{schema}"
    ),
    "en": (
        "You plan community events. From the facts given write one complete plan: the agenda (minutes of every part, "
        "which sum exactly to the length of the event), the budget (quantity, unit price and total of every line, and the "
        "sum, within the cap), the tasks (each with its day, not before today and not after the event). Today is {today}. "
        "Speakers and the venue come from the lists only, by their code; leave them empty when none fits.\n"
        "Answer with one JSON object: {schema}"
    ),
}
_SHAPE: Final = (
    '{"title": "", "agenda": [{"title": "", "minutes": 0, "speaker": ""}], "budget": [{"title": "", "quantity": 0, '
    '"unit_price": 0, "total": 0}], "budget_total": 0, "tasks": [{"title": "", "due_on": "YYYY-MM-DD"}], "venue": ""}'
)


def raw_figures(
    world: World, plans: Sequence[PlanResult], settings: LlmSettings
) -> tuple[list[Figure], list[dict[str, object]]]:
    """Ask the endpoint for a whole plan of each brief that led to one, and count what is right as it stands."""
    from openai import OpenAI  # half a second of import, for runs with an endpoint only

    # Two slow small models in a row: the first answer counts, so no retries.
    client = OpenAI(
        base_url=settings.base_url, api_key=settings.api_key.get_secret_value() or "none",
        timeout=settings.timeout_seconds, max_retries=0,
    )  # fmt: skip
    tally = dict.fromkeys(_NAMES, 0)
    wrong: list[dict[str, object]] = []
    with client:
        for plan in plans:
            with world.services.store.read(world.community_id) as unit:
                snapshot = PlanSnapshot.model_validate(unit.get(EventPlan, plan.id).snapshot)
            said = _ask(client, settings.model, world, snapshot)
            tally["answers"] += said is not None
            wrong.append({"plan": plan.id, "raw": _count(tally, said, snapshot)})
    n = len(plans)
    shares = [share(f"plans.raw.{name}", tally[name], n) for name in _NAMES[1:]]
    return [count("plans.raw.answers", tally["answers"], n), *shares], wrong


def no_raw_figures(reason: str) -> list[Figure]:
    """Return the same figures without a value."""
    return [unscored(f"plans.raw.{name}", reason, "none") for name in _NAMES]


def _ask(client: OpenAI, model: str, world: World, snapshot: PlanSnapshot) -> str | None:
    from openai import OpenAIError  # see `raw_figures`

    services, locale = world.services, snapshot.community.locale
    playbook = services.knowledge.playbook(snapshot.brief.format, locale)
    prompt = render_prompt(snapshot, playbook, services.prompts)
    system = _SYSTEM[locale].format(today=snapshot.now.date().isoformat(), schema=_SHAPE)
    try:
        said = client.chat.completions.create(
            model=model, max_tokens=_MAX_TOKENS, temperature=0.3,
            messages=[{"role": "system", "content": system}, {"role": "user", "content": prompt.user}],
        )  # fmt: skip
    except OpenAIError:
        return None
    return said.choices[0].message.content or ""


def _count(tally: dict[str, int], said: str | None, snapshot: PlanSnapshot) -> dict[str, str]:
    found = _OBJECT.search(said or "")
    try:
        plan = RawPlan.model_validate(json.loads(found.group() if found else ""))
    except (ValueError, ValidationError):
        return {"readable": "no plan in the answer"}
    tally["readable"] += 1
    brief = snapshot.brief
    scale = CURRENCIES[brief.currency].scale
    wrong = raw_problems(
        plan, minutes=brief.duration_minutes, cap=None if brief.budget_cents is None else brief.budget_cents / scale,
        days=(snapshot.now.date(), brief.starts_on), aliases=snapshot.candidates.by_alias(),
    )  # fmt: skip
    for kind in KINDS:
        tally[f"{kind}_right"] += kind not in wrong
    tally["all_right"] += not wrong
    return wrong
