"""Which words of a message are the evidence: spans of code points, merged, and only where they still say what was quoted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copilot.moderation.case_views import CaseDetail, ContextLine, ItemView


@dataclass(frozen=True)
class Piece:
    """A part of a message."""

    text: str
    is_evidence: bool


@dataclass(frozen=True)
class Line:
    """A message around a case, cut into pieces."""

    said: ContextLine
    pieces: list[Piece]

    @property
    def is_of_case(self) -> bool:
        """Whether the case is about this message."""
        return self.said.role in {"subject", "also"}


def lines_of(detail: CaseDetail) -> list[Line]:
    """Return the words around a case with its evidence marked."""
    spans: dict[str, list[tuple[int, int, str]]] = {}
    case = detail.case
    spans.setdefault(case.message_id, []).append((case.evidence_start, case.evidence_end, case.quote))
    for item in detail.items:
        if item.withdrawn_at is None:
            spans.setdefault(item.message_id, []).append((item.evidence_start, item.evidence_end, item.quote))
    return [Line(line, pieces(line.text, spans.get(line.message_id, []))) for line in detail.lines]


@dataclass(frozen=True)
class Found:
    """What one detector found alike in several messages of a case; `item` has the highest score."""

    item: ItemView
    n: int


def found_in(detail: CaseDetail) -> list[Found]:
    """Return how a case was found, what is alike said once, in the order it was found."""
    groups: dict[tuple[object, ...], list[ItemView]] = {}
    for item in detail.items:
        alike = (
            item.found_by,
            item.category,
            item.detector,
            item.detector_version,
            item.threshold,
            item.withdrawn_at is None,
        )
        groups.setdefault(alike, []).append(item)
    return [Found(max(group, key=lambda item: item.score), len(group)) for group in groups.values()]


def pieces(text: str, spans: Iterable[tuple[int, int, str]]) -> list[Piece]:
    """Return `text` cut at the spans (start, end, quote); one whose quote is not there any more marks nothing."""
    marked = [False] * len(text)
    for start, end, quote in spans:
        if 0 <= start < end <= len(text) and text[start:end] == quote:
            marked[start:end] = [True] * (end - start)
    found: list[Piece] = []
    begin = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or marked[at] != marked[begin]:
            found.append(Piece(text[begin:at], marked[begin]))
            begin = at
    return found
