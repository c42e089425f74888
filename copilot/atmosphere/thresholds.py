"""Every number the reading of a room depends on, in one place: code, tests and screens take them from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Thresholds:
    """When something may be said.

    Attributes:
        least_messages: visible messages a window needs; below, there is no reading at all.
        least_speakers: different people who wrote them; four can make any mood by themselves.
        least_read: messages with a reading that a figure about words needs.
        least_coverage: share 0-1 of messages that must have been read for such a figure: the rest may differ.
        least_questions: questions (or answered ones) that a figure about answers needs.
        least_pairs: pairs linked by replies that reciprocity needs.
        answer_reach: how long after a question an answer counts, also beyond the window's end.
        patience: a question younger than this, by the newest message known, is not yet called unanswered.
        nearby: how soon after a question a plain message by somebody else may have been its answer.
        substantive_words: content words from which a message says something (Chinese: pairs of characters).
        harmless_score: a message flagged with this score or more is never taken for substance.
    """

    least_messages: int = 30
    least_speakers: int = 5
    least_read: int = 20
    least_coverage: float = 0.5
    least_questions: int = 5
    least_pairs: int = 5
    answer_reach: timedelta = timedelta(hours=24)
    patience: timedelta = timedelta(hours=1)
    nearby: timedelta = timedelta(minutes=15)
    substantive_words: int = 8
    harmless_score: float = 0.6


@dataclass(frozen=True)
class Bounds:
    """What may be asked for.

    Attributes:
        longest: of one window.
        usual: how far back from the end a window begins when nothing is said of its start.
        most_days: of a reading day by day.
        most_messages: in and around one window, about 20 CPU-seconds; more are refused with the advice to narrow it.
        most_pairs: reply pairs in one answer.
        first_year: of any time given, for arithmetic that cannot overflow.
        last_year: see `first_year`.
    """

    longest: timedelta = timedelta(days=366)
    usual: timedelta = timedelta(days=7)
    most_days: int = 92
    most_messages: int = 200_000
    most_pairs: int = 100
    first_year: int = 1980
    last_year: int = 2200
