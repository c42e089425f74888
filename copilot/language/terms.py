"""Finds the words of a list in normalised text: longest match first, Latin words only as whole words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_MAX_TERM_CHARS = 24


@dataclass(frozen=True)
class Term:
    """One find: the word, the group it belongs to, and its half-open span in the text searched."""

    word: str
    group: str
    start: int
    end: int


def read_terms(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the words of a list file by group: `[group]` lines, words between white space, `#` starts a comment line.

    `_` stands for a space inside a term.

    Raises:
        ValueError: words stand before the first group, or a group comes twice.
    """
    groups: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("[") and line.rstrip().endswith("]") and " " not in line:
            name = line.strip()[1:-1]
            if name in groups:
                raise ValueError(f"{path.name} has the group {name!r} twice")
            groups[name] = ()
        elif name:
            groups[name] += tuple(word.replace("_", " ") for word in line.split())
        else:
            raise ValueError(f"{path.name} has words before its first [group]")
    return groups


class TermIndex:
    """Words by group, looked up position by position; cost grows with the text, not with the list."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._group_of: dict[str, str] = {}
        for group, words in groups.items():
            for word in words:
                if not 0 < len(word) <= _MAX_TERM_CHARS:
                    raise ValueError(f"a term has 1 to {_MAX_TERM_CHARS} characters: {word!r}")
                if self._group_of.setdefault(word, group) != group:
                    raise ValueError(f"{word!r} is in two groups: {self._group_of[word]} and {group}")
        lengths: dict[str, set[int]] = {}
        for word in self._group_of:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[Term]:
        """Yield the terms in `text` from left to right, without overlaps."""
        at = 0
        while at < len(text):
            for length in self._lengths.get(text[at], ()):
                word = text[at : at + length]
                group = self._group_of.get(word)
                if group is not None and _is_whole(text, at, at + length):
                    yield Term(word, group, at, at + length)
                    at += length - 1
                    break
            at += 1


def _is_whole(text: str, start: int, end: int) -> bool:
    def latin(index: int) -> bool:
        return 0 <= index < len(text) and text[index].isascii() and text[index].isalnum()

    return not (latin(start) and latin(start - 1)) and not (latin(end - 1) and latin(end))
