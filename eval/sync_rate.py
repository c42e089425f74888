"""What bringing vectors up to date costs beside the embedding itself: claims, Chroma, confirmation, marks.

Communities of some members are synced one by one. In turns with each, the embedder alone embeds the very same texts in
the same batches, so that whatever else the machine does meets both.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import insert

from copilot.clock import FixedClock
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Community, Member, ProfileText, StaleMark
from copilot.embeddings.base import Embedder
from copilot.embeddings.factory import make_embedder
from copilot.settings import EmbeddingSettings, VectorSettings
from copilot.vectors.chroma import ChromaIndex
from copilot.vectors.remembered import RememberedIndex
from copilot.vectors.sync import VectorSync
from eval.crowd import NOW, Crowd
from eval.crowd_folder import rows_of
from eval.metrics.timing import Spent, ratio_interval, spend
from eval.scores import Figure, count
from eval.suite import Findings, Suite
from eval.world import Worlds

_COMMUNITIES, _MEMBERS = 12, 60
_MARKS = 1_000


def measure(worlds: Worlds, communities: int = _COMMUNITIES, texts: int | None = None) -> Findings:
    """Sync some communities, at least three, each beside the bare embedder; `texts` as in `Crowd`."""
    embedder = make_embedder(EmbeddingSettings())  # one that remembers nothing
    folder = worlds.new_folder()
    store = _store(folder, embedder, communities, texts)
    settings = VectorSettings()
    index = RememberedIndex(ChromaIndex.embedded(folder / "chroma", embedder.name), settings.memory_mb)
    stale = StaleTexts(store)
    sync = VectorSync(stale, index, embedder, settings.batch_size)
    synced: list[Spent] = []
    embedded: list[Spent] = []
    total = 0
    for number, community_id in enumerate(store.community_ids()):
        wanted = [text.text for text in stale.desired(community_id, stale.take_marks(community_id, _MARKS))]
        total += len(wanted)
        works = [(synced, lambda: sync.run(community_id)), (embedded, lambda: _embed(embedder, wanted, settings))]  # noqa: B023  # run in this turn
        for into, work in works if number % 2 else reversed(works):
            into.append(spend(work))
    index.close()
    store.close()
    # The first turn also opens files and fills caches.
    return Findings(_figures(total, synced[1:], embedded[1:]))


def _figures(texts: int, synced: Sequence[Spent], embedded: Sequence[Spent]) -> list[Figure]:
    turns = len(synced)
    each = texts / (turns + 1)
    found = [
        count("sync.texts_per_second", each * turns / sum(spent.wall_seconds for spent in synced), texts, "higher"),
        count(
            "sync.embedder_texts_per_second",
            each * turns / sum(spent.wall_seconds for spent in embedded),
            texts,
            "higher",
        ),
    ]
    for name, measured in (("sync.to_embedder", "wall_seconds"), ("sync.to_embedder_cpu", "cpu_seconds")):
        bare, whole = ([float(getattr(spent, measured)) for spent in part] for part in (embedded, synced))
        value, interval = ratio_interval(bare, whole, 50)
        found.append(
            Figure(name=name, value=value, n=turns, low=interval.low, high=interval.high, interval=interval.method)
        )
    return found


def _embed(embedder: Embedder, texts: Sequence[str], settings: VectorSettings) -> None:
    for start in range(0, len(texts), settings.batch_size):
        embedder.embed_documents(list(texts[start : start + settings.batch_size]))


def _store(folder: Path, embedder: Embedder, communities: int, texts: int | None) -> Store:
    """Return a store with communities of members whose texts have no vectors yet."""
    store = Store.open(f"sqlite:///{folder / 'copilot.sqlite'}", clock=FixedClock(NOW))
    people = list(Crowd(communities * _MEMBERS, embedder, texts).people())
    with store.system(write=True) as session:
        for number in range(communities):
            whose = {"community_id": f"com_{number:02}"}
            session.add(
                Community(id=whose["community_id"], slug=f"c{number}", name="c", locale="zh-CN", created_at=NOW)
            )
            session.flush()
            rows = [rows_of(person, embedder.name) for person in people[number * _MEMBERS : (number + 1) * _MEMBERS]]
            for table in (Member, ProfileText):
                session.execute(insert(table), [row | whose for found in rows for row in found[table]])
            marks = [
                whose
                | {"purpose": "vector", "kind": "member", "record_id": row["id"], "token": "new", "marked_at": NOW}
                for found in rows
                for row in found[Member]
            ]
            session.execute(insert(StaleMark), marks)
    return store


SUITE = Suite("sync", 1, "bringing vectors up to date beside the bare embedder", measure)
