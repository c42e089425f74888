"""Disguised copies of training lines, written by rules of our own: what people hide, and how, so that models meet the remains.

The normaliser undoes what it can prove; a model that only ever saw plain text is lost where it cannot. Which words are
hidden comes from our own list first, then by chance. Ordinary lines are disguised too, if more rarely: to hide a word is a
sign, but no proof. No measured set was read for this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from random import Random

from copilot.language.sounds import MAX_WORD_CHARS, tables
from copilot.language.units import is_han

_MOST_HIDDEN = 3
_LIKE_SHARE = 0.5  # of sound-alikes taken among frequent characters; the rest among all
_MARKS = " .·*_-/|"


def copies(texts: Sequence[str], odds: Sequence[float], seed: int) -> list[tuple[int, str]]:
    """Return (row, disguised text) for a share of `texts`; `odds` say how likely each is copied, more than 1 for several."""
    random = Random(seed)  # noqa: S311 - reproducible, nothing secret
    found: list[tuple[int, str]] = []
    for row, (text, odd) in enumerate(zip(texts, odds, strict=True)):
        for _ in range(int(odd) + (random.random() < odd % 1)):
            copy = disguised(text, random)
            if copy is not None:
                found.append((row, copy))
    return found


def disguised(text: str, random: Random) -> str | None:
    """Return a copy of a simplified Chinese text with one to three words hidden in one way, or None if nothing can be hidden."""
    trick = random.choice(TRICKS)
    spans = _spans(text, random)
    changed = False
    for start, end in sorted(spans, reverse=True):
        hidden = trick(text[start:end], random)
        if hidden is not None and hidden != text[start:end]:
            text = text[:start] + hidden + text[end:]
            changed = True
    return text if changed else None


def _spans(text: str, random: Random) -> list[tuple[int, int]]:
    """Return what a writer would hide: words of our list, else words or characters by chance."""
    abused, vocabulary = tables().abused, _vocabulary()
    listed: list[tuple[int, int]] = []
    others: list[tuple[int, int]] = []
    at = 0
    while at < len(text):
        for size in range(MAX_WORD_CHARS, 0, -1):
            word = text[at : at + size]
            if len(word) == size and word in abused:
                listed.append((at, at + size))
                at += size - 1
                break
            if size > 1 and len(word) == size and word in vocabulary:
                others.append((at, at + size))
                at += size - 1
                break
        at += 1
    random.shuffle(listed)
    random.shuffle(others)
    wanted = random.randint(1, _MOST_HIDDEN)
    return (listed + others)[:wanted] if random.random() < 0.8 else others[:wanted]


def _each(word: str, change: Callable[[str, Random], str | None], random: Random) -> str | None:
    """Change every character with even odds, at least one."""
    chosen = [at for at in range(len(word)) if random.random() < 0.5] or [random.randrange(len(word))]
    new = [change(c, random) if at in chosen else c for at, c in enumerate(word)]
    return None if any(c is None for c in new) else "".join(c for c in new if c is not None)


def _pinyin(word: str, random: Random) -> str | None:
    spelled = [_spelling(c) for c in word]
    if not all(spelled):
        return None
    if random.random() < 0.4:
        return _each(word, lambda c, _: _spelling(c), random)
    return random.choice(("", "", " ")).join(spelled)


def _initials(word: str, random: Random) -> str | None:
    firsts = [_spelling(c)[:1] for c in word]
    if not all(firsts):
        return None
    if random.random() < 0.3:
        at = random.randrange(len(word))
        return word[:at] + firsts[at] + word[at + 1 :]
    joined = "".join(firsts)
    return joined.upper() if random.random() < 0.3 else joined


def _sound_alike(word: str, random: Random) -> str | None:
    return _each(word, _same_sound, random) if random.random() < 0.5 else _all(word, _same_sound, random)


def _all(word: str, change: Callable[[str, Random], str | None], random: Random) -> str | None:
    new = [change(c, random) for c in word]
    return None if any(c is None for c in new) else "".join(c for c in new if c is not None)


def _same_sound(character: str, random: Random) -> str | None:
    everyone = _by_sound().get(tables().sounds(character), "")
    frequent = tables().characters.get(tables().sounds(character), "")
    pool = (frequent if random.random() < _LIKE_SHARE else everyone[:40]).replace(character, "")
    return random.choice(pool) if pool else None


def _part(word: str, random: Random) -> str | None:
    return _each(word, _look_alike, random)


def _look_alike(character: str, random: Random) -> str | None:
    """Return a character that shares a part: one of its parts, or one that holds it or the same part."""
    pool = _shapes().get(character, "")
    return random.choice(pool) if pool else None


def _apart(word: str, random: Random) -> str | None:
    return _each(word, lambda c, r: r.choice(found) if (found := _parts().get(c)) else None, random)


def _swap(word: str, random: Random) -> str | None:
    if len(word) < 2:
        return None
    at = random.randrange(len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _picture(word: str, random: Random) -> str | None:
    return _each(word, lambda c, r: r.choice(found) if (found := _pictures().get(tables().sounds(c))) else None, random)


def _spread(word: str, random: Random) -> str | None:
    return random.choice(_MARKS).join(word) if len(word) > 1 else None


TRICKS: Sequence[Callable[[str, Random], str | None]] = (
    _pinyin, _pinyin, _initials, _initials, _sound_alike, _sound_alike, _part, _part, _apart, _swap, _picture, _spread,
)  # fmt: skip


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(word.text for words in tables().words.values() for word in words)


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    return {sound: name for name, sound in tables().syllables.items()}


def _spelling(character: str) -> str:
    return _spellings().get(tables().sounds(character), "") if is_han(character) else ""


@lru_cache(maxsize=1)
def _by_sound() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code, sound in tables().sound_of.items():
        found.setdefault(sound, []).append(chr(code))
    return {sound: "".join(characters) for sound, characters in found.items()}


@lru_cache(maxsize=1)
def _parts() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for parts, character in tables().splits.items():
        found.setdefault(character, []).append(parts)
    return found


@lru_cache(maxsize=1)
def _shapes() -> dict[str, str]:
    """Return for each character those that share its largest parts."""
    holders: dict[str, set[str]] = {}
    for parts, character in tables().splits.items():
        for part in parts:
            holders.setdefault(part, set()).add(character)
    found: dict[str, set[str]] = {}
    for part, characters in holders.items():
        if is_han(part):
            found.setdefault(part, set()).update(characters)
            for character in characters:
                found.setdefault(character, set()).update({part, *characters})
    return {character: "".join(sorted(like - {character})) for character, like in found.items()}


@lru_cache(maxsize=1)
def _pictures() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for picture, senses in tables().pictures.items():
        for sense in senses:
            found.setdefault(tables().sounds(sense), []).append(picture)
    return found
