"""Sentences with the words of others in them: what is quoted is marked, so that it is seen to be somebody's own."""

from __future__ import annotations

from collections.abc import Iterable

from api.console.evidence import Piece, pieces
from copilot.matching.models import Evidence, MatchItem
from copilot.matching.wording import make_label


def quoted(text: str, evidence: Iterable[Evidence]) -> list[Piece]:
    """Return a sentence cut at its quotes, without the ids of records; a quote that does not stand in it marks nothing."""
    evidence = list(evidence)
    for one in evidence:  # the API's readers look records up by them; here they are noise
        for bracketed in (f"（{one.record_id}）", f" ({one.record_id})", f"({one.record_id})"):
            text = text.replace(bracketed, "")
    found = ((_place(text, one.quote), one.quote) for one in evidence)
    return pieces(text, [(at, at + len(quote), quote) for at, quote in found if at >= 0])


def _place(text: str, quote: str) -> int:
    """Return where a quote stands: where it is put in marks, as its words may be part of what is said before."""
    marked = (text.find(mark + quote) for mark in "「“")
    return next((at + 1 for at in marked if at >= 0), text.find(quote))


def label_in(language: str, item: MatchItem) -> str:
    """Return who gains and how sure that is, in the reader's language; it is a reading of figures, nobody's words."""
    return make_label("zh-CN" if language == "zh-CN" else "en", item.mutuality, item.strengths) or item.label
