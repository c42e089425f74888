"""Notes and voice transcripts as sentences with their places. Pure functions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.language.words import content_words
from copilot.topics.post_models import Sentence, Span

# A transcript without marks breaks at line ends; a run longer than this also at commas.
_LONG = 120
_SENTENCE = re.compile(r"(?:[^。！？!?；;\n.…]|\.(?=\d)|\.(?=\S))+(?:[。！？!?；;…]+|\.(?=\s|$))?[”」』\"']?")
_COMMA = re.compile(r"[，,]\s*")
_BULLET = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.、)）](?!\d)|[一二三四五六七八九十]{1,2}、)\s*")
# What people say while they think. Cut out only as whole pieces between pauses; what is left stays literal.
_FILLER = re.compile(
    r"(?:(?<=^)|(?<=[，,。！？!?\s]))(?:嗯+|呃+|额+|啊+|哦+|那个|就是说|就是|然后呢?|怎么说呢|对吧|你知道吧|反正吧|"
    r"u+h+|u+m+|er+m*|you know|i mean|like|well|so)(?:[，,、。…\s]+|$)",
    re.IGNORECASE,
)
_EMPTY = re.compile(r"^[\W_]*$")


@dataclass(frozen=True)
class Said:
    """One sentence of the notes: its slices, in order, and the words it is about."""

    sentence: Sentence
    words: frozenset[str]


def read_notes(notes: str) -> list[Said]:
    """Return the sentences of notes in order, without bullets, fillers and exact repetitions; none for notes without letters."""
    found: list[Said] = []
    known: set[str] = set()
    for start, end in _pieces(notes):
        spans = _without_fillers(notes, start, end)
        text = "".join(notes[span.start : span.end] for span in spans)
        if not spans or _EMPTY.match(text) or text in known:
            continue
        known.add(text)
        found.append(Said(Sentence(text=text, spans=spans), frozenset(content_words(text))))
    return found


def _pieces(notes: str) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(notes):
        start, end = match.span()
        if end - start <= _LONG:
            pieces.append((start, end))
            continue
        left = start
        for comma in _COMMA.finditer(notes, start, end):
            if comma.end() - left >= _LONG // 2:
                pieces.append((left, comma.end()))
                left = comma.end()
        pieces.append((left, end))
    return pieces


def _without_fillers(notes: str, start: int, end: int) -> list[Span]:
    """Return the slices of one piece that are not fillers, trimmed of blanks and bullets at its ends."""
    bullet = _BULLET.match(notes[start:end])
    start += bullet.end() if bullet else 0
    spans: list[Span] = []
    left = start
    for filler in _FILLER.finditer(notes[start:end]):
        if start + filler.start() > left:
            spans.append(Span(start=left, end=start + filler.start()))
        left = start + filler.end()
    if left < end:
        spans.append(Span(start=left, end=end))
    return _trimmed(notes, spans)


def _trimmed(notes: str, spans: list[Span]) -> list[Span]:
    kept = [span for span in spans if notes[span.start : span.end].strip()]
    if kept:
        first, last = kept[0], kept[-1]
        lead = len(notes[first.start : first.end]) - len(notes[first.start : first.end].lstrip(" \t，,、"))
        kept[0] = Span(start=first.start + lead, end=first.end)
        last = kept[-1]
        tail = len(notes[last.start : last.end]) - len(notes[last.start : last.end].rstrip(" \t，,、"))
        kept[-1] = Span(start=last.start, end=last.end - tail)
    return [span for span in kept if span.end > span.start]
