"""Timings of what users wait for, all in one process and one run, so that their ratios mean something on any machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from copilot.assets import sample_dir
from copilot.atmosphere.sentiment import SentimentModel
from copilot.community.sample import load_sample
from copilot.community.tables import Message
from copilot.embeddings.factory import make_embedder
from copilot.moderation.cascade import Cascade
from copilot.moderation.models import MessageInput
from copilot.services import Services
from copilot.settings import EmbeddingSettings
from eval.metrics.timing import percentile_ms, spend
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.world import NOW, World, Worlds, settings_in

_READ_ROUNDS = 3
_EMBEDDED = 200
_BRIEF = "12月5日下午两点在深圳办一场60人的AI出海沙龙，两小时，预算2万"
_PLANS = 10


def measure(worlds: Worlds, rounds: int = _READ_ROUNDS) -> Findings:
    """Time import, reading (in so many rounds), embedding, matching and planning on the sample community."""
    world = worlds.shared()
    texts = [text for text in _texts(world) if text.strip()]
    return Findings([*_import(worlds), *_read(world, rounds), *_embed(texts), *_match(world), *_plan(world)])


def _texts(world: World) -> list[str]:
    with world.services.store.read(world.community_id) as unit:
        return list(unit.session.scalars(select(Message.text).order_by(Message.id)))


def _import(worlds: Worlds) -> list[Figure]:
    services = Services(settings_in(worlds.new_folder()))
    services.store.ping()  # creating the schema is no part of an import
    rows: list[int] = []
    first = spend(lambda: rows.append(_import_sample(services)))
    again = spend(lambda: rows.append(_import_sample(services)))
    services.close()
    return [
        count("bench.import_rows_per_second", rows[0] / first.wall_seconds, rows[0], "higher"),
        count("bench.import_rows_per_cpu_second", rows[0] / first.cpu_seconds, rows[0], "higher"),
        count("bench.import_again_to_first_time", again.wall_seconds / first.wall_seconds, rows[1], "lower"),
    ]


def _import_sample(services: Services) -> int:
    """Import the sample and return the rows of its files."""
    loaded = load_sample(services.store, services.importing, sample_dir())
    return sum(report.rows_read for report in loaded.reports.values())


def _read(world: World, rounds: int) -> list[Figure]:
    texts = _texts(world)
    inputs = [MessageInput(f"m{i}", "bench", f"s{i % 50}", NOW, text) for i, text in enumerate(texts)]
    cascade = Cascade.load(SentimentModel.load())
    cascade.read(inputs)  # the first pass fills caches that every later one has
    spent = spend(lambda: [cascade.read(inputs) for _ in range(rounds)])
    n = len(inputs) * rounds
    return [count("bench.read_messages_per_cpu_second", n / spent.cpu_seconds, n, "higher")]


def _embed(texts: Sequence[str]) -> list[Figure]:
    embedder = make_embedder(EmbeddingSettings())  # one that remembers nothing
    chosen = list(dict.fromkeys(texts))[:_EMBEDDED]
    embedder.embed_documents(chosen[:8])
    spent = spend(lambda: embedder.embed_documents(chosen))
    return [
        count("bench.embed_texts_per_cpu_second", len(chosen) / spent.cpu_seconds, len(chosen), "higher"),
        count("bench.embed_texts_per_second", len(chosen) / spent.wall_seconds, len(chosen), "higher"),
    ]


def _match(world: World) -> list[Figure]:
    service = world.services.matching
    members = [member.id for member in world.members().values() if member.consent_match]
    service.match(world.community_id, members[0])  # builds what the service keeps between calls
    calls: list[Callable[[], object]] = [
        lambda member_id=member_id: service.match(world.community_id, member_id)  # type: ignore[misc]  # bound now
        for member_id in members
    ]
    return _latencies("match", calls)


def _plan(world: World) -> list[Figure]:
    service = world.services.events
    service.draft(world.community_id, _BRIEF, actor="bench")
    return _latencies("plan", [lambda: service.draft(world.community_id, _BRIEF, actor="bench")] * _PLANS)


def _latencies(name: str, calls: Sequence[Callable[[], object]]) -> list[Figure]:
    wall, cpu = [], []
    for call in calls:
        spent = spend(call)
        wall.append(spent.wall_seconds)
        cpu.append(spent.cpu_seconds)
    return [
        count(f"bench.{name}_p50_ms", percentile_ms(wall, 50), len(calls), "lower"),
        count(f"bench.{name}_p95_ms", percentile_ms(wall, 95), len(calls), "lower"),
        count(f"bench.{name}_p50_cpu_ms", percentile_ms(cpu, 50), len(calls), "lower"),
    ]


SUITE = Suite("bench", 1, "timings on this machine; compare within one run or by CPU time", measure)
