"""Claims: what the records of a community say of messages written for this, and how often they speak up unasked."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any

import numpy as np

from copilot.moderation.claims.checking import check_text
from copilot.moderation.claims.models import EventFacts, Outcome, ResourceFacts, Source, SourceKind
from copilot.moderation.claims.sources import event_source, resource_source, sources_of
from copilot.moderation.claims.subjects import SourceIndex
from eval.cases import EvalCase, slug
from eval.manifest import DATASETS
from eval.scores import Figure, precision_recall, share, share_of
from eval.slices import by_slice
from eval.suite import WORST, Findings, Suite
from eval.world import Worlds, read_jsonl

FOLDER = DATASETS / "claims" / "v1"
ROOM = DATASETS / "room" / "v1"
_TOLD = (Outcome.CONTRADICTED, Outcome.SUPPORTED)


def measure(worlds: Worlds) -> Findings:
    """Check every pair against the records of its set, then all chat there is against the sample's records."""
    figures: list[Figure] = []
    worst: list[dict[str, object]] = []
    rows = judged_pairs()
    for split in ("test", "dev"):
        figures += pair_figures(split, [row for row in rows if row["split"] == split])
        # The mistakes on test stay unseen.
        worst += [row for row in rows if split == "dev" and row["split"] == split and row["expected"] != row["got"]]
    return Findings([*figures, *unasked_figures(worlds)], worst[:WORST])


def judged_pairs() -> list[dict[str, Any]]:
    """Return every pair with its split, what was found (`got`) and in which source (`named`)."""
    sets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_jsonl(FOLDER / "sources.jsonl"):
        sets[row["set"]].append(row)
    indexes = {name: SourceIndex([source_of(row) for row in rows]) for name, rows in sets.items()}
    found = []
    for pair in read_jsonl(FOLDER / "pairs.jsonl"):
        rows = sets[pair["set"]]
        checks = check_text(pair["text"], indexes[pair["set"]], date.fromisoformat(rows[0]["today"]), "en")
        told = next((c for outcome in _TOLD for c in checks if c.outcome is outcome), None)
        got = told.outcome.value if told else Outcome.CANNOT_TELL.value
        found.append({**pair, "split": rows[0]["split"], "got": got, "named": told.source_id if told else None})
    return found


def pair_figures(split: str, rows: list[dict[str, Any]]) -> list[Figure]:
    """Return precision and recall of each outcome, and whether the source named is the right one."""
    figures: list[Figure] = []
    cases = [EvalCase(row["id"], slices={"kind": slug(row["slice"]), "language": row["set"][:2]}) for row in rows]
    for outcome in Outcome:
        gold = np.array([row["expected"] == outcome.value for row in rows])
        got = np.array([row["got"] == outcome.value for row in rows])
        figures += precision_recall(f"claims.{split}.{outcome.value}", gold, got, cases)
    right = [at for at, row in enumerate(rows) if row["got"] == row["expected"] != Outcome.CANNOT_TELL.value]
    named = [rows[at]["named"] == rows[at]["source"] for at in right]
    figures.append(share_of(f"claims.{split}.right_source", named, [cases[at] for at in right]))
    agreed = [row["got"] == row["expected"] for row in rows]
    return [
        *figures,
        *by_slice(
            cases,
            ("language", "kind"),
            lambda chosen: [
                share_of(f"claims.{split}.right", [agreed[at] for at in chosen], [cases[at] for at in chosen])
            ],
        ),
    ]


def unasked_figures(worlds: Worlds) -> list[Figure]:
    """Return how often ordinary chat is said to differ from the sample's records; nearly none of it speaks of them."""
    world = worlds.shared()
    with world.services.store.read(world.community_id) as unit:
        index = SourceIndex(sources_of(unit, None))
    lines = [row["text"] for path in sorted(ROOM.glob("w*.jsonl")) for row in read_jsonl(path)]
    lines += [message.text for message in world.messages().values()]
    said_on = world.services.clock.now().date()
    differ = sum(
        any(c.outcome is Outcome.CONTRADICTED for c in check_text(text, index, said_on, "en")) for text in lines
    )
    return [share("claims.unasked.contradicted", differ, len(lines), "lower")]


def source_of(row: dict[str, Any]) -> Source:
    """Return a source as the dataset writes it."""
    if row["kind"] == "event":
        starts, ends = datetime.fromisoformat(row["starts"]), datetime.fromisoformat(row["ends"])
        facts = EventFacts(
            starts.date(), ends.date(), starts.time(), ends.time(), row["city"], row["online"], row["capacity"],
            row.get("cancelled", False),
        )  # fmt: skip
        return event_source(row["id"], row["code"], row["title"], facts)
    if row["kind"] == "resource":
        expires = date.fromisoformat(row["expires"]) if "expires" in row else None
        known = ResourceFacts(row["city"], row["capacity"], expires, row.get("available", True), row.get("owner"))
        return resource_source(row["id"], row["code"], row["title"], row["texts"], known)
    return Source(SourceKind(row["kind"]), row["id"], texts=tuple(row["texts"]))


SUITE = Suite("claims", 1, "Claims in messages against the community's own records", measure)
