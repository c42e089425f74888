"""Sentences with the words of others in them: what is quoted is marked, so that it is seen to be somebody's own."""

from __future__ import annotations

from collections.abc import Iterable

from api.console.evidence import Piece, pieces
from copilot.matching.models import Evidence


def quoted(text: str, evidence: Iterable[Evidence]) -> list[Piece]:
    """Return a sentence cut at its quotes; a quote that does not stand in it marks nothing."""
    found = ((text.find(one.quote), one.quote) for one in evidence)
    return pieces(text, [(at, at + len(quote), quote) for at, quote in found if at >= 0])
