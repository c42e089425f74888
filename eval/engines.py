"""The two engines of the bundled embedder side by side in one run: the fast one is judged by the wheel's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.tables import Message
from copilot.embeddings.base import Embedder
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings
from eval.external import ExternalSetAbsent, Labelled, load
from eval.metrics.classification import area_under_curve
from eval.metrics.timing import spend
from eval.sample_copies import State
from eval.scores import Figure, count, unscored
from eval.suite import Findings, Suite
from eval.world import Worlds

_TEXTS = 2_000
# Timed in turns, so that whatever else the machine does meets both.
_TURN = 100
_ALONE = 500
Vectors = NDArray[np.float32]
_MEMORY = """
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings
make_embedder(EmbeddingSettings(engine="onnx")).embed_documents(["有没有人能推荐靠谱的财税代理？" * n for n in range(1, 40)])
with open("/proc/self/status") as file:
    print(next(line.split()[1] for line in file if line.startswith("VmHWM")))
"""


@dataclass(frozen=True)
class _Pass:
    """What one engine made of all texts."""

    vectors: Vectors
    cpu_seconds: float


def measure(worlds: Worlds, most: int = _TEXTS) -> Findings:
    """Time and compare both engines on at most `most` short texts: LCQMC's questions where they are, else the sample's messages."""
    fast, wheel = (make_embedder(EmbeddingSettings(engine=name)) for name in ("onnx", "wheel"))
    try:
        pairs, missing = load("lcqmc_dev"), ""
    except ExternalSetAbsent as error:
        pairs, missing = [], error.message
    pairs = pairs[: most // 2]
    texts = [text for pair in pairs for text in pair.text.split("\t")] or _sample(worlds)[:most]
    ours, theirs = _in_turns([fast, wheel], texts)
    cosines = (ours.vectors * theirs.vectors).sum(axis=1)
    alone = np.array([fast.embed_queries([text])[0] for text in texts[:_ALONE]], dtype=np.float32)
    apart = float(np.abs(alone - ours.vectors[: len(alone)]).max())
    n = len(texts)
    return Findings([
        count("engines.wheel_texts_per_cpu_second", n / theirs.cpu_seconds, n, "higher"),
        count("engines.onnx_texts_per_cpu_second", n / ours.cpu_seconds, n, "higher"),
        count("engines.speed_ratio", theirs.cpu_seconds / ours.cpu_seconds, n, "higher"),
        count("engines.cosine_min", float(cosines.min()), n, "higher"),
        count("engines.cosine_median", float(np.median(cosines)), n, "higher"),
        count("engines.alone_or_in_batch_difference", apart, len(alone), "lower"),
        *_lcqmc({"onnx": ours.vectors, "wheel": theirs.vectors}, pairs, missing),
        _memory(),
    ])  # fmt: skip


def _sample(worlds: Worlds) -> list[str]:
    world = worlds.copy(State.IMPORTED)
    with world.services.store.read(world.community_id) as unit:
        texts = list(dict.fromkeys(unit.session.scalars(select(Message.text).order_by(Message.id))))
    world.services.close()
    return [text for text in texts if text.strip()]


def _in_turns(embedders: Sequence[Embedder], texts: list[str]) -> list[_Pass]:
    vectors: list[list[list[float]]] = [[] for _ in embedders]
    seconds = [0.0 for _ in embedders]
    for start in range(0, len(texts), _TURN):
        for number, embedder in enumerate(embedders):
            work = _embedding(embedder, texts[start : start + _TURN], vectors[number])
            seconds[number] += spend(work).cpu_seconds
    return [_Pass(np.array(rows, dtype=np.float32), spent) for rows, spent in zip(vectors, seconds, strict=True)]


def _embedding(embedder: Embedder, texts: list[str], into: list[list[float]]) -> Callable[[], None]:
    return lambda: into.extend(embedder.embed_queries(texts))


def _lcqmc(engines: dict[str, Vectors], pairs: Sequence[Labelled], missing: str) -> list[Figure]:
    apart = "engines.lcqmc_auc_difference"
    if not pairs:
        names = [f"engines.lcqmc_auc.{name}" for name in engines]
        return [*(unscored(name, missing) for name in names), unscored(apart, missing, "lower")]
    truth = [pair.label for pair in pairs]
    areas = {
        name: area_under_curve(truth, (vectors[0::2] * vectors[1::2]).sum(axis=1).tolist())
        for name, vectors in engines.items()
    }
    return [
        *(count(f"engines.lcqmc_auc.{name}", area, len(pairs), "higher") for name, area in areas.items()),
        count(apart, max(areas.values()) - min(areas.values()), len(pairs), "lower"),
    ]


def _memory() -> Figure:
    name = "engines.process_peak_mb"
    if not sys.platform.startswith("linux"):
        return unscored(name, "the peak of a process is read from Linux", "lower")
    done = subprocess.run([sys.executable, "-c", _MEMORY], capture_output=True, text=True, check=True)  # noqa: S603  # our own words, no shell
    return count(name, int(done.stdout) / 1024, 1, "lower")


SUITE = Suite("engines", 2, "the fast engine of the bundled embedder beside the wheel's own", measure)
