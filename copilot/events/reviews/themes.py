"""Themes of comments, by their words; quotes are spans of a comment, checked against it whenever they are shown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean
from typing import Literal

from pydantic import BaseModel, ConfigDict

from copilot.community.ids import text_hash
from copilot.events.reviews.models import Quote, Theme
from copilot.events.reviews.theme_words import WORDS, label
from copilot.language.terms import TermIndex

MIN_COMMENTS = 2  # what one person says is an opinion, not a theme
MAX_THEMES = 6
_QUOTES, _QUOTE_CHARS = 2, 80
_GOOD, _BAD = 4.2, 3.5
Mood = Literal["good", "mixed", "bad"]
_CLAUSE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Span(_Part):
    """A place in a comment, with the hash of the words that stood there: words are never copied out of a comment."""

    feedback_id: str
    start: int
    end: int
    hash: str


class FoundTheme(_Part):
    """A theme as it is stored."""

    key: str
    comments: int
    rating_mean: float
    spans: list[Span]


@dataclass(frozen=True)
class Comment:
    """What one attendee wrote, and the rating beside it."""

    id: str
    text: str
    rating: int


@cache
def _terms() -> TermIndex:
    return TermIndex(WORDS)


def find_themes(comments: Sequence[Comment]) -> list[FoundTheme]:
    """Return what at least two comments speak of, most often named first; at most six."""
    by_theme: dict[str, dict[str, tuple[Comment, int, int]]] = {}
    for comment in comments:
        for term in _terms().find(_lowered(comment.text)):
            start, end = _clause(comment.text, term.start, term.end)
            by_theme.setdefault(term.group, {}).setdefault(comment.id, (comment, start, end))
    found = [_theme(key, list(said.values())) for key, said in by_theme.items() if len(said) >= MIN_COMMENTS]
    return sorted(found, key=lambda theme: (-theme.comments, theme.key))[:MAX_THEMES]


def shown_themes(themes: Sequence[FoundTheme], comments: Mapping[str, str], locale: str) -> list[Theme]:
    """Return themes with the quotes that still stand in their comments; one without any is left out.

    Args:
        themes: as stored.
        comments: texts by feedback id, as they are now; what was erased or withdrawn is absent.
        locale: language of the labels.
    """
    shown = []
    for theme in themes:
        quotes = [quote for span in theme.spans if (quote := _quote(span, comments)) is not None]
        if quotes:
            mood = mood_of(theme)
            shown.append(
                Theme(label=label(theme.key, locale), comments=theme.comments, mood=mood, quotes=quotes)
            )  # fmt: skip
    return shown


def mood_of(theme: FoundTheme) -> Mood:
    """Return `good`, `mixed` or `bad` by the mean rating that came with the comments."""
    if theme.rating_mean >= _GOOD:
        return "good"
    return "bad" if theme.rating_mean < _BAD else "mixed"


def _theme(key: str, said: list[tuple[Comment, int, int]]) -> FoundTheme:
    # The lowest ratings first: what went wrong is what a plan can change.
    ordered = sorted(said, key=lambda item: (item[0].rating, item[0].id))
    spans = [
        Span(feedback_id=comment.id, start=start, end=end, hash=text_hash(comment.text[start:end]))
        for comment, start, end in ordered[:_QUOTES]
    ]
    mean = fmean(comment.rating for comment, _, _ in said)
    return FoundTheme(key=key, comments=len(said), rating_mean=round(mean, 2), spans=spans)


def _quote(span: Span, comments: Mapping[str, str]) -> Quote | None:
    words = comments.get(span.feedback_id, "")[span.start : span.end]
    if not words or text_hash(words) != span.hash:
        return None
    return Quote(feedback_id=span.feedback_id, text=words)


def _clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span of the sentence that holds a term, cut around the term when it is long."""
    for found in _CLAUSE.finditer(text):
        if found.start() <= start and end <= found.end():
            left, right = found.span()
            if right - left > _QUOTE_CHARS:
                left = max(left, start - _QUOTE_CHARS // 2)
                right = min(right, left + _QUOTE_CHARS)
                # Not in the middle of a Latin word.
                while left < start and _joins(text, left):
                    left += 1
                while right > end and _joins(text, right):
                    right -= 1
            while left < right and text[left].isspace():
                left += 1
            while right > left and text[right - 1].isspace():
                right -= 1
            return left, right
    return start, end


def _joins(text: str, at: int) -> bool:
    """Whether a cut before position `at` would tear a Latin word or a number."""
    return 0 < at < len(text) and all(letter.isascii() and letter.isalnum() for letter in text[at - 1 : at + 1])


def _lowered(text: str) -> str:
    """Return the text in lower case, character by character: spans must keep their places."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in text)
