"""Trains every bundled model that reads chat: attacks, distress, offers and questions, and mood.

`python -m eval.train.room --data FOLDER [--task room] [--task sentiment] [--vectors FILE]`. FOLDER holds `cold/` and
`davidson/` as published; our own chat is in the repository. Arrays and cards go to `copilot/moderation/data` and
`copilot/atmosphere/data`; no text is copied into them. `--vectors` keeps the embeddings for the next run.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import LinearTextModel
from copilot.language.meaning import excerpt
from copilot.language.normalise import VERSION, normalise
from copilot.moderation.classifier import CUES, cues, seen, spec
from copilot.moderation.room import COLUMNS, DISTRESS, KINDS, SOLICITATION, SPEC, RoomModel, probabilities, room_cues
from copilot.moderation.room_cues import Before
from eval.train.cards import ROOM_FAILURES, comment_threshold, figures_of, thresholds_of
from eval.train.corpora import Line, moderation_lines, read_cold, read_davidson, record_lines, room_lines
from eval.train.fit import (
    SEED,
    calibration_error,
    design,
    folds,
    inverse_document_frequency,
    logistic,
    macro_f1,
    rounded,
    write_model,
)
from eval.train.sentiment import train_sentiment
from eval.train.staged import FOLDS, Problem, VectorFile, train_staged
from eval.train.tricks import copies

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "copilot" / "moderation" / "data"
LEARNED = frozenset({"train", "dev"})
PUBLIC_C = 3.0
HELD_SAMPLE = {
    "zh": 2_000,
    "en": 1_200,
}  # held-back public texts that teach the room model what the public model is worth
HELD_WEIGHT = {"zh": 0.7, "en": 0.3}  # Davidson calls vulgar talk offensive, our group chat does not
# Disguised copies for each (offensive, ordinary) text: people hide what offends, so ordinary texts get fewer.
COPIES = {"public": (2.0, 0.5), "held": (1.0, 0.3), "own": (2.0, 0.3)}
COPY_WEIGHT, OWN_COPY_WEIGHT = 0.5, 0.4
SOURCES = {
    "zh": ("COLDataset train (thu-coai)", "Apache-2.0"),
    "en": ("hate-speech-and-offensive-language (T. Davidson et al.)", "MIT"),
}


def public_texts(language: str, data: Path) -> tuple[list[str], list[str], NDArray[np.int64]]:
    """Return stored texts, normalised texts and labels of the corpus of `language`."""
    if language == "zh":
        texts, labels = read_cold(data / "cold" / "train.csv")
    else:
        texts, labels = read_davidson(data / "davidson" / "labeled_data.csv")
    return texts, [normalise(text).text for text in texts], np.array(labels, dtype=np.int64)


def train_public(language: str, data: Path, folder: Path) -> tuple[list[str], NDArray[np.int64]]:
    """Write the model of public comments; return a sample of the fifth it never saw, with labels."""
    texts, plain, labels = public_texts(language, data)
    held = folds(plain, 5) == 0
    fitted = [text for text, out in zip(plain, held, strict=True) if not out]
    known = labels[~held]
    hidden = copies(fitted, np.where(known == 1, *COPIES["public"]).tolist(), SEED) if language == "zh" else []
    share = known.mean()
    weights = np.where(known == 1, 0.5 / share, 0.5 / (1 - share))
    table = spec(language)
    rows = [*range(len(fitted)), *(row for row, _ in hidden)]
    seen_texts = [*fitted, *(normalise(text).text for _, text in hidden)]
    weights = np.concatenate([weights, np.full(len(hidden), COPY_WEIGHT)])
    counted = seen(language, seen_texts)
    idf = inverse_document_frequency(counted, table, least=3 if language == "zh" else 2)
    model = logistic(design(counted, cues(seen_texts), table, idf), known[rows], weights, PUBLIC_C)
    arrays = {
        "orders": np.array(table.orders),
        "word_orders": np.array(table.word_orders, dtype=np.int64),
        "bits": np.array(table.bits),
        "idf": idf.astype(np.float16),
        "weights": model.coef_[0, : table.buckets, None].astype(np.float16),
        "cue_weights": model.coef_[0, table.buckets :, None].astype(np.float32),
        "bias": model.intercept_.astype(np.float64),
        "calibration": np.array([[1.0, 0.0]]),
    }
    name, licence = SOURCES[language]
    card: dict[str, Any] = {
        "name": f"public-{language}",
        "task": "a feature of the room model: how much a text looks like one that this corpus calls offensive",
        "trained_on": {name: len(fitted)} | ({"disguised copies of them, made by eval.train.tricks": len(hidden)} if hidden else {}),
        "labelled_by": "the publishers of the corpus",
        "licence": {"arrays": "Apache-2.0", "data": licence},
        "features": {"ngrams": list(table.orders), "word_ngrams": list(table.word_orders), "buckets": table.buckets, "cues": list(CUES), "normaliser": VERSION, "C": PUBLIC_C},
        "known_failures": ["knows nothing of group chat: never use it alone"],
    }  # fmt: skip
    path = folder / f"public-{language}.npz"
    write_model(path, arrays, card)
    rows = np.flatnonzero(held).tolist()
    judged = [plain[row] for row in rows]
    scores = LinearTextModel.load(path).probabilities(seen(language, judged), cues(judged))[:, 0]
    card["figures"] = {
        "held-back fifth": rounded(
            {
                "n": len(rows),
                "offensive": int(labels[rows].sum()),
                "macro_f1_at_half": macro_f1(labels[rows], (scores >= 0.5).astype(np.int64)),
                "calibration_error": calibration_error(labels[rows], scores),
            }
        )
    }
    write_model(path, arrays, card)
    chosen = np.array(rows)[np.random.default_rng(7).permutation(len(rows))[: HELD_SAMPLE[language]]]
    return [texts[row] for row in chosen], labels[chosen]


def targets_of(lines: Sequence[Line]) -> NDArray[np.float64]:
    """Return (n, columns) of 1, 0 and, where a column was not labelled, NaN."""
    table = np.full((len(lines), len(COLUMNS)), np.nan)
    for row, line in enumerate(lines):
        table[row] = _targets(line.labels)
    return table


def _targets(labels: Mapping[str, Any]) -> list[float]:
    offence = labels.get("offence")
    found = [np.nan if offence is None else float(bool(offence))]
    # What kind of attack it is, is only asked of attacks.
    found += [float(kind in offence) if offence else np.nan for kind in KINDS]
    for name, values in (("distress", DISTRESS), ("solicitation", SOLICITATION)):
        found += [float(labels[name] == value) if name in labels else np.nan for value in values]
    return [*found, float(labels["question"]) if "question" in labels else np.nan]


@dataclass(frozen=True)
class Part:
    """Texts of one source: stored form, target row, weight of each and the scene whose fold they share."""

    texts: list[str]
    targets: NDArray[np.float64]
    weight: float
    scenes: list[str]
    before: list[Before] | None = None


def _own_copies(lines: Sequence[Line]) -> Part:
    """Return disguised copies of our own Chinese lines, attacks first of all."""
    odds = [0.0 if line.language == "en" else COPIES["own"][0 if line.labels.get("offence") else 1] for line in lines]
    hidden = copies([line.text for line in lines], odds, SEED)
    rows = [row for row, _ in hidden]
    return Part(
        [text for _, text in hidden],
        targets_of([lines[row] for row in rows]),
        OWN_COPY_WEIGHT,
        [lines[row].scene for row in rows],
        [lines[row].before for row in rows],
    )


def _public_part(language: str, texts: list[str], labels: NDArray[np.int64]) -> Part:
    """Return held-back public texts, the Chinese ones with disguised copies."""
    odds = [COPIES["held"][0 if label else 1] if language == "zh" else 0.0 for label in labels]
    hidden = copies(texts, odds, SEED)
    rows = [*range(len(texts)), *(row for row, _ in hidden)]
    table = np.full((len(rows), len(COLUMNS)), np.nan)
    table[:, 0] = labels[rows]
    # Comments and tweets are no adverts and no cries for help: the few that are weigh less than what this teaches.
    for name in ("distress", "solicitation"):
        values = [at for at, one in enumerate(COLUMNS) if one.startswith(f"{name}.")]
        table[:, values] = [float(COLUMNS[at] == f"{name}.none") for at in values]
    return Part([*texts, *(text for _, text in hidden)], table, HELD_WEIGHT[language], [texts[row] for row in rows])


def problem_of(
    lines: Sequence[Line], public: Mapping[str, tuple[list[str], NDArray[np.int64]]], folder: Path, kept: VectorFile
) -> tuple[Problem, slice]:
    """Return our own lines, then disguised copies and held-back public texts, as one problem; and where undisguised Chinese comments stand."""
    models = {language: LinearTextModel.load(folder / f"public-{language}.npz") for language in ("zh", "en")}
    own = Part(
        [line.text for line in lines], targets_of(lines), 1.0,
        [line.scene for line in lines], [line.before for line in lines],
    )  # fmt: skip
    parts = [own, _own_copies(lines), *(_public_part(language, *found) for language, found in public.items())]
    forms = [[normalise(text).text for text in part.texts] for part in parts]
    plain = [form for some in forms for form in some]
    start = len(parts[0].texts) + len(parts[1].texts)
    problem = Problem(
        plain=plain,
        cues=np.concatenate(
            [room_cues(models, part.texts, some, part.before) for part, some in zip(parts, forms, strict=True)]
        ),
        vectors=kept.vectors([excerpt(text) for text in plain]),
        targets=np.concatenate([part.targets for part in parts]),
        weights=np.concatenate([np.full(len(part.texts), part.weight) for part in parts]),
        part=folds([scene for part in parts for scene in part.scenes], FOLDS),
        judged=np.arange(len(plain)) < len(lines),
        spec=SPEC,
        words_c=3.0,
        meaning_c=0.5,
    )
    return problem, slice(start, start + len(public["zh"][0]))


def train_room(data: Path, folder: Path, kept: VectorFile) -> dict[str, Any]:
    """Train the room model, write arrays and cards, and return the card."""
    public = {language: train_public(language, data, folder) for language in ("zh", "en")}
    lines = [*room_lines(LEARNED), *moderation_lines(), *record_lines()]
    problem, comments = problem_of(lines, public, folder, kept)
    found = train_staged(problem)
    tables = {"words": probabilities(found.first[: len(lines)]), "meaning": probabilities(found.second[: len(lines)])}
    truth = problem.targets[: len(lines)]
    slices = [line.slice for line in lines]
    chosen = thresholds_of(truth, tables, slices)
    # Comments as they are read: embedded only where the word stage is not sure.
    low, high = chosen["bands"]["words"]["offensive"]
    words, meaning = (probabilities(logits[comments])[:, 0] for logits in (found.first, found.second))
    read = np.where((words >= low) & (words < high), meaning, words)
    chosen["comment_threshold"] = comment_threshold(problem.targets[comments, 0], read)
    card: dict[str, Any] = {
        "name": "room",
        "task": "calibrated probabilities that a chat line attacks (and how), shows distress, offers unasked, or asks",
        "columns": list(COLUMNS),
        "trained_on": {
            "eval/datasets/room/v1, train and dev scenes": sum(line.slice != "" and "question" in line.labels for line in lines),
            "eval/datasets/moderation/own.jsonl": sum("question" not in line.labels and line.slice != "record" for line in lines),
            "eval/datasets/matching/v1, what members, resources and events say": sum(line.slice == "record" for line in lines),
            "disguised copies of own lines and held-back comments, made by eval.train.tricks": len(problem.plain) - len(lines) - sum(len(texts) for texts, _ in public.values()),
            **{f"{SOURCES[language][0]}, held-back sample, weight {HELD_WEIGHT[language]}": len(texts) for language, (texts, _) in public.items()},
        },
        "licence": {"arrays": "Apache-2.0", "data": "own lines Apache-2.0; COLD Apache-2.0; Davidson MIT"},
        "labelled_by": "the three writers of the chat, one label a line; see eval/datasets/room/README.md for agreement",
        "features": {"ngrams": list(SPEC.orders), "word_ngrams": list(SPEC.word_orders), "buckets": SPEC.buckets, "normaliser": VERSION, "embedder": "multilingual-e5-small, query prefix", "C": [problem.words_c, problem.meaning_c]},
        **chosen,
        "calibrated_on": f"{FOLDS}-fold predictions on our own lines, split by scene; the mix there holds far more trouble than a quiet group: shift the odds to the base rate before reading a probability as a share",
        "base_rates": {name: round(float(np.nanmean(truth[:, column])), 4) for column, name in enumerate(COLUMNS)},
        "figures": figures_of(truth, tables, chosen, slices),
        "known_failures": ROOM_FAILURES,
    }  # fmt: skip
    write_model(folder / "room-words.npz", found.words, card)
    write_model(
        folder / "room-meaning.npz",
        found.meaning,
        {name: card[name] for name in ("task", "columns", "trained_on", "licence", "features")} | {"name": "room-meaning"},
    )  # fmt: skip
    RoomModel.load(folder)
    return card


def main() -> None:
    """Train what was asked for and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with cold/ and davidson/")
    parser.add_argument("--task", choices=["room", "sentiment"], action="append")
    parser.add_argument("--vectors", type=Path, help="file that keeps embeddings between runs")
    options = parser.parse_args()
    kept = VectorFile(options.vectors)
    tasks = options.task or ["room", "sentiment"]
    for task in tasks:
        card = train_room(options.data, FOLDER, kept) if task == "room" else train_sentiment(kept)
        shown = {
            name: card[name] for name in ("thresholds", "bands", "bad_lines_below_the_band", "figures") if name in card
        }
        print(json.dumps(shown, ensure_ascii=False, indent=1))  # noqa: T201 - a command prints its result


if __name__ == "__main__":
    main()
