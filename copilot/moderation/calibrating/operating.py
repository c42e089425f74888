"""How precise each cut would be and how much of what is known it would find: the points of a precision and recall curve.

Both are of decided cases alone. What nobody ever looked at is in neither, so recall is that of what is known; what is
missed altogether is estimated from messages drawn by chance (see `audits.py`).
"""

from __future__ import annotations

from pydantic import BaseModel, Field

from copilot.community.models import Category
from copilot.community.store import Unit
from copilot.moderation.calibrating.known import known_items, scored
from copilot.moderation.calibrating.proportions import Share, share
from copilot.moderation.calibrating.proposals import CUTS


class OperatingPoint(BaseModel):
    """What a cut comes to on decided cases."""

    cut: float
    precision: Share = Field(description="upheld of the decided cases from this cut on")
    recall: Share = Field(description="of all known violations with a score, those from this cut on")


def operating_curve(unit: Unit, category: Category) -> list[OperatingPoint]:
    """Return a point for each cut, the lowest first; nothing decided gives an empty list."""
    items = scored(known_items(unit), category.value)
    known = sum(item.is_violation for item in items)
    points = []
    for cut in CUTS if items else ():
        upheld = [item.is_violation for item in items if item.score >= cut]
        hits = sum(upheld)
        points.append(OperatingPoint(cut=cut, precision=share(hits, len(upheld)), recall=share(hits, known)))
    return points
