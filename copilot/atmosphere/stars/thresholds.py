"""Every number that stars, bridges and load depend on, in one place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class StarRules:
    """When somebody may be named, and how much is looked at.

    Attributes:
        usual_weeks: looked at when nothing is said: long enough for a role to show, short enough to be about now.
        most_weeks: that may be asked for.
        most_named: members in each list.
        most_messages: more are refused with the advice to take fewer weeks or one channel.
        most_members: in the graph; of more, those with most replies are kept.
        most_pairs: linked pairs in the graph, likewise.
        reach: how far before the window a message may lie that is replied to in it.
        least_replies: below, there is no graph to speak of.
        least_people: different people somebody must have answered, or exchanged replies with, to be named.
        least_answers: answers that a statement about somebody's load rests on at least.
        exact_up_to: members of a graph whose betweenness is exact; above, it is estimated from `pivots` of them.
        pivots: see `exact_up_to` (Brandes and Pich 2007).
        heat_before: mean probability of "negative", 0-1, from which a conversation counts as heated.
        around: messages by others before and after that say how heated it was.
        least_around: of those, the fewest on each side.
        near: how far in time they may lie.
        least_moments: heated moments somebody must have written in.
        loaded_share: of all answers; whoever surely gives more carries too much.
        loaded_days: days a week with answers, from which there is no day off.
        loaded_nights: share of answers at night, from which sleep is at stake.
        night: local hours, from and to, that are night.
        least_weekly: replies that a week's figure needs.
        least_weeks: such weeks a trend needs.
    """

    usual_weeks: int = 8
    most_weeks: int = 26
    most_named: int = 20
    most_messages: int = 300_000
    most_members: int = 10_000
    most_pairs: int = 200_000
    reach: timedelta = timedelta(days=2)
    least_replies: int = 20
    least_people: int = 3
    least_answers: int = 8
    exact_up_to: int = 600
    pivots: int = 128
    heat_before: float = 0.4
    around: int = 6
    least_around: int = 3
    near: timedelta = timedelta(minutes=30)
    least_moments: int = 4
    loaded_share: float = 0.2
    loaded_days: float = 5.0
    loaded_nights: float = 0.3
    night: tuple[int, int] = (23, 6)
    least_weekly: int = 10
    least_weeks: int = 4
