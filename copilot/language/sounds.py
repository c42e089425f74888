"""Tables behind the undoing of disguises: sounds of characters, ordinary pairs, word lists, split characters, pictures.

All are files beside this module, read once. A sound is one private-use character, so that the sounds of a text are a
string as long as the text and a stretch of sounds is a slice.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "data"
SOUNDS, VOCABULARY, ORDINARY, ENGLISH = "sounds.txt", "vocabulary.txt", "ordinary.npz", "english_syllables.txt"
MAX_WORD_CHARS = 5
_MOST_CHARACTERS = 12
_LONGEST_SYLLABLE = 6
_LONGEST_SPOKEN = 24
_FIRST_SOUND = 0xE000
_FIRST_HAN = 0x4E00
_WEAK_PARTS = frozenset(
    "亻氵讠扌忄犭纟钅饣礻衤艹宀疒辶冂刂攵彳阝廴冫灬罒虍丬丨丿乀丶亅乛匚凵厶勹卩彡夂廾冖亠隹龰疋佥昜咅𠬝𠂇㐬戋囗彐呙犮臿"
)
# Taken apart so often that they need no second sign; all their parts are characters of their own.
_SURE_SPLITS = frozenset(
    (
        "女马",
        "女乃",
        "口尼",
        "马扁",
        "贝戋",
        "女表",
        "尸比",
        "尸吊",
        "尸米",
        "月畜",
        "月邦",
        "又鸟",
        "舌忝",
        "春虫虫",
        "口马",
        "日寸",
    )
)


@dataclass(frozen=True)
class Word:
    """A word that a disguise may stand for.

    Attributes:
        is_abused: on our own list, not only common.
        by_sound: an insult, or long enough: to sound like it is enough.
    """

    text: str
    is_abused: bool
    by_sound: bool


@dataclass(frozen=True)
class Tables:
    """What was read.

    Attributes:
        sound_of: code point -> sound (a private-use character); for `str.translate`.
        syllables: Latin spelling -> sound.
        characters: sound -> its most frequent characters, in that order.
        words: sounds of a word -> words, our own list first, then by frequency.
        abused: the words of our own list.
        abused_characters: two neighbours inside a word of our own list, as written.
        abused_pairs: sounds of two neighbours inside a word of our own list.
        also: written form -> word, for forms that sound or look otherwise, and initials.
        splits: parts -> character; `sure_splits` need no second sign.
        pictures: emoji -> single characters it may stand for.
        ordinary: sorted codes of character pairs that ordinary text holds.
        common: characters of those pairs; any other one is rare.
        english: English words that are spelled like pinyin.
    """

    sound_of: dict[int, str]
    syllables: dict[str, str]
    characters: dict[str, str]
    words: dict[str, list[Word]]
    abused: frozenset[str]
    abused_characters: frozenset[str]
    abused_pairs: frozenset[str]
    also: dict[str, str]
    initials: dict[str, str]
    splits: dict[str, str]
    sure_splits: dict[str, str]
    pictures: dict[str, str]
    ordinary: NDArray[np.uint32]
    common: frozenset[str]
    english: frozenset[str]

    def sounds(self, text: str) -> str:
        """Return the sounds of a text, as long as the text; what has no sound stays."""
        return text.translate(self.sound_of)

    def is_ordinary(self, pair: str) -> bool:
        """Whether ordinary text holds these two Han characters side by side; false for any others."""
        one, other = ord(pair[0]) - _FIRST_HAN, ord(pair[1]) - _FIRST_HAN
        if not (0 <= one < 1 << 15 and 0 <= other < 1 << 15):
            return False
        code = np.uint32(one << 15 | other)
        at = int(self.ordinary.searchsorted(code))
        return at < len(self.ordinary) and bool(self.ordinary[at] == code)


def encode_pairs(pairs: Sequence[str]) -> NDArray[np.uint32]:
    """Return one number for each pair of Han characters of the basic block."""
    return np.array([(ord(p[0]) - _FIRST_HAN) << 15 | (ord(p[1]) - _FIRST_HAN) for p in pairs], dtype=np.uint32)


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Read the tables; about 60 ms, once."""
    sound_of: dict[int, str] = {}
    syllables: dict[str, str] = {}
    frequent: dict[str, str] = {}
    for number, line in enumerate(_lines(SOUNDS)):
        name, characters = line.split(" ", 1)
        syllables[name] = chr(_FIRST_SOUND + number)
        frequent[syllables[name]] = characters[:_MOST_CHARACTERS]
        sound_of.update((ord(character), syllables[name]) for character in characters)
    groups = _groups("abused_words.txt")
    abused = [word for name in ("abuse", "target", "selling") for word in groups[name]]
    insults = frozenset(groups["abuse"]) - frozenset(groups["not_by_sound"])
    words: dict[str, list[Word]] = {}
    seen: set[str] = set()
    for word, is_abused in [
        *((w, True) for w in abused),
        *((w, False) for line in _lines(VOCABULARY) for w in line.split()),
    ]:
        if word not in seen and len(word) <= MAX_WORD_CHARS:
            seen.add(word)
            by_sound = word in insults or (is_abused and len(word) > 2)
            words.setdefault(word.translate(sound_of), []).append(Word(word, is_abused, by_sound))
    ordinary = np.cumsum(np.load(FOLDER / ORDINARY, allow_pickle=False)["steps"], dtype=np.uint32)
    common = frozenset(map(chr, np.unique(np.concatenate([ordinary >> 15, ordinary & 0x7FFF])) + _FIRST_HAN))
    splits = {entry[1:]: entry[0] for entry in _groups("split_characters.txt")["split"] if len(entry) > 2}
    weak = {p: c for p, c in splits.items() if p in _SURE_SPLITS or any(x in _WEAK_PARTS or x not in common for x in p)}
    return Tables(
        sound_of=sound_of,
        syllables=syllables,
        characters=frequent,
        words=words,
        abused=frozenset(abused),
        abused_characters=frozenset(w[i : i + 2] for w in abused for i in range(len(w) - 1)),
        abused_pairs=frozenset(
            sounds[i : i + 2] for w in abused for sounds in [w.translate(sound_of)] for i in range(len(w) - 1)
        ),
        also=dict(entry.split("=") for entry in groups["also"]),
        initials=dict(entry.split("=") for entry in groups["initials"]),
        splits=splits,
        sure_splits=weak,
        pictures=_pictures(),
        ordinary=ordinary,
        common=common,
        english=frozenset(word for line in _lines(ENGLISH) for word in line.split()),
    )


