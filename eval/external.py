"""Public case sets that are measured on when they are there and never shipped. Found by path, known by checksum.

`COPILOT_EVAL_DATA` names the folder; without it `../shared/data` beside the checkout is looked at. How to fetch the
sets is told in `eval/README.md`.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from copilot.errors import CopilotError

VARIABLE = "COPILOT_EVAL_DATA"
_BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data"
_SMP_CLASSES = {"happy": 2, "neutral": 1, "surprise": 1}  # angry, sad and fear are negative


class ExternalSetAbsent(CopilotError):
    """The set is not on this machine, or is not the file the gates were measured on."""

    code = "external_set_absent"


@dataclass(frozen=True)
class Labelled:
    """One text with its class number and, where the set knows one, the slice it belongs to."""

    text: str
    label: int
    slice: str = ""


@dataclass(frozen=True)
class ExternalSet:
    """A public set: its files with checksums, and how they are read. `licence` is upstream's own statement."""

    name: str
    about: str
    licence: str
    files: tuple[tuple[str, str], ...]
    read: Callable[[Sequence[Path]], list[Labelled]]


def folder() -> Path:
    """Return where the sets are looked for; it need not exist."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else _BESIDE


def load(name: str) -> list[Labelled]:
    """Return all rows of a set.

    Raises:
        ExternalSetAbsent: a file is missing or differs from its checksum.
    """
    found = SETS[name]
    paths = [folder() / path for path, _ in found.files]
    for path, (_, expected) in zip(paths, found.files, strict=True):
        if not path.is_file():
            raise ExternalSetAbsent(
                f"{name} is not here: `Public sets` in eval/README.md tells where it comes from; {VARIABLE} names its folder",
                name=name,
            )
        if checksum(path) != expected:
            raise ExternalSetAbsent(f"{name}: {path.name} is not the file the gates were measured on", name=name)
    return found.read(paths)


def present() -> dict[str, str]:
    """Return, for every set, the first 12 digits of its checksums, or `absent`."""
    return {
        name: " ".join(
            checksum(folder() / path)[:12] if (folder() / path).is_file() else "absent" for path, _ in s.files
        )
        for name, s in SETS.items()
    }


def told() -> list[str]:
    """Return a line for each file of each set: its SHA-256, where it belongs, and whether it is here, another file, or absent."""
    lines = []
    for name, found in SETS.items():
        for path, expected in found.files:
            file = folder() / path
            state = "absent" if not file.is_file() else "here" if checksum(file) == expected else "another file"
            lines.append(f"{expected}  {path}  {name}: {state}")
    return lines


@lru_cache(maxsize=64)
def checksum(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_cold(paths: Sequence[Path]) -> list[Labelled]:
    with paths[0].open(encoding="utf-8-sig", newline="") as file:
        return [Labelled(row["TEXT"], int(row["label"]), row["topic"]) for row in csv.DictReader(file)]


def _read_cntp(paths: Sequence[Path]) -> list[Labelled]:
    with paths[0].open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [Labelled(row["text"], int(row["toxic"]), row["trick"]) for row in rows]


def _read_tweets(paths: Sequence[Path]) -> list[Labelled]:
    labels = [int(label) for label in paths[1].read_text("utf-8").split()]
    # Not splitlines: tweets hold other line separators.
    texts = paths[0].read_text("utf-8").split("\n")[: len(labels)]
    return [Labelled(text, label) for text, label in zip(texts, labels, strict=True)]


def _read_smp(paths: Sequence[Path]) -> list[Labelled]:
    rows = json.loads(paths[0].read_text("utf-8"))
    return [Labelled(row["content"], _SMP_CLASSES.get(row["label"], 0)) for row in rows]


def _read_pairs(paths: Sequence[Path]) -> list[Labelled]:
    rows = [line.split("\t") for line in paths[0].read_text("utf-8-sig").split("\n") if line]
    return [Labelled(f"{one}\t{other}", int(label)) for one, other, label in rows]


def _read_sms_en(paths: Sequence[Path]) -> list[Labelled]:
    rows = [line.partition("\t") for line in paths[0].read_text("utf-8").split("\n") if line]
    return [Labelled(text, int(label == "spam")) for label, _, text in rows]


def _read_sms_zh(paths: Sequence[Path]) -> list[Labelled]:
    with paths[0].open(encoding="utf-8-sig", newline="") as file:
        return [Labelled(row["content"].strip(), int(row["label"])) for row in csv.DictReader(file)]


SETS: dict[str, ExternalSet] = {
    found.name: found
    for found in (
        ExternalSet(
            "cold_dev", "COLDataset dev: Chinese comments, offensive or not", "Apache-2.0",
            (("cold/dev.csv", "28e67a26815aa1852449ba06919e51c07060d146e2bd23101cc0137a0ff94b7c"),), _read_cold,
        ),
        ExternalSet(
            "cntp", "ToxiBenchCN, even ids: Chinese texts plain and disguised by eight tricks", "MIT",
            (("cntp/even.jsonl", "8866749a7dc1746229fad17cdbe347cf5aa5ccba20e27d8fd487968ed08e80c4"),), _read_cntp,
        ),
        ExternalSet(
            "tweeteval_offensive", "TweetEval offensive val: English tweets", "platform terms",
            (("tweeteval/offensive/val_text.txt", "816f36d180c35f15a5104838cb73856a0bef42043482fe738f3481b06242a55c"),
             ("tweeteval/offensive/val_labels.txt", "ed2deb776bd1c52fb8221fadd3360e32d9dfe46842d78053528126e46363a258")),
            _read_tweets,
        ),
        ExternalSet(
            "tweeteval_sentiment", "TweetEval sentiment val: English tweets, three ways", "platform terms",
            (("tweeteval/sentiment/val_text.txt", "e5b021e6fc45064c260b09814b803d8f56cada519c4d952d72f43d48a350a964"),
             ("tweeteval/sentiment/val_labels.txt", "b4566926c72e2e4e2916c864def94e76c4cdde52446af2c7ba4fc2006e057e51")),
            _read_tweets,
        ),
        ExternalSet(
            "smp2020", "SMP2020-EWECT virus eval: Chinese microblogs, six emotions as three sentiments", "none stated",
            (("smp2020/virus_eval_labeled.txt", "a60dd95652fb939db762735f5083d66120fbf494d4c1267f24065256c40f3476"),),
            _read_smp,
        ),
        ExternalSet(
            "lcqmc_dev", "LCQMC dev: pairs of Chinese questions (parted by a tab), 1 for the same intent", "CC BY 4.0",
            (("lcqmc/dev.txt", "d3cd41ed89b8f6196a76ebff2aa03d5ecf42edcd12942aa865d34f7e570af7c2"),), _read_pairs,
        ),
        ExternalSet(
            "sms_en", "SMS Spam Collection: English text messages", "CC BY (one mirror says CC BY-NC)",
            (("spam/sms_en.tsv", "7d039a24a6083ed9ef0f806ebad56bbb976e3aeb8de05669173bfdc4996c239d"),), _read_sms_en,
        ),
        ExternalSet(
            "sms_zh", "Chinese text messages, spam or not, a sample", "none stated",
            (("spam/sms_zh.csv", "a7cf6615fd13f964cb3250f857aef55c4b817a9d5572b41c56379c79b9171684"),), _read_sms_zh,
        ),
    )
}  # fmt: skip
