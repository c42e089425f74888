"""Every number the reading of a room depends on, in one place: code, tests and screens take them from here."""

from __future__ import annotations

from dataclasses import dataclass, field
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
        least_pairs: pairs linked by replies that reciprocity needs; also threads, and people who replied.
        least_newcomers: newcomers who wrote that a figure about them needs.
        newcomer_for: how long after joining, or a first message, somebody counts as a newcomer.
        least_answers: ratings or pulse answers; fewer might show what one member said.
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
    least_newcomers: int = 5
    newcomer_for: timedelta = timedelta(days=14)
    least_answers: int = 5
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
        usual_weeks: read week by week when nothing is said of the start.
        weeks_back: local weeks of which snapshots are kept, the newest one included: eight of history and a spare.
        weeks_renewed: of those, the newest that are read anew each time.
        most_rooms: channels, and groups of them, of which snapshots are kept; the busiest of each week.
        first_year: of any time given, for arithmetic that cannot overflow.
        last_year: see `first_year`.
    """

    longest: timedelta = timedelta(days=366)
    usual: timedelta = timedelta(days=7)
    most_days: int = 92
    most_messages: int = 200_000
    most_pairs: int = 100
    usual_weeks: int = 4
    weeks_back: int = 13
    weeks_renewed: int = 2
    most_rooms: int = 50
    first_year: int = 1980
    last_year: int = 2200


@dataclass(frozen=True)
class History:
    """How much of the past says what is usual.

    Attributes:
        least: earlier windows with a figure; below, there is no baseline.
        most: how many of the newest are taken; a change that stays is the new usual after about half of them.
        least_of_kind: windows of working days, or of weekends, before such a day has a baseline.
        least_of_weekday: windows of one weekday before it may differ from the other days of its kind.
        smallest_spread: no figure is steadier than this, in its own unit.
    """

    least: int = 10
    most: int = 56
    least_of_kind: int = 3
    least_of_weekday: int = 3
    smallest_spread: float = 0.01


DAYS = History()
WEEKS = History(least=4, most=12)


@dataclass(frozen=True)
class Watch:
    """When a change is beyond noise: a one-sided CUSUM of residuals against the room's own baseline (Page 1954).

    Attributes:
        slack: standard deviations a day may lie on the bad side without adding up; the test is quickest for shifts of
            twice as many.
        most_a_day: a day counts for at most so many standard deviations: no single day opens an alert.
        open_at: the sum that opens, by the fewest windows the baseline may have; a short history errs more.
        close_below: the share of `open_at` at which the alert closes again.
        most_above: the sum stays at most so far above `open_at`, so that it can come down.
        longest_gap: days without a figure after which the sum begins anew.
        false_alarms_a_week: the stated rate per dimension and room: an alert opens although nothing changed, when days
            vary around what is usual independently, also with a strong weekly pattern. By simulation, see
            `eval/suites/alerts.py`.
        most_false_alarms_a_week: the rate where single days stray far or moods swing for days, and with little history.
    """

    slack: float = 1.0
    most_a_day: float = 4.0
    open_at: tuple[tuple[int, float], ...] = ((42, 4.0), (21, 4.5), (0, 4.75))
    close_below: float = 0.25
    most_above: float = 3.0
    longest_gap: int = 7
    false_alarms_a_week: float = 0.02
    most_false_alarms_a_week: float = 0.05


@dataclass(frozen=True)
class Alerting:
    """What becomes of changes and threads.

    Attributes:
        budget: alerts announced in a local week when the operators say nothing else.
        reach: changes that opened longer ago than this before the newest day are past.
        threads_reach: how far back threads are looked at; the same messages say how heated the room usually is.
        thread_lasts: a thread closes when the signs have not been seen for so long.
        late_evening: a day is over when nothing is expected of it any more: its end may lie this far ahead.
        same_alert: an excursion that opens within this of a stored alert of the figure is that alert.
        weights: how much a change of each dimension matters beside the others; harm to people first.
        thread_weight: likewise of a thread.
        least_days: days before, and after, a step that its effect needs.
        effect_days: days looked at on each side.
    """

    budget: int = 3
    reach: timedelta = timedelta(days=28)
    threads_reach: timedelta = timedelta(days=28)
    thread_lasts: timedelta = timedelta(hours=24)
    late_evening: timedelta = timedelta(hours=3)
    same_alert: timedelta = timedelta(days=7)
    weights: dict[str, float] = field(
        default_factory=lambda: {
            "satisfaction": 1.5, "interaction_quality": 1.2, "activity": 1.0, "participation": 1.0, "content_quality": 0.8,
        }
    )  # fmt: skip
    thread_weight: float = 2.0
    least_days: int = 3
    effect_days: int = 7
