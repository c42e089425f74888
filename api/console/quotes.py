"""Sentences with the words of others in them: what is quoted is marked, so that it is seen to be somebody's own."""

from __future__ import annotations

from collections.abc import Iterable

from api.console.evidence import Piece, pieces
from copilot.matching.models import Evidence


def quoted(text: str, evidence: Iterable[Evidence]) -> list[Piece]:
    """Return a sentence cut at its quotes, without the ids of records; a quote that does not stand in it marks nothing."""
    evidence = list(evidence)
    for one in evidence:  # the API's readers look records up by them; here they are noise
        for bracketed in (f"（{one.record_id}）", f" ({one.record_id})", f"({one.record_id})"):
            text = text.replace(bracketed, "")
    found = ((text.find(one.quote), one.quote) for one in evidence)
    return pieces(text, [(at, at + len(quote), quote) for at, quote in found if at >= 0])
