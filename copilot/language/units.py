"""A text as sounds: Chinese characters, syllables in Latin letters, and pictures that stand for words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from copilot.language.sounds import Tables, cut_syllables, tables

_LATIN = re.compile(r"[a-z]+(?:[ '][a-z]+)*")
END = "\0"

# One syllable between Chinese characters that hardly ever stands for anything else.
_SINGLE = {
    "gou": "狗",
    "zhu": "猪",
    "jian": "贱",
    "sao": "骚",
    "cao": "操",
    "biao": "婊",
    "gun": "滚",
    "si": "死",
    "chun": "蠢",
}
# What may stand for a word of its own in the middle of a sentence.
_BODIES = frozenset("👩👨🐶🐕🐷🐖🐔🐓🐢🐒🐵💩👻👅🐎🐴🐍🐭🐀🐻👵👴👮🦶👣🖐🍺🔪🐂🐮🐑")


@dataclass(frozen=True)
class Unit:
    """One sound of the text: a character, a syllable in Latin letters or a picture."""

    choices: str
    sounds: str
    start: int
    end: int
    kind: str


def is_han(character: str) -> bool:
    """Whether this is a Chinese character of the basic block."""
    return "\u4e00" <= character <= "\u9fff"


def latin_units(text: str, taken: list[bool], upper: frozenset[int], known: Tables) -> dict[int, Unit]:
    """Return the syllables of what is pinyin in a text, by their start."""
    return {
        unit.start: unit for match in _LATIN.finditer(text) for unit in _syllables(text, match, taken, upper, known)
    }


def written_units(text: str, taken: list[bool], latin: dict[int, Unit], known: Tables) -> list[Unit]:
    """Return the text as sounds; characters that say nothing here end a word: `END`."""
    sounds = known.sounds(text)
    units: list[Unit] = []
    at = 0
    while at < len(text):
        character = text[at]
        unit = latin.get(at)
        if unit is not None:
            units.append(unit)
            at = unit.end
            continue
        if taken[at]:
            units.append(Unit(character, END, at, at + 1, ""))
        elif is_han(character):
            rare = "radical" if character not in known.common else ""
            units.append(Unit(character, sounds[at], at, at + 1, rare))
        elif character in known.pictures and _stands_for_a_word(text, at):
            senses = known.pictures[character]
            units.append(Unit(senses, known.sounds(senses), at, at + 1, "emoji"))
        elif character != " " or not latin:
            units.append(Unit(character, END, at, at + 1, ""))
        at += 1
    return units


def _stands_for_a_word(text: str, at: int) -> bool:
    """Not at the end of a clause and not several of one kind: those are decoration."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return text[at] not in (before, after)


def _syllables(
    text: str, match: re.Match[str], taken: list[bool], upper: frozenset[int], known: Tables
) -> Iterator[Unit]:
    start, end = match.span()
    beside_han = (start > 0 and is_han(text[start - 1])) or (end < len(text) and is_han(text[end]))
    alone = start == 0 and end == len(text)
    apart = " " in match.group() and (start == 0 or text[start - 1] != " ")
    if (
        not (beside_han or alone or apart)
        or end - start > 60
        or any(taken[start:end])
        or any(i in upper for i in range(start, end))
    ):
        return
    at = start
    parts = re.split("[ ']", match.group())
    # A stretch that is pinyin from end to end and holds more than English words is pinyin.
    whole = all(map(_cut, parts)) and not known.english.issuperset(parts)
    for word in parts:
        after = at + len(word)
        touches = (at > 0 and is_han(text[at - 1])) or (after < len(text) and is_han(text[after]))
        cut = _cut(word) if whole or word not in known.english or (touches and len(word) < 6) else ()
        place = at
        for syllable in cut:
            yield Unit("", known.syllables[syllable], place, place + len(syllable), "pinyin")
            place += len(syllable)
        at = after + 1


@lru_cache(maxsize=20_000)
def _cut(word: str) -> tuple[str, ...]:
    return cut_syllables(word, tables().syllables)


def sense_alone(text: str, unit: Unit, seen: frozenset[str], known: Tables) -> str:
    """Return what one syllable or picture stands for by itself, or nothing; `seen`: kinds undone in this text already."""
    if unit.kind == "pinyin":
        single = _single(text, unit)
        return single or (_fitting(text, unit, known.characters[unit.sounds], known) if "pinyin" in seen else "")
    if unit.kind == "emoji":
        return _picture(text, unit) or (_fitting(text, unit, unit.choices, known) if "emoji" in seen else "")
    return ""


def _fitting(text: str, unit: Unit, choices: str, known: Tables) -> str:
    """Return the first choice that makes an ordinary pair with what stands before or else after, or nothing."""
    before = text[: unit.start].rstrip(" ")[-1:]
    after = text[unit.end :].lstrip(" ")[:1]
    with_before = [choice for choice in choices if before and known.is_ordinary(before + choice)]
    with_after = [choice for choice in choices if after and known.is_ordinary(choice + after)]
    return next(iter(with_before + with_after), "")


def _single(text: str, unit: Unit) -> str:
    beside = unit.start > 0 and is_han(text[unit.start - 1])
    closed = unit.end == len(text) or not text[unit.end].isascii() or text[unit.end] in ",.!?"
    return _SINGLE.get(text[unit.start : unit.end], "") if beside and closed else ""


def _picture(text: str, unit: Unit) -> str:
    """Return what a person, an animal or a part of the body stands for between two Chinese characters."""
    inside = unit.start > 0 and unit.end < len(text) and is_han(text[unit.start - 1]) and is_han(text[unit.end])
    if not inside or text[unit.start] not in _BODIES:
        return ""
    # A horse after "you" or "his" sounds like a mother.
    return "妈" if "妈" in unit.choices and text[unit.start - 1] in "你他她尼" else unit.choices[0]
