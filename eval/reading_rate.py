"""Messages per CPU-second through import, cascade, cases and readings, beside the bare cascade, and what each stage costs.

The test scenes of our own labelled chat are said again and again by forty people: no model learned from them. A second
and a third stretch of equal length follow the first into the same store; work that grows faster than the chat shows as
a falling rate. Far more of these lines are breaches than in life, so more cases are opened; and as they come again, their
vectors are remembered, which is why the bare cascade looks faster here than on lines that it never saw.
"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from copilot.community.creation import create_community
from copilot.community.models import CommunityConfig
from copilot.moderation.models import MessageInput
from copilot.services import Services
from eval.metrics.timing import spend
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.train.corpora import room_lines
from eval.world import NOW, Worlds, settings_in

STRETCH = 1_000
_STRETCHES = 3
_PEOPLE = 40
_BATCH = 500


def measure(worlds: Worlds, stretch: int = STRETCH) -> Findings:
    """Import and read stretches of chat, each beside the cascade alone on the same lines."""
    folder = worlds.new_folder()
    services = Services(settings_in(folder))
    community_id = create_community(services.store, CommunityConfig(slug="rate", name="Rate", locale="zh-CN"))
    scenes = [line.text for line in room_lines(frozenset({"test"}))]
    texts = [scenes[number % len(scenes)] for number in range(_STRETCHES * stretch)]
    services.moderation.read_pending(community_id)  # loads the models
    services.cascade.read(_inputs(scenes[:_BATCH]))  # fills the caches that every later line has
    rates: list[float] = []
    bare: list[float] = []
    for number in range(_STRETCHES):
        part = texts[number * stretch : (number + 1) * stretch]
        file = _written(folder, part, number * stretch)
        whole = spend(lambda: _through(services, community_id, file))  # noqa: B023  # run in this turn
        alone = spend(lambda: _alone(services, part))  # noqa: B023  # run in this turn
        rates.append(stretch / whole.cpu_seconds)
        bare.append(stretch / alone.cpu_seconds)
    costs = services.cascade.costs.sums()
    services.close()
    n = _STRETCHES * stretch
    return Findings(
        [
            count("reading_rate.messages_per_cpu_second", n / sum(stretch / rate for rate in rates), n, "higher"),
            count("reading_rate.cascade_per_cpu_second", n / sum(stretch / rate for rate in bare), n, "higher"),
            count(
                "reading_rate.whole_to_cascade",
                sum(stretch / rate for rate in bare) / sum(stretch / rate for rate in rates),
                n,
                "higher",
            ),
            count("reading_rate.last_to_first_stretch", rates[-1] / rates[0], n, "higher"),
            *[_stage(stage, cost.cpu_microseconds, cost.messages) for stage, cost in costs.items() if cost.cpu_seconds],
        ]
    )


def _stage(stage: str, microseconds: float, n: int) -> Figure:
    return count(f"reading_rate.{stage}_microseconds", microseconds, n, "lower")


def _through(services: Services, community_id: str, file: Path) -> None:
    services.importing.run(community_id, file)
    while services.moderation.read_pending(community_id, _BATCH).taken:
        pass


def _alone(services: Services, texts: list[str]) -> None:
    for start in range(0, len(texts), _BATCH):
        services.cascade.read(_inputs(texts[start : start + _BATCH]))


def _inputs(texts: list[str]) -> list[MessageInput]:
    return [MessageInput(str(place), "rate", f"p{place % _PEOPLE}", NOW, text) for place, text in enumerate(texts)]


def _written(folder: Path, texts: list[str], first: int) -> Path:
    """Write a ChatLab file in which somebody speaks every twenty seconds."""
    head = {"_type": "header", "chatlab": {"version": "0.0.1", "exportedAt": 1}}
    lines: list[dict[str, object]] = [{**head, "meta": {"name": "rate", "platform": "test", "type": "group"}}]
    for place, text in enumerate(texts, start=first):
        at = NOW - timedelta(days=30) + timedelta(seconds=20 * place)
        who = f"p{(place * 7919) % _PEOPLE}"
        lines.append(
            {
                "_type": "message", "platformMessageId": str(place), "sender": who, "accountName": who,
                "timestamp": int(at.timestamp()), "type": 0, "content": text,
            }
        )  # fmt: skip
    file = folder / f"chat-{first}.jsonl"
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return file


SUITE = Suite("reading_rate", 1, "messages per CPU-second through import, cascade and cases", measure)