_LATIN_RUN = re.compile(r"[a-z]+")


def heard(text: str) -> str:
    """Return a normalised text and, after a blank, how it sounds: one private-use character a syllable.

    Sound-alikes and words spelled in pinyin that nobody could undo for certain are then the same n-grams as the word
    they stand for. A text without Chinese comes back as it is.
    """
    known = tables()
    sounds = text.translate(known.sound_of)
    if sounds == text:
        return text
    return f"{text} {_LATIN_RUN.sub(_spoken, sounds)}"


def _spoken(match: re.Match[str]) -> str:
    word = match.group()
    return _spoken_word(word) if len(word) <= _LONGEST_SPOKEN else word


@lru_cache(maxsize=20_000)
def _spoken_word(word: str) -> str:
    known = tables()
    cut = () if word in known.english else cut_syllables(word, known.syllables)
    return "".join(known.syllables[syllable] for syllable in cut) or word


def _lines(name: str) -> list[str]:
    return [line for line in (FOLDER / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]


def _groups(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    group = ""
    for line in _lines(name):
        if line.startswith("["):
            group = line.strip("[]")
            found[group] = []
        else:
            found[group].extend(line.split())
    return found


def _pictures() -> dict[str, str]:
    """Return single-character senses of single-character pictures; variation selectors are folded away before."""
    found: dict[str, str] = {}
    for entry in _entries(_lines("emoji_words.txt")):
        picture, senses = entry.split("=")
        picture = picture.replace("\ufe0f", "")
        single = "".join(sense for sense in senses.split(",") if len(sense) == 1)
        if len(picture) == 1 and single:
            found[picture] = single
    return found


def _entries(lines: Iterable[str]) -> list[str]:
    return [entry for line in lines for entry in line.split()]


def cut_syllables(word: str, syllables: Container[str]) -> tuple[str, ...]:
    """Cut Latin letters into syllables, longest first; empty if they are not pinyin. Linear in the word's length."""
    # From the end: the longest first syllable of each rest that can be cut at all.
    size_at = [0] * (len(word) + 1)
    for at in range(len(word) - 1, -1, -1):
        for size in range(min(_LONGEST_SYLLABLE, len(word) - at), 0, -1):
            rest_fits = at + size == len(word) or size_at[at + size] > 0
            if rest_fits and (size > 1 or len(word) == 1) and word[at : at + size] in syllables:
                size_at[at] = size
                break
    cut: list[str] = []
    at = 0
    while at < len(word) and size_at[at]:
        cut.append(word[at : at + size_at[at]])
        at += size_at[at]
    return tuple(cut)
