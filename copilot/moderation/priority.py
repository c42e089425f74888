"""How pressing a case is: harm x certainty x reach, each 0-1 and each shown. Nothing about the sender's past is in it.

- harm: of a category: low 0.25, medium 0.5, high 1.
- certainty: that a category is right: 1 - (1 - best score of a detector for it) x (1 - what the case's reports weigh).
  Detectors look at the same words, so that only the best counts; reports are people, so that they add up.
- A case is as pressing as the category with the highest harm x certainty, which stands for it: a reporter's strong word
  about a message weighs no more than that reporter, whatever a detector is sure of beside it.
- reach: 0.5 + 0.5 x min(1, log10(1 + people) / 3), where people are those who wrote in the channels of the case within a
  day before its latest message there, plus one for each further message: 1 person 0.55, 100 people 0.83, 999 people 1.
  It never falls below a half, so that what one person is threatened with in a quiet channel outranks adverts in a large
  one: a low harm reaches 0.25 at most, a high harm starts at 0.5 x certainty.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from copilot.moderation.models import Severity

HARM: dict[Severity, float] = {Severity.LOW: 0.25, Severity.MEDIUM: 0.5, Severity.HIGH: 1.0}
# No source is ever wholly sure.
_MOST_CERTAIN = 0.99
_PEOPLE_FOR_FULL_REACH = 3  # decimal digits: a thousand


@dataclass(frozen=True)
class Priority:
    """The three components, 0-1 each, and the category that leads."""

    category: str
    harm: float
    certainty: float
    reach: float

    @property
    def value(self) -> float:
        """Their product, 0-1."""
        return round(self.harm * self.certainty * self.reach, 6)


def weigh_case(suspicions: Mapping[str, tuple[Severity, float]], reports: float, people: int) -> Priority:
    """Return the priority of a case.

    Args:
        suspicions: by category, its severity and the best score of a detector for it, 0-1; at least one.
        reports: what the reports of the case weigh, 0-1.
        people: how many it reached, see above; at least 1 counts.
    """
    weighed: list[tuple[float, float, float, str]] = []
    for category, (severity, score) in suspicions.items():
        harm = HARM[severity]
        certainty = round(min(_MOST_CERTAIN, max(0.0, 1 - (1 - score) * (1 - reports))), 6)
        weighed.append((harm * certainty, harm, certainty, category))
    _, harm, certainty, category = max(weighed)
    reach = 0.5 + 0.5 * min(1.0, math.log10(1 + max(1, people)) / _PEOPLE_FOR_FULL_REACH)
    return Priority(category, harm, certainty, round(reach, 6))


def reports_weigh(voices: Iterable[float]) -> float:
    """Return the certainty that independent voices give together: 1 - product of (1 - reliability); 0 without any."""
    return 1 - math.prod(1 - min(_MOST_CERTAIN, max(0.0, voice)) for voice in voices)
