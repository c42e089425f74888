"""Measures the mean vectors that centre small communities, on the texts of the sample community.

`python -m eval.train.matching` writes `copilot/matching/data/e5_means.npz` and its card. No pair label is used.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from copilot.assets import sample_dir
from copilot.community.embeddable import profile_text
from copilot.embeddings.factory import make_embedder
from copilot.language.normalise import normalise
from copilot.language.script import detect_language
from copilot.matching.scores.background import LANGUAGES, SIDES, text_language
from copilot.moderation.questions import is_question
from copilot.settings import EmbeddingSettings
from eval.train.fit import write_model

TARGET = Path(__file__).resolve().parents[2] / "copilot" / "matching" / "data" / "e5_means.npz"


def sample_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (side, text) of every sentence, profile, resource, event and question in chat of the sample."""
    with (folder / "members.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            said: list[str] = []
            for side in ("has", "is", "wants"):
                sentences = [text.strip() for text in row[side].split("|") if text.strip()]
                yield from ((side, text) for text in sentences)
                said += sentences
            facts = [row["city"], row["industry"], *row["skills"].split("|")]
            if whole := profile_text(row["headline"], facts, said):
                yield "profile", whole
    with (folder / "resources.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = f"{row['title']}\n{row['description']}\n{row['city']}\n{row['tags']}"
            yield "resource", text
            # The events are too few for a mean of their own, and are announced in the same tone.
            yield "event", text
    with (folder / "events.jsonl").open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            yield "event", f"{row['title']}\n{row['goal']}"
    for path in sorted((folder / "chat").glob("*.jsonl")):
        yield from (("question", text) for text in _questions(path))


def _questions(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            text = str(json.loads(line).get("content") or "")
            if is_question(normalise(text).text, detect_language(text)):
                yield text


def main() -> None:
    """Embed, average by side and language, write."""
    # The engine that ships, and no other in its place: vectors of the two differ a little.
    embedder = make_embedder(EmbeddingSettings(engine="onnx"))
    texts = list(sample_texts(sample_dir()))
    vectors = np.asarray(embedder.embed_documents([text for _, text in texts]), dtype=np.float32)
    arrays, counts = {}, {}
    for side in SIDES:
        for language in LANGUAGES:
            rows = [n for n, (kind, text) in enumerate(texts) if kind == side and text_language(text) == language]
            arrays[f"{side}_{language}"] = vectors[rows].mean(axis=0).astype(np.float16)
            counts[f"{side}_{language}"] = len(rows)
    card = {
        "what": "mean unit vectors by side and language, subtracted before cosines are compared",
        "embedder": embedder.name,
        "data": "all texts of copilot/sample (members and their profiles, resources, events and questions in chat), written by the authors; no labels",
        "texts": counts,
    }
    write_model(TARGET, arrays, card)


if __name__ == "__main__":
    main()
