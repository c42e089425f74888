"""Makes the tables that disguises are undone with: `python -m eval.train.disguise --data FOLDER`.

Sounds come from pypinyin (MIT). Which pairs of characters are ordinary, and which words are common in rough talk, comes
from the training half of COLDataset (Apache-2.0), from pypinyin's phrases and from lines written by the authors. The
word lists of abuse, split characters and pictures are written by hand and not touched here.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from opencc import OpenCC

from copilot.language.sounds import ENGLISH, FOLDER, ORDINARY, SOUNDS, VOCABULARY, cut_syllables, encode_pairs

_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_OWN = Path(__file__).resolve().parents[1] / "datasets"
_MIN_PAIR_COUNT = 2
_MIN_WORD_COUNT = 6
_MIN_PHRASE_COUNT = 2
_MIN_BOND = 0.5
_MIN_ENGLISH = 4
# Characters that begin or end a chance neighbourhood rather than a word.
_LOOSE = frozenset(
    "的了是我你他她它们不也都就在有这那个么吧吗呢啊和与对把被让给到从为以还没又很太说会能要想看去来上下里得着过一"
)


def main() -> None:
    """Write the three generated tables beside the hand-written ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds cold/ and davidson/")
    folder = parser.parse_args().data
    texts = [_SIMPLIFY.convert(text) for text in cold_texts(folder)]
    phrases = _phrases()
    (FOLDER / SOUNDS).write_text(_sounds(Counter("".join(texts))), "utf-8")
    (FOLDER / VOCABULARY).write_text(_vocabulary(texts, frozenset(phrases)), "utf-8")
    (FOLDER / ENGLISH).write_text(_english(folder), "utf-8")
    pairs = ordinary_pairs(texts, phrases)
    np.savez_compressed(FOLDER / ORDINARY, steps=np.diff(pairs, prepend=np.uint32(0)).astype(np.uint32))


_SIMPLIFY = OpenCC("t2s")


def cold_texts(folder: Path) -> list[str]:
    """Return the comments of the training part of COLDataset."""
    with (folder / "cold" / "train.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["TEXT"] for row in csv.DictReader(file)]


def ordinary_pairs(texts: Iterable[str], phrases: Iterable[str]) -> np.ndarray:
    """Return the sorted codes of character pairs that stand in phrases, or more than once in texts."""
    counted = Counter(pair for text in texts for pair in _pairs(text))
    found = {pair for pair, count in counted.items() if count >= _MIN_PAIR_COUNT}
    found.update(pair for phrase in phrases for pair in _pairs(phrase))
    found.update(pair for text in _own_texts() for pair in _pairs(text))
    return np.unique(encode_pairs(sorted(found)))


def _pairs(text: str) -> Iterator[str]:
    for run in _HAN_RUN.findall(text):
        yield from (run[i : i + 2] for i in range(len(run) - 1))


def _own_texts() -> Iterator[str]:
    """Yield the clean lines of our own sets; of the room set, only scenes that may train."""
    for line in (_OWN / "moderation" / "own.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if not row["categories"]:
            yield row["text"]


def _phrases() -> list[str]:
    from pypinyin.phrases_dict import phrases_dict  # 47,000 phrases: only here

    return [_SIMPLIFY.convert(phrase) for phrase in phrases_dict]


def _english(folder: Path) -> str:
    """Return English words that are spelled like pinyin, from Davidson's tweets and our own lines."""
    with next((folder / "davidson").glob("*.csv")).open(encoding="utf-8", newline="") as file:
        texts = [row["tweet"] for row in csv.DictReader(file)]
    counted = Counter(word for text in texts for word in re.findall(r"[a-z]+", text.lower()))
    counted.update({word: _MIN_ENGLISH for text in _own_texts() for word in re.findall(r"[a-z]+", text.lower())})
    syllables = {line.split()[0] for line in _sounds(Counter()).splitlines() if not line.startswith("#")}
    kept = sorted(w for w, count in counted.items() if count >= _MIN_ENGLISH and cut_syllables(w, syllables))
    lines = [" ".join(kept[i : i + 20]) for i in range(0, len(kept), 20)]
    return "# English words spelled like pinyin, made by eval.train.disguise.\n" + "\n".join(lines) + "\n"


def _sounds(frequency: Counter[str]) -> str:
    """Return characters by sound, the most frequent in rough talk first."""
    from pypinyin import Style, pinyin  # reads its tables at import

    by_sound: dict[str, list[str]] = {}
    for code in range(0x4E00, 0xA000):
        character = chr(code)
        [[sound]] = pinyin(character, style=Style.NORMAL, errors="ignore") or [[""]]
        sound = sound.replace("ü", "v")
        if sound.isascii() and sound.isalpha():
            by_sound.setdefault(sound, []).append(character)
    lines = [
        f"{sound} {''.join(sorted(characters, key=lambda c: -frequency[c]))}"
        for sound, characters in sorted(by_sound.items())
    ]
    return (
        "# Toneless sounds of Han characters, made by eval.train.disguise from pypinyin (MIT).\n"
        + "\n".join(lines)
        + "\n"
    )


def _vocabulary(texts: list[str], phrases: frozenset[str]) -> str:
    """Return words of two to four characters that hold together, the most frequent first."""
    single: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for text in texts:
        found: set[str] = set()
        for run in _HAN_RUN.findall(text):
            single.update(run)
            for size in (2, 3, 4):
                found.update(run[i : i + size] for i in range(len(run) - size + 1))
        counted.update(found)
    total = sum(single.values())
    length = total / len(texts)

    def bond(word: str) -> float:
        chance = sum(math.log(single[c] / total * length) for c in word)
        return math.log(counted[word] / len(texts)) - chance

    kept = [
        word
        for word, count in counted.items()
        if (count >= _MIN_PHRASE_COUNT and word in phrases)
        or (
            count >= _MIN_WORD_COUNT * (1 if len(word) == 2 else 2)
            and bond(word) > _MIN_BOND * (len(word) - 1)
            and word[0] not in _LOOSE
            and word[-1] not in _LOOSE
        )
    ]
    kept.sort(key=lambda word: (-counted[word], word))
    lines = [" ".join(kept[i : i + 24]) for i in range(0, len(kept), 24)]
    head = "# Words common in rough talk, most frequent first, made by eval.train.disguise from COLDataset (train, Apache-2.0).\n"
    return head + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
