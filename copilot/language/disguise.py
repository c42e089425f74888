"""Undoes disguises that need tables: split characters, pinyin, sound-alikes, pictures, swapped order, initials.

A word is put back only where it is on a list and something in the writing gives the disguise away: Latin letters inside
Chinese, a rare character, a picture, or two characters that ordinary text never puts side by side. What is found is
returned as edits of the folded text; nothing here knows of categories.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

from copilot.language.sounds import MAX_WORD_CHARS, Tables, tables
from copilot.language.units import END, Unit, is_han, latin_units, sense_alone, written_units

_MOST_PAIRS = 400_000  # remembered at most; then forgotten all at once
_MOST_READINGS = 24
_ABBREVIATION = re.compile(r"(?<![a-z0-9])[a-z]{1,6}(?![a-z0-9])")
_PARTICLES = frozenset("的是个你我他她它们就不都也真很太这那吗吧呢啊了只群些种一有为像像当说叫算")


@dataclass(frozen=True)
class Edit:
    """Put `text` in place of the half-open span; `kind` names the disguise."""

    start: int
    end: int
    text: str
    kind: str


class _Pairs(dict[str, bool]):
    """Whether two neighbours give a disguise away, remembered: ordinary chat repeats its pairs."""

    def __missing__(self, pair: str) -> bool:
        if len(self) >= _MOST_PAIRS:
            self.clear()
        found = self[pair] = _is_suspicious(pair[0], pair[1], tables())
        return found


_PAIRS = _Pairs()


def suspicious_places(text: str) -> list[int]:
    """Return where a folded text must be looked at more closely; empty for nearly all ordinary text."""
    pairs = _PAIRS
    return [at for at, (a, b) in enumerate(pairwise(text)) if pairs[a + b]]


def find_disguises(
    text: str, places: Sequence[int], upper: frozenset[int] = frozenset(), seen: Sequence[str] = ()
) -> list[Edit]:
    """Return edits of a folded text from left to right, without overlaps.

    `places` are those of `suspicious_places`; `upper` are the positions that were capital letters: abbreviations in
    capitals are no pinyin. `seen` are the kinds undone in this text already: whoever hid one word that way hid others.
    """
    known = tables()
    first = [*_initials(text, known), *_known_forms(text, places, known)]
    taken = [False] * len(text)
    for edit in first:
        taken[edit.start : edit.end] = [True] * (edit.end - edit.start)
    latin = latin_units(text, taken, upper, known)
    if not latin and not first and all(_is_edge(text, at) for at in places):
        return []  # Chinese and other letters side by side, and none of them pinyin: the most frequent false trail
    units = written_units(text, taken, latin, known)
    return _apart([*first, *_words(text, units, frozenset(places), frozenset(seen))])


def _apart(edits: Iterable[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def _is_edge(text: str, at: int) -> bool:
    return is_han(text[at]) != is_han(text[at + 1]) and ("a" <= text[at] <= "z" or "a" <= text[at + 1] <= "z")


def _is_suspicious(a: str, b: str, known: Tables) -> bool:
    han_a, han_b = is_han(a), is_han(b)
    if not (han_a and han_b):
        latin = (han_a and "a" <= b <= "z") or (han_b and "a" <= a <= "z")
        weak = (a in _parts() and not han_a) or (b in _parts() and not han_b)
        return latin or weak or ((a in known.pictures or b in known.pictures) and (han_a or han_b or a != b))
    pair = a + b
    if pair in _starts() or a not in known.common or b not in known.common:
        return True
    if pair in known.abused_characters or known.is_ordinary(pair):
        return False
    return known.sounds(pair) in known.abused_pairs or b + a in known.abused


@lru_cache(maxsize=1)
def _parts() -> frozenset[str]:
    return frozenset("".join(tables().sure_splits))


@lru_cache(maxsize=1)
def _starts() -> frozenset[str]:
    known = tables()
    return frozenset(form[:2] for form in (*known.sure_splits, *known.also))


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[str]]:
    """Return sound-alikes and split characters by their first two characters, longest first."""
    known = tables()
    found: dict[str, list[str]] = {}
    for form in sorted({*known.also, *known.splits}, key=len, reverse=True):
        found.setdefault(form[:2], []).append(form)
    return found


def _initials(text: str, known: Tables) -> Iterator[Edit]:
    """Yield abbreviations such as `nmsl`: the whole text, or beside Chinese."""
    if text.isascii():
        if text in known.initials:
            yield Edit(0, len(text), known.initials[text], "initials")
        return
    for match in _ABBREVIATION.finditer(text):
        start, end = match.span()
        for left, right in ((start - 1, end), (start, end + 1), (start, end)):
            word = known.initials.get(text[left:right]) if left >= 0 and right <= len(text) else None
            if word:
                yield Edit(left, right, word, "initials")
                break


def _known_forms(text: str, places: Sequence[int], known: Tables) -> Iterator[Edit]:
    """Yield written forms with one sense: sound-alikes from the list, and split characters.

    Once a sure split shows what the writer does, unsure ones anywhere in the text are put together as well.
    """
    forms = _forms()
    has_split = any(
        text.startswith(form, at)
        for at in places
        for form in forms.get(text[at : at + 2], ())
        if form in known.sure_splits
    )
    free = 0
    for at in range(len(text) - 1) if has_split else places:
        if at < free:
            continue
        for form in forms.get(text[at : at + 2], ()):
            end = at + len(form)
            if form in known.splits and form not in known.sure_splits and not has_split:
                continue
            if text.startswith(form, at) and (edit := _known_form(text, form, at, end, known)) is not None:
                yield edit
                free = end
                break


def _known_form(text: str, form: str, start: int, end: int, known: Tables) -> Edit | None:
    if form in known.also:
        if len(form) == 2 and not _stands_apart(text, start, end, known):
            return None
        return Edit(start, end, known.also[form], "homophone")
    if form in known.sure_splits or not _reads_on(text, start, end, known):
        return Edit(start, end, known.splits[form], "split")
    return None


def _reads_on(text: str, start: int, end: int, known: Tables) -> bool:
    """Whether the parts are a stretch of ordinary writing: they and what stands beside them are ordinary pairs."""
    return all(
        known.is_ordinary(a + b) for a, b in zip(text[start : end - 1], text[start + 1 : end], strict=True)
    ) and any(0 <= at < len(text) - 1 and known.is_ordinary(text[at : at + 2]) for at in (start - 1, end - 1))


def _words(text: str, units: list[Unit], places: frozenset[int], seen: frozenset[str]) -> Iterator[Edit]:
    """Yield the words that stand around what gives a disguise away; elsewhere nothing is looked up."""
    known = tables()
    hot = [n for n, unit in enumerate(units) if unit.kind or unit.start in places]
    at = 0
    while hot and at < len(units):
        while hot and hot[0] < at:
            del hot[0]
        if not hot or hot[0] >= at + MAX_WORD_CHARS:
            at = hot[0] - MAX_WORD_CHARS + 1 if hot else len(units)
            continue
        for size in range(min(MAX_WORD_CHARS, len(units) - at), 1, -1):
            window = units[at : at + size]
            word, kind = _word(text, window, places, bool(seen))
            if word:
                yield from _edits(window, word, kind)
                at += size
                break
        else:
            unit = units[at]
            plain = sense_alone(text, unit, seen, known) if unit.kind else ""
            if plain:
                yield Edit(unit.start, unit.end, plain, unit.kind)
            at += 1


def _word(text: str, window: list[Unit], places: frozenset[int], hides: bool) -> tuple[str, str]:
    """Return the word that these units stand for and how it was disguised, or nothing; `hides`: the writer hid others."""
    known = tables()
    if any(unit.sounds == END for unit in window):
        return "", ""
    kinds = [unit.kind for unit in window if unit.kind]
    if not kinds:
        # Every pair of such a word must be one that ordinary text never holds.
        all_odd = all(unit.start in places for unit in window[:-1])
        return _plain_word(text, window, hides) if all_odd else ("", "")
    options = [unit.sounds for unit in window]
    count = 1
    for option in options:
        count *= len(option)
    if count > _MOST_READINGS:
        return "", ""
    for key in map("".join, product(*options)):
        for word in known.words.get(key, ()):
            is_wanted = hides or word.is_abused or set(kinds) == {"pinyin"}
            if is_wanted and all(u.kind or u.choices == c for u, c in zip(window, word.text, strict=True)):
                return word.text, kinds[0]
    return "", ""


def _plain_word(text: str, window: list[Unit], hides: bool) -> tuple[str, str]:
    """Sound-alikes and swapped order of plain characters: only words of our own list, and never from ordinary pairs."""
    known = tables()
    start, end = window[0].start, window[-1].end
    written = text[start:end]
    if len(written) != len(window) or written in known.abused:
        return "", ""
    pairs = [written[i : i + 2] for i in range(len(written) - 1)]
    if any(known.is_ordinary(pair) for pair in pairs):
        return "", ""
    for word in known.words.get("".join(unit.sounds for unit in window), ()):
        sure = word.by_sound and (len(written) > 2 or _stands_apart(text, start, end, known))
        if sure or (hides and word.is_abused):
            return word.text, "homophone"
    if written[::-1] in known.abused and len(written) == 2 and _stands_apart(text, start, end, known):
        return written[::-1], "swap"
    return "", ""


def _stands_apart(text: str, start: int, end: int, known: Tables) -> bool:
    """Whether the characters belong to no ordinary pair with what stands before or after; particles say nothing."""
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    return not (
        (before and before not in _PARTICLES and known.is_ordinary(before + text[start]))
        or (after and after not in _PARTICLES and known.is_ordinary(text[end - 1] + after))
    )


def _edits(window: list[Unit], word: str, kind: str) -> Iterator[Edit]:
    """One edit for each character that changes, so that the map back stays exact inside the word."""
    for number, (unit, character) in enumerate(zip(window, word, strict=True)):
        end = unit.end
        # A space between two syllables belongs to the first of them.
        if unit.kind == "pinyin" and number + 1 < len(window):
            end = window[number + 1].start
        if unit.kind or unit.choices != character:
            yield Edit(unit.start, end, character, unit.kind or kind)
