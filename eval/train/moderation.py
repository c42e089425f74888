"""Trains the bundled insult models (Chinese: COLD train, English: Davidson; both with the authors' own lines).

`python -m eval.train.moderation --data FOLDER`, where FOLDER holds `cold/` and `davidson/` as published. The arrays and
their cards go to `copilot/moderation/data/`; no text of the public sets is copied.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.language.linear import LinearTextModel
from copilot.language.normalise import VERSION, normalise
from copilot.moderation.classifier import CUES, InsultModel, cues, judge, spec
from eval.train.fit import (
    Samples,
    calibration_error,
    design,
    folds,
    inverse_document_frequency,
    logistic,
    macro_f1,
    platt,
    precision_threshold,
    read_jsonl,
    rounded,
    write_model,
)

ROOT = Path(__file__).resolve().parents[2]
OWN = ROOT / "eval" / "datasets" / "moderation" / "own.jsonl"
FOLDER = ROOT / "copilot" / "moderation" / "data"
# Precision wanted on held-back public texts and, out of fold, on the authors' lines; the stricter threshold holds.
WANTED_PRECISION = {"case": 0.95, "flag": 0.85}
WANTED_OWN_PRECISION = {"case": 0.85, "flag": 0.70}
OWN_WEIGHT = 50.0  # one own line counts like fifty public ones: they are few, and they are what a group chat looks like
C = 1.0
FOLDS = 5
NEEDS_RUDE_WORD = {"zh": False, "en": True}
ATTACKS = frozenset({"insult", "threat"})
SOURCES = {
    "zh": {"name": "COLDataset train (thu-coai)", "licence": "Apache-2.0"},
    "en": {"name": "hate-speech-and-offensive-language (T. Davidson et al.), four fifths", "licence": "MIT"},
}
FAILURES = {
    "zh": [
        "COLD is about race, region and gender on public platforms; attacks in chat among founders look different",
        "COLD's train and dev labels are semi-automatic: figures on dev flatter the model; on its hand-labelled test split models of this kind score about .80",
        "comments that argue against prejudice share words with prejudice and are flagged more often than others",
        "irony, dialect, homophones outside the disguise table and attacks built only from context are missed",
    ],
    "en": [
        "Davidson was sampled by a lexicon: vulgar but harmless tweets are labelled offensive, polite contempt is not",
        "reclaimed and in-group words of African American English are over-flagged in this data; do not act without a person",
        "attacks without a word of the rude list are never flagged: the corpus holds no ordinary talk to learn from",
    ],
}


@dataclass(frozen=True)
class Corpus:
    """One language's public texts in two parts and the own lines, with ids and kinds of the latter."""

    fitted: Samples
    held: Samples
    own: Samples
    own_ids: list[str]
    own_kinds: list[str]


def samples(texts: list[str], labels: list[int], weight: float = 1.0) -> Samples:
    """Return `texts` normalised, with labels and one weight for all."""
    return Samples(
        texts, [normalise(text).text for text in texts], np.array(labels, dtype=np.int64), np.full(len(texts), weight)
    )


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


def load(language: str, data: Path) -> Corpus:
    """Return the corpus of `language`; a fixed fifth of the public training texts is held back for calibration."""
    if language == "zh":
        texts, labels = read_cold(data / "cold" / "train.csv")
    else:
        texts, labels = read_davidson(data / "davidson" / "labeled_data.csv")
    public = samples(texts, labels)
    # Davidson is 83 % offensive: both classes weigh the same, or every short greeting would count as an attack.
    public = replace(public, weights=2.0 * _balanced(public.labels))
    held = folds(public.plain, FOLDS) == 0
    rows = [row for row in read_jsonl(OWN) if row["language"] in {language, "mixed"}]
    own = samples(
        [row["text"] for row in rows], [int(bool(ATTACKS & set(row["categories"]))) for row in rows], OWN_WEIGHT
    )
    return Corpus(
        public.take(~held), public.take(held), own, [row["id"] for row in rows], [row["kind"] for row in rows]
    )


