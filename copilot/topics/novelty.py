"""How far a question is from what is published already: articles of the library and published topics. Arrays in, no I/O."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from copilot.community.demand import DemandRules

Vectors = Mapping[str, NDArray[np.float32]]
# With fewer questions than this their middle says nothing about what is usual; cosines of e5 crowd above it anyway.
_FEWEST = 10
_USUAL = 0.85
# From this novelty on nothing published comes near enough to send somebody there instead.
GAP = 0.5


def novelty_of(
    asked: Vectors, content: NDArray[np.float32], background: NDArray[np.float32], rules: DemandRules
) -> dict[str, float]:
    """Return the novelty of each question, 0-1: 0 is as near to published content as one question to its repetition.

    Args:
        asked: unit vectors (d,) of questions.
        content: unit vectors (n, d) of published content; with none everything is new.
        background: unit vectors (m, d) of what is asked in general.
        rules: from which cosine two questions are one.

    What is no nearer to the content than half of all questions is new; from there to the cosine of a repetition the
    novelty falls in a straight line.
    """
    if not asked or not content.size:
        return dict.fromkeys(asked, 1.0)
    ids = sorted(asked)
    usual = float(np.median((background @ content.T).max(axis=1))) if len(background) >= _FEWEST else _USUAL
    bound = max(rules.same_similarity, usual + rules.same_lead)
    nearest = (np.stack([asked[i] for i in ids]) @ content.T).max(axis=1)
    values = np.clip((bound - nearest) / (bound - usual), 0.0, 1.0)
    return {record_id: round(float(value), 4) for record_id, value in zip(ids, values, strict=True)}
