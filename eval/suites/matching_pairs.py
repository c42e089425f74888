"""How often the members who were written for each other find each other, beside two baselines.

`python -m eval.suites.matching_pairs [--split test]` loads the sample into a temporary store and prints the table.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select

from copilot.assets import sample_dir
from copilot.community.importing import ImportService
from copilot.community.sample import load_sample
from copilot.community.staleness import StaleTexts
from copilot.community.store import Store
from copilot.community.tables import Member, ProfileText
from copilot.embeddings.base import Embedder
from copilot.embeddings.e5 import E5Embedder
from copilot.matching.models import MAX_MATCHES
from copilot.matching.service import MatchingService
from copilot.settings import LimitSettings
from copilot.vectors.exact import ExactIndex
from copilot.vectors.sync import VectorSync

PAIRS = Path(__file__).resolve().parents[1] / "datasets" / "matching" / "pairs.jsonl"


@dataclass(frozen=True)
class Direction:
    """One asker and the member who must, or must never, be proposed; external ids."""

    asker: str
    target: str
    expected: bool


@dataclass(frozen=True)
class Scores:
    """Hit rates and mean reciprocal rank (0-1, higher is better) over `size` askers."""

    size: int
    hit_at_1: float
    hit_at_5: float
    mrr: float


@dataclass(frozen=True)
class SampleCommunity:
    """The sample, imported and indexed."""

    store: Store
    index: ExactIndex
    community_id: str

    def member_ids(self) -> dict[str, str]:
        """Return record ids by external id."""
        with self.store.read(self.community_id) as unit:
            return {row.external_id: row.id for row in unit.session.scalars(select(Member))}


def read_directions(split: str, path: Path = PAIRS) -> list[Direction]:
    """Return the directions of one split (`dev` or `test`) or of `all`."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Direction(item["asker"], item["target"], item["expected"])
        for row in rows
        if split in {"all", row["split"]}
        for item in row["directions"]
    ]


def open_sample(folder: Path, embedder: Embedder) -> SampleCommunity:
    """Import the sample into a new store in `folder` and embed it into an exact index."""
    store = Store.open(f"sqlite:///{folder / 'sample.sqlite'}")
    loaded = load_sample(store, ImportService(store, LimitSettings()), sample_dir())
    index = ExactIndex()
    VectorSync(StaleTexts(store), index, embedder).run(loaded.community_id)
    return SampleCommunity(store, index, loaded.community_id)


def score(ranks: Sequence[int | None]) -> Scores:
    """Return the figures of `ranks` (from 1; None for not found).

    Raises:
        ValueError: there are no ranks, of which no figure can be given.
    """
    if not ranks:
        raise ValueError("no ranks, no figures")
    found = [0.0 if rank is None else 1.0 / rank for rank in ranks]
    return Scores(
        size=len(ranks),
        hit_at_1=float(np.mean([rank == 1 for rank in ranks])),
        hit_at_5=float(np.mean([rank is not None and rank <= 5 for rank in ranks])),
        mrr=float(np.mean(found)),
    )


def service_ranks(
    sample: SampleCommunity, service: MatchingService, directions: Iterable[Direction]
) -> list[int | None]:
    """Return the rank of each target in the list of its asker, None when it is not among 50."""
    ids = sample.member_ids()
    found: list[int | None] = []
    for item in directions:
        matches = service.match(sample.community_id, ids[item.asker], n=MAX_MATCHES)
        found.append(next((match.rank for match in matches.items if match.target_id == ids[item.target]), None))
    return found


def whole_profile_ranks(
    sample: SampleCommunity, embedder: Embedder, directions: Iterable[Direction]
) -> list[int | None]:
    """Return ranks by the cosine of one text per member (all texts joined), among those who may be proposed."""
    with sample.store.read(sample.community_id) as unit:
        members = {row.id: row for row in unit.session.scalars(select(Member))}
        texts: dict[str, list[str]] = {}
        for row in unit.session.scalars(select(ProfileText).order_by(ProfileText.aspect, ProfileText.position)):
            texts.setdefault(row.member_id, []).append(row.text)
    ids = {row.external_id: row.id for row in members.values()}
    order = [member_id for member_id in texts if members[member_id].consent_ai]
    vectors = np.asarray(embedder.embed_documents(["\n".join(texts[member_id]) for member_id in order]))
    open_ids = {row.id for row in members.values() if row.consent_match and row.visibility == "community"}
    ranks: list[int | None] = []
    for item in directions:
        cosines = vectors @ vectors[order.index(ids[item.asker])]
        ranked = [order[row] for row in np.argsort(-cosines) if order[row] in open_ids - {ids[item.asker]}]
        ranks.append(ranked.index(ids[item.target]) + 1 if ids[item.target] in ranked else None)
    return ranks


def random_scores(candidates: int, size: int) -> Scores:
    """Return the expectation of a random order of `candidates`."""
    ranks = np.arange(1, candidates + 1)
    return Scores(size, 1.0 / candidates, min(5, candidates) / candidates, float(np.mean(1.0 / ranks)))


def table(rows: Mapping[str, Scores]) -> str:
    """Return the figures as a Markdown table."""
    lines = ["| ranking | n | hit@1 | hit@5 | MRR |", "|---|---|---|---|---|"]
    lines += [
        f"| {name} | {row.size} | {row.hit_at_1:.3f} | {row.hit_at_5:.3f} | {row.mrr:.3f} |"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def measure(sample: SampleCommunity, embedder: Embedder, split: str) -> dict[str, Scores]:
    """Return our figures and those of the baselines on the expected directions of `split`."""
    directions = [item for item in read_directions(split) if item.expected]
    service = MatchingService(sample.store, sample.index, embedder)
    with sample.store.read(sample.community_id) as unit:
        statement = select(Member.id).where(Member.consent_match.is_(True), Member.visibility == "community")
        candidates = len(list(unit.session.scalars(statement.where(Member.consent_ai.is_(True))))) - 1
    return {
        "ours": score(service_ranks(sample, service, directions)),
        "one text per member, cosine": score(whole_profile_ranks(sample, embedder, directions)),
        "random": random_scores(candidates, len(directions)),
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=["dev", "test", "all"], default="test")
    split = parser.parse_args().split
    embedder = E5Embedder()
    with tempfile.TemporaryDirectory() as folder:
        sample = open_sample(Path(folder), embedder)
        print(table(measure(sample, embedder, split)))  # noqa: T201  # a command's output
        sample.store.close()


if __name__ == "__main__":
    main()