def fit(language: str, corpus: Corpus, own_rows: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    """Return arrays trained on the fitted part and the chosen own lines, calibrated on the held part."""
    table, own = spec(language), corpus.own.take(own_rows)
    plain = corpus.fitted.plain + own.plain
    labels = np.concatenate([corpus.fitted.labels, own.labels])
    weights = np.concatenate([corpus.fitted.weights, own.weights])
    idf = inverse_document_frequency(plain, table, least=2)
    model = logistic(design(plain, cues(plain), table, idf), labels, weights, C)
    # Each class counts half in the calibration: otherwise Davidson, 83 % offensive, would call every line an insult.
    held = corpus.held
    logits = model.decision_function(design(held.plain, cues(held.plain), table, idf))
    slope, intercept = platt(logits, held.labels, _balanced(held.labels))
    return {
        "orders": np.array(table.orders),
        "word_orders": np.array(table.word_orders, dtype=np.int64),
        "bits": np.array(table.bits),
        "idf": idf.astype(np.float16),
        "weights": model.coef_[0, : table.buckets, None].astype(np.float16),
        "cue_weights": model.coef_[0, table.buckets :, None].astype(np.float32),
        "bias": model.intercept_.astype(np.float64),
        "calibration": np.array([[slope, intercept]]),
    }


def _balanced(labels: NDArray[np.int64]) -> NDArray[np.float64]:
    share = labels.mean()
    balanced: NDArray[np.float64] = np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
    return balanced


def score(language: str, arrays: dict[str, NDArray[Any]], plain: list[str], scratch: Path) -> NDArray[np.float64]:
    """Return (n,) scores through the very code that serves them."""
    write_model(scratch, arrays, {})
    try:
        return judge(LinearTextModel.load(scratch), plain, needs_rude_word=NEEDS_RUDE_WORD[language])
    finally:
        scratch.unlink()
        scratch.with_suffix(".json").unlink()


def public_thresholds(labels: NDArray[np.int64], scores: NDArray[np.float64]) -> dict[str, float]:
    """Return the score for each wanted precision; texts are resampled to half attacks, half not."""
    attacks, others = scores[labels == 1], scores[labels == 0]
    size = min(len(attacks), len(others))
    pick = np.random.default_rng(1)
    chosen = np.concatenate([pick.choice(attacks, size, replace=False), pick.choice(others, size, replace=False)])
    truth = np.concatenate([np.ones(size, dtype=np.int64), np.zeros(size, dtype=np.int64)])
    return {name: precision_threshold(truth, chosen, wanted) for name, wanted in WANTED_PRECISION.items()}


def measure(labels: NDArray[np.int64], scores: NDArray[np.float64], case: float) -> dict[str, Any]:
    """Return figures at 0.5 and at the case threshold."""
    flagged = scores >= case
    return rounded(
        {
            "n": len(labels),
            "attacks": int(labels.sum()),
            "accuracy": float(((scores >= 0.5) == labels).mean()),
            "macro_f1": macro_f1(labels, (scores >= 0.5).astype(np.int64)),
            "majority_accuracy": float(max(labels.mean(), 1 - labels.mean())),
            "calibration_error": calibration_error(labels, scores),
            "precision_at_case": float(labels[flagged].mean()) if flagged.any() else None,
            "recall_at_case": float(flagged[labels == 1].mean()),
            "false_flags_at_case": float(flagged[labels == 0].mean()),
        }
    )


def own_scores(language: str, corpus: Corpus, scratch: Path) -> NDArray[np.float64]:
    """Return (n,) scores of the own lines, each by a model that never saw it."""
    part = folds(corpus.own_ids, FOLDS)
    scores = np.zeros(len(part))
    for number in range(FOLDS):
        arrays = fit(language, corpus, part != number)
        scores[part == number] = score(language, arrays, corpus.own.take(part == number).plain, scratch)
    return scores


def own_figures(corpus: Corpus, scores: NDArray[np.float64], case: float) -> dict[str, Any]:
    """Return figures on the own lines and, per kind of line, n and the share flagged."""
    kinds = np.array(corpus.own_kinds)
    by_kind = {
        kind: {"n": int((kinds == kind).sum()), "flagged": round(float((scores[kinds == kind] >= case).mean()), 4)}
        for kind in sorted(set(corpus.own_kinds))
    }
    return {"all": measure(corpus.own.labels, scores, case), "share flagged by kind": by_kind}


def public_figures(language: str, data: Path, model: InsultModel) -> dict[str, Any]:
    """Return figures on public texts that took no part in training."""
    sets: dict[str, tuple[list[str], list[int]]] = {}
    if language == "zh":
        sets["COLD dev (semi-automatic labels)"] = read_cold(data / "cold" / "dev.csv")
    else:
        folder = data / "tweeteval" / "offensive"
        if folder.is_dir():
            labels = [int(label) for label in (folder / "val_labels.txt").read_text().split()]
            texts = (folder / "val_text.txt").read_text("utf-8").split("\n")[: len(labels)]
            sets["TweetEval offensive val (never trained on)"] = (texts, labels)
    figures = {}
    for name, (texts, labels) in sets.items():
        found = samples(texts, labels)
        figures[name] = measure(found.labels, model.scores(found.plain), model.case_threshold)
    return figures


def train(language: str, data: Path, folder: Path) -> dict[str, Any]:
    """Train, write and measure one language; return its card."""
    corpus = load(language, data)
    path, scratch = folder / f"insult-{language}.npz", folder / "scratch.npz"
    arrays = fit(language, corpus, np.ones(len(corpus.own_ids), dtype=bool))
    held_scores = score(language, arrays, corpus.held.plain, scratch)
    out_of_fold = own_scores(language, corpus, scratch)
    chosen = public_thresholds(corpus.held.labels, held_scores)
    for name, wanted in WANTED_OWN_PRECISION.items():
        chosen[name] = max(chosen[name], precision_threshold(corpus.own.labels, out_of_fold, wanted))
    card: dict[str, Any] = {
        "name": f"insult-{language}",
        "task": "probability that a message attacks somebody (insult or threat)",
        "trained_on": {SOURCES[language]["name"]: len(corpus.fitted.texts), "eval/datasets/moderation/own.jsonl": len(corpus.own_ids)},
        "licence": {"arrays": "Apache-2.0", "data": SOURCES[language]["licence"] + " and own lines"},
        "labelled_by": "the publishers of the corpus; own lines by the authors, one label a line, no second annotator",
        "features": {"ngrams": list(spec(language).orders), "word_ngrams": list(spec(language).word_orders), "buckets": spec(language).buckets, "cues": list(CUES), "normaliser": VERSION, "C": C, "own_weight": OWN_WEIGHT},
        "needs_rude_word": NEEDS_RUDE_WORD[language],
        "case_threshold": chosen["case"],
        "flag_threshold": chosen["flag"],
        "thresholds_chosen_for": {"precision": WANTED_PRECISION, "on": "held-back fifth of the public training texts, resampled to half attacks", "prior": 0.5},
        "figures": {"held-back fifth": measure(corpus.held.labels, held_scores, chosen["case"])},
        "known_failures": FAILURES[language],
    }  # fmt: skip
    write_model(path, arrays, card)
    card["figures"] |= public_figures(language, data, InsultModel.load(language, folder))
    card["figures"][f"own lines, {FOLDS}-fold"] = own_figures(corpus, out_of_fold, chosen["case"])
    write_model(path, arrays, card)
    return card


def main() -> None:
    """Train both languages and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with cold/ and davidson/")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--language", choices=["zh", "en"], action="append")
    options = parser.parse_args()
    for language in options.language or ["zh", "en"]:
        card = train(language, options.data, options.out)
        shown = {name: card[name] for name in ("name", "case_threshold", "flag_threshold", "figures")}
        print(json.dumps(shown, ensure_ascii=False, indent=2))  # noqa: T201 - a command prints its result


if __name__ == "__main__":
    main()
