"""What the two-stage design reaches when it may learn from a corpus itself, and what it keeps on another one.

`python -m eval.train.transfer --data FOLDER [--vectors FILE] [--out FILE]`. Models made here are measured and thrown away:
the licences of TweetEval and SMP2020 do not allow shipping what was trained on them. Takes some ten CPU-minutes, most of
it embeddings, so it is no part of `make eval`; its figures are in `eval/train/transfer.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.atmosphere.sentiment import LABELS
from copilot.atmosphere.sentiment import cues as mood_cues
from copilot.language.linear import LinearTextModel
from copilot.language.meaning import MeaningModel, excerpt
from copilot.language.ngrams import NgramSpec
from copilot.language.normalise import normalise
from copilot.moderation.classifier import cues as rude_cues
from eval.metrics.classification import confusion, macro_f1, macro_f1_of
from eval.metrics.intervals import bootstrap_confusion
from eval.train.corpora import read_cold, read_davidson, room_lines
from eval.train.fit import folds, write_model
from eval.train.staged import FOLDS, Problem, VectorFile, train_staged

OUT = Path(__file__).with_name("transfer.json")
SPEC = NgramSpec(orders=(1, 2, 3, 4), word_orders=(1, 2), bits=18)
MOST = 6_000  # texts learned from; an even sample of a larger corpus
_EMOTIONS = {"happy": 2, "neutral": 1, "surprise": 1}


@dataclass(frozen=True)
class Texts:
    """Texts with class numbers."""

    name: str
    texts: list[str]
    labels: list[int]


def tweets(data: Path, part: str) -> Texts:
    """Return the `train` or `val` part of TweetEval offensive."""
    folder = data / "tweeteval" / "offensive"
    labels = [int(label) for label in (folder / f"{part}_labels.txt").read_text("utf-8").split()]
    texts = (folder / f"{part}_text.txt").read_text("utf-8").split("\n")[: len(labels)]
    return Texts(f"TweetEval offensive {part}", texts, labels)


def blogs(data: Path, file: str) -> Texts:
    """Return a file of SMP2020-EWECT as three moods."""
    rows = json.loads((data / "smp2020" / file).read_text("utf-8"))
    return Texts(f"SMP2020 {file}", [row["content"] for row in rows], [_EMOTIONS.get(row["label"], 0) for row in rows])


def _chat(part: frozenset[str], name: str, head: str) -> Texts:
    lines = room_lines(part)
    if head == "sentiment":
        labels = [LABELS.index(line.labels["sentiment"]) for line in lines]
    else:
        labels = [int(bool(line.labels["offence"])) for line in lines]
    return Texts(name, [line.text for line in lines], labels)


def _every_third(whole: Texts) -> Texts:
    return Texts(whole.name, whole.texts[::3], whole.labels[::3])


def problem_of(corpus: Texts, kept: VectorFile, classes: int) -> Problem:
    """Return an even sample of a corpus as a problem."""
    step = max(1, -(-len(corpus.texts) // MOST))
    texts, labels = corpus.texts[::step], np.array(corpus.labels[::step])
    plain = [normalise(text).text for text in texts]
    return Problem(
        plain=plain,
        cues=mood_and_rude_cues(texts, plain),
        vectors=kept.vectors([excerpt(text) for text in plain]),
        targets=np.eye(classes)[labels] if classes > 2 else labels[:, None].astype(np.float64),
        weights=np.ones(len(texts)),
        part=folds(plain, FOLDS),
        judged=np.ones(len(texts), dtype=bool),
        spec=SPEC,
        words_c=2.0,
        meaning_c=0.3,
    )


def mood_and_rude_cues(texts: Sequence[str], plain: Sequence[str]) -> NDArray[np.float32]:
    """Return (n, cues): those of attacks, then those of mood."""
    return np.hstack([rude_cues(plain), mood_cues(texts, plain)])


def table(
    learned: Sequence[Texts], tested: Sequence[Texts], kept: VectorFile, classes: int, scratch: Path
) -> list[dict[str, Any]]:
    """Return macro-F1 with its interval for each pair, by the word stage alone and by both."""
    rows = []
    for corpus in learned:
        found = train_staged(problem_of(corpus, kept, classes))
        write_model(scratch / "words.npz", found.words, {})
        write_model(scratch / "meaning.npz", found.meaning, {})
        words, meaning = LinearTextModel.load(scratch / "words.npz"), MeaningModel.load(scratch / "meaning.npz")
        for other in tested:
            plain = [normalise(text).text for text in other.texts]
            signs = mood_and_rude_cues(other.texts, plain)
            first = words.logits(plain, signs)
            second = meaning.logits(kept.vectors([excerpt(text) for text in plain]), signs, first)
            row: dict[str, Any] = {"learned": corpus.name, "tested": other.name, "n": len(plain)}
            for stage, logits in (("words", first), ("both", second)):
                # One column: its sign. Three: the largest.
                said = logits.argmax(axis=1) if classes > 2 else (logits[:, 0] >= 0).astype(int)
                row[stage] = _with_interval(other.labels, said.tolist(), range(classes))
            rows.append(row)
    return rows


def _with_interval(truth: Sequence[int], said: Sequence[int], classes: Sequence[int]) -> list[float]:
    interval = bootstrap_confusion(confusion(truth, said, classes), macro_f1_of)
    return [round(value, 4) for value in (macro_f1(truth, said, classes), interval.low, interval.high)]


def main() -> None:
    """Measure every pair and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--vectors", type=Path, help="file that keeps embeddings between runs")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    data, kept, scratch = options.data, VectorFile(options.vectors), options.out.parent / "scratch"
    learn, test = frozenset({"train", "dev"}), frozenset({"test"})
    moods = table(
        [blogs(data, "virus_train.txt"), _chat(learn, "own chat", "sentiment")],
        [blogs(data, "virus_eval_labeled.txt"), _chat(test, "own chat, test scenes", "sentiment")],
        kept, len(LABELS), scratch,
    )  # fmt: skip
    offence = table(
        [
            tweets(data, "train"),
            Texts("COLD train", *read_cold(data / "cold" / "train.csv")),
            Texts("Davidson", *read_davidson(data / "davidson" / "labeled_data.csv")),
            _chat(learn, "own chat", "offence"),
        ],
        [
            tweets(data, "val"),
            _every_third(Texts("COLD dev, every third", *read_cold(data / "cold" / "dev.csv"))),
            _chat(test, "own chat, test scenes", "offence"),
        ],
        kept, 2, scratch,
    )  # fmt: skip
    for file in scratch.glob("*"):
        file.unlink()
    scratch.rmdir()
    found = {"measure": "macro-F1, 95 % bootstrap interval", "offensive": offence, "sentiment": moods}
    options.out.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
