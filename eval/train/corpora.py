"""The texts models may learn from: two public corpora, and group chat written and labelled for this project.

Our own chat is split by scene, so that no conversation stands on both sides: the first byte of the SHA-256 of the scene
says train (below 154), dev (below 192) or test. Test scenes are read by the evaluation alone.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.language.normalise import normalise
from copilot.moderation.room_cues import Before
from eval.train.fit import read_jsonl

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ROOT / "eval" / "datasets"
ROOM = DATASETS / "room" / "v1"
OWN_MODERATION = DATASETS / "moderation" / "own.jsonl"
MATCHING = DATASETS / "matching" / "v1"
OWN_SENTIMENT = DATASETS / "sentiment" / "own.jsonl"
_TRAIN, _DEV = 154, 192


@dataclass(frozen=True)
class Line:
    """One line of our own chat with its labels; a label that was not given is missing from `labels`."""

    id: str
    scene: str
    text: str
    plain: str
    before: Before
    language: str
    slice: str
    labels: Mapping[str, Any]


def part_of(scene: str) -> str:
    """Return `train`, `dev` or `test`."""
    byte = hashlib.sha256(scene.encode()).digest()[0]
    return "train" if byte < _TRAIN else "dev" if byte < _DEV else "test"


def room_lines(parts: frozenset[str]) -> list[Line]:
    """Return the lines of group chat whose scenes are in `parts`."""
    found: list[Line] = []
    for path in sorted(ROOM.glob("w*.jsonl")):
        for row in read_jsonl(path):
            if part_of(row["scene"]) in parts:
                labels = {name: row[name] for name in ("sentiment", "offence", "distress", "solicitation", "question")}
                found.append(
                    Line(
                        row["id"], row["scene"], row["text"], normalise(row["text"]).text, _before(row),
                        row["language"], row["slice"], labels,
                    )
                )  # fmt: skip
    return found


def moderation_lines() -> list[Line]:
    """Return the older single lines about moderation; mood and questions were not labelled there."""
    offers = {"unsolicited_promotion": "promotion", "scam": "scam"}
    found = []
    for row in read_jsonl(OWN_MODERATION):
        categories = set(row["categories"])
        labels = {
            "offence": sorted(categories & {"insult", "threat", "sexual"}),
            "distress": "none",
            "solicitation": next((offers[name] for name in sorted(categories) if name in offers), "none"),
        }
        found.append(_single(row["id"], row["text"], row["language"], row["kind"], labels))
    return found


def sentiment_lines() -> list[Line]:
    """Return the older single lines about mood; nothing else was labelled there."""
    return [
        _single(row["id"], row["text"], row["language"], "", {"sentiment": row["label"]})
        for row in read_jsonl(OWN_SENTIMENT)
    ]


def record_lines() -> list[Line]:
    """Return what members of the made-up community say of themselves, offer and ask.

    Full of prices, amounts and offers, all in its place: a model that learns from short chat alone takes it for adverts.
    """
    calm = {"offence": [], "distress": "none", "solicitation": "none"}
    texts: dict[str, str] = {}
    for row in read_jsonl(MATCHING / "members.jsonl"):
        for side in ("is", "has", "wants"):
            texts |= {f"{row['external_id']}-{side}-{at}": text for at, text in enumerate(row[side])}
    for row in read_jsonl(MATCHING / "resources.jsonl"):
        texts |= {f"{row['code']}-{field}": row[field] for field in ("description", "terms") if row.get(field)}
    for row in read_jsonl(MATCHING / "events.jsonl"):
        texts[row["code"]] = row["goal"]
    for row in read_jsonl(MATCHING / "threads.jsonl"):
        texts[row["id"]] = row["text"]
    return [_single(name, text, "", "record", calm) for name, text in texts.items()]


def read_cold(path: Path) -> tuple[list[str], list[int]]:
    """Return texts and labels (1 offensive) of a COLD file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["TEXT"] for row in rows], [int(row["label"]) for row in rows]


def read_davidson(path: Path) -> tuple[list[str], list[int]]:
    """Return texts and labels (1 hate or offensive, 0 neither)."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["tweet"] for row in rows], [int(row["class"] != "2") for row in rows]


def _single(name: str, text: str, language: str, kind: str, labels: Mapping[str, Any]) -> Line:
    return Line(name, name, text, normalise(text).text, Before(), language, kind, labels)


def _before(row: Mapping[str, Any]) -> Before:
    others: list[str] = []
    own: list[str] = []
    for line in row["context"]:
        name, _, said = line.partition(":")
        (own if name.strip() == row["sender"] else others).append(normalise(said.strip()).text)
    return Before(tuple(others), tuple(own))
