"""Scores grounding: a quote counts only when it is, character for character, in the stored text of the record it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

VERSION = 1


@dataclass(frozen=True)
class Quote:
    """A quote as it was shown: by whom (for the list of worst cases), of which record, which words."""

    shown_in: str
    record_id: str
    words: str


def ungrounded(quotes: Iterable[Quote], texts: Mapping[str, str]) -> list[Quote]:
    """Return the quotes whose record is unknown, whose words are blank, or do not stand in the record."""
    return [quote for quote in quotes if not quote.words.strip() or quote.words not in texts.get(quote.record_id, "")]
