"""When people at an event must be fed: lunch and dinner of the days it runs over, by the clock on the wall."""

from __future__ import annotations

from datetime import datetime, time, timedelta

# Whoever is still in the room at these times has missed the meal; breakfast is eaten before people come.
LUNCH, DINNER = time(12, 30), time(18, 30)


def mealtimes(local_start: datetime, minutes: int) -> list[datetime]:
    """Return the mealtimes during which the event runs, in order; one that ends at a mealtime lets people go to eat.

    Args:
        local_start: aware, in the event's own time zone.
        minutes: length of the event by the clock, nights included; 0 or less gives none.
    """
    end = local_start.replace(tzinfo=None) + timedelta(minutes=minutes)
    start, found = local_start.replace(tzinfo=None), []
    day = start.date()
    while day <= end.date():
        found += [at for at in (datetime.combine(day, clock) for clock in (LUNCH, DINNER)) if start <= at < end]
        day += timedelta(days=1)
    return [at.replace(tzinfo=local_start.tzinfo) for at in found]
