"""Cuts a text into cells, sentences and clauses, for Chinese and English, as spans: every part stays an exact slice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# What people put between the cells of a line: bars, wide spaces, pictographs used as labels.
_CELL_END = re.compile(
    r"[|｜丨\u3000\t]+|(?:[\U0001F300-\U0001FAFF\u2600-\u27bf\u2b50\u200d\ufe0f]|[\U0001F3FB-\U0001F3FF])+"
)
_BULLET = re.compile(
    r"\s*(?:[-*•·●▪>#]+\s*|[（(]?\d{1,2}[)）.、．:：]\s*(?!\d)|[\u2460-\u2473]\s*|[一二三四五六七八九十]{1,2}[、．.]\s*|【[^】]{1,12}】\s*|#[^#\s]{1,12}#\s*)+"
)
# A full stop ends a sentence only before white space, and not after a single letter or a short form.
_SENTENCE_END = re.compile(
    r"[。！!？?；;…]+|[～~]+(?=\s|$)|(?<!\b[A-Z])(?<!\be\.g)(?<!\bi\.e)(?<!\bMr)(?<!\bDr)(?<!\bvs)\.(?=\s|$)"
)
_CLAUSE_END = re.compile(
    r"[，,:：]+(?!\d{3})|\s[-—–]+\s|——|(?<=[a-z.!]) (?=(?:but|so|and) (?:I|we|I'm|I've|we're|we've|my|our|that)\b)"
)
_TRIMMED = " \t\r\n　，,、：:；;。.!！?？…—-–~～|｜丨·•*#＃()（）\"'“”"
_PAIRS = {")": "(", "）": "（", "”": "“"}


class Span(NamedTuple):
    """A half-open span of the source."""

    start: int
    end: int


def trimmed(text: str, start: int, end: int) -> Span:
    """Return the span without white space and punctuation at its ends; a closing mark stays when its opening is inside."""
    while start < end and text[start] in _TRIMMED:
        start += 1
    while start < end and text[end - 1] in _TRIMMED:
        opening = _PAIRS.get(text[end - 1])
        if opening is not None and opening in text[start : end - 1]:
            break
        end -= 1
    return Span(start, end)


def cells(text: str) -> Iterator[Span]:
    """Yield the cells of every line without bullets and numbers; an empty line yields an empty span."""
    at = 0
    for line in text.split("\n"):
        end = at + len(line)
        if not line.strip():
            yield Span(at, at)
        for start, stop in _between(text, at, end, _CELL_END):
            bullet = _BULLET.match(text, start, stop)
            begin = bullet.end() if bullet else start
            if text[begin:stop].strip():
                yield Span(begin, stop)
        at = end + 1


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the sentences within a span, without their final marks."""
    yield from _between(text, start, end, _SENTENCE_END)


def clauses(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the clauses of a sentence."""
    yield from _between(text, start, end, _CLAUSE_END)


def _between(text: str, start: int, end: int, mark: re.Pattern[str]) -> Iterator[Span]:
    at = start
    for found in mark.finditer(text, start, end):
        if text[at : found.start()].strip():
            yield Span(at, found.start())
        at = found.end()
    if text[at:end].strip():
        yield Span(at, end)
