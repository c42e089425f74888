"""When somebody is best asked: from the hours at which they write themselves. Arithmetic only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

# With fewer messages an hour says nothing about a person.
FEWEST_MESSAGES = 12
# The hour with its neighbours must hold this share of the messages; else they write at any time.
LEAST_SHARE = 0.2
# Nobody is asked at night, whatever their messages say.
_EARLIEST, _LATEST = 8, 21


def best_hour(sent: Iterable[datetime], zone: tzinfo, liking: Mapping[int, float] | None = None) -> int | None:
    """Return the hour 8-21 in `zone` around which somebody writes most, or None when their messages are too few or too even.

    Neighbouring hours count by half. `liking` multiplies an hour's weight, 1.0 where absent; ties go to the earlier hour.
    """
    counts = Counter(at.astimezone(zone).hour for at in sent)
    total = sum(counts.values())
    if total < FEWEST_MESSAGES:
        return None

    def weight(hour: int) -> float:
        near = counts[hour] + 0.5 * (counts[hour - 1] + counts[(hour + 1) % 24])
        return near * (liking or {}).get(hour, 1.0)

    best = max(range(_EARLIEST, _LATEST + 1), key=lambda hour: (weight(hour), -hour))
    around = counts[best - 1] + counts[best] + counts[(best + 1) % 24]
    return best if around >= LEAST_SHARE * total else None
