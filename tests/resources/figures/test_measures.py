"""Figures worked by hand: each sum stands beside what it must come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.resources.figures.estimates import Part, middle, ratio
from copilot.resources.figures.measures import days_waited, figures_of
from copilot.resources.figures.records import Book, Change, Shelf, Use
from copilot.resources.figures.supply import unit_days
from copilot.resources.figures.wording import remark

START, END = date(2026, 3, 1), date(2026, 3, 31)


def on(day: int, month: int = 3) -> date:
    return date(2026, month, day)


def shelf(name: str = "r", **more: object) -> Shelf:
    base = Shelf(name, "technology", "m0", 2, "available", "lend", on(1, 1))
    return replace(base, **more)  # type: ignore[arg-type]  # a test's short names


def use(name: str = "l", resource: str = "r", **more: object) -> Use:
    base = Use(name, resource, "m1", 1, "lend", "returned", on(1), on(2), on(2), on(5), on(5))
    return replace(base, **more)  # type: ignore[arg-type]  # as above


def days_of(item: Shelf, *uses: Use) -> tuple[int, int]:
    counted = unit_days(item, uses, START, END)
    return int(counted.used.sum()), int(counted.available.sum())


def test_a_unit_is_out_from_the_day_handed_over_to_the_day_before_it_is_back() -> None:
    # Handed over on the 2nd, back on the 5th: the 2nd, 3rd and 4th. Two units on 31 days: 62.
    assert days_of(shelf(), use()) == (3, 62)


def test_out_and_back_within_a_day_is_one_day_and_still_out_goes_on_to_the_end() -> None:
    assert days_of(shelf(), use(back_on=on(2))) == (1, 62)
    # From the 2nd to the 31st: 30 days.
    assert days_of(shelf(), use(status="overdue", back_on=None, closed_on=None)) == (30, 62)


def test_what_began_before_and_goes_on_after_counts_within_the_period_alone() -> None:
    assert days_of(shelf(), use(handed_on=on(20, 2), back_on=on(3))) == (2, 62)
    assert days_of(shelf(), use(handed_on=on(30), back_on=on(9, 4))) == (2, 62)
    assert days_of(shelf(), use(handed_on=on(1, 2), back_on=on(9, 2))) == (0, 62)


def test_closed_days_are_not_there_to_be_had_but_what_is_out_on_them_is() -> None:
    # All of 10 days closed: 2 x 21 = 42. One unit closed on 5 days: 62 - 5 = 57.
    assert days_of(shelf(closures=[(on(11), on(20), None)])) == (0, 42)
    assert days_of(shelf(closures=[(on(11), on(15), 1)])) == (0, 57)
    # Out for 3 of the closed days: these 3 count on both sides.
    assert days_of(shelf(closures=[(on(1), on(10), None)]), use()) == (3, 42 + 3)


def test_days_before_it_was_made_after_it_expired_or_while_it_was_paused_do_not_count() -> None:
    assert days_of(shelf(created_on=on(22))) == (0, 20)
    assert days_of(shelf(expires_on=on(10))) == (0, 20)
    # Paused on the 6th, offered again on the 16th: at the end of the 6th to the 15th it was not on offer: 21 x 2.
    changes = [Change(on(16), "status", "paused"), Change(on(6), "status", "available")]
    assert days_of(shelf(changes=changes)) == (0, 42)


def test_capacity_counts_as_it_stood_on_each_day() -> None:
    # One unit until the 10th, two from the 11th: 10 + 42.
    assert days_of(shelf(changes=[Change(on(11), "capacity", 1)])) == (0, 52)


def test_what_was_lost_or_spent_is_there_no_more() -> None:
    # Out from the 2nd to the 9th (8 days), said to be lost on the 10th: 2 x 9 + 1 x 22 there to be had.
    assert days_of(shelf(), use(status="lost", back_on=None, closed_on=on(10))) == (8, 40)
    # Granted on the 2nd: there on that day, gone from the 3rd on: 2 + 2 + 29.
    assert days_of(shelf(), use(mode="grant", status="used", back_on=None)) == (0, 33)


def test_without_a_limit_or_where_units_are_spent_there_is_nothing_to_divide_by() -> None:
    assert days_of(shelf(capacity=None), use()) == (0, 0)
    assert days_of(shelf(mode="grant"), use(mode="grant")) == (0, 0)


@given(
    st.lists(
        st.tuples(st.integers(-20, 40), st.integers(0, 40), st.integers(1, 3), st.sampled_from(["lend", "grant"])),
        max_size=8,
    ),
    st.integers(0, 4),
)
def test_nothing_is_used_more_than_it_is_there_to_be_had(loans: list[tuple[int, int, int, str]], units: int) -> None:
    uses = [
        use(handed_on=date.fromordinal(START.toordinal() + first), back_on=date.fromordinal(START.toordinal() + first + last),
            units=count, mode=mode)
        for first, last, count, mode in loans
    ]  # fmt: skip
    counted = unit_days(shelf(capacity=units), uses, START, END)
    assert (counted.used <= counted.available).all() and (counted.used >= 0).all()


def test_the_five_figures_of_a_small_month() -> None:
    shelves = [shelf("a", capacity=1), shelf("b", capacity=1, owner_id=None), shelf("c", kind="people", capacity=None)]
    uses = [
        # Returned with both values: 300 got, 100 put in.
        *(use(f"l{n}", "a", put_in_minor=100, got_minor=300) for n in range(4)),
        use("l4", "b", put_in_minor=200, got_minor=100, handed_on=on(12), starts_on=on(2), requested_on=on(1)),
        # One side's value alone says nothing of return.
        use("l5", "b", put_in_minor=900, handed_on=on(5), starts_on=on(1), requested_on=on(4), back_on=on(6)),
        use("l6", "c", status="declined", handed_on=None, back_on=None),
        use("l7", "c", status="expired", handed_on=None, back_on=None),
        use("l8", "c", status="waiting", handed_on=None, back_on=None, closed_on=None),
        # Asked for and over before the period.
        use("l9", "a", requested_on=on(1, 2), handed_on=on(2, 2), back_on=on(3, 2), closed_on=on(3, 2)),
    ]  # fmt: skip
    [line] = figures_of(Book(shelves, uses), START, END)
    figures = line.figures
    # (4 x 300 + 100) / (4 x 100 + 200) = 1300 / 600
    assert figures["value_return"].value == pytest.approx(1300 / 600)
    # 6 handed over / 3 resources on offer
    assert (figures["turnover"].value, line.uses, line.resources) == (2.0, 6, 3)
    # 6 met of 8 that came to something; the waiting one is told apart
    assert (figures["match_degree"].value, line.requests, line.open_requests) == (6 / 8, 8, 1)
    # Waited: 0 x 4, 12 - 2 = 10, 5 - 4 = 1. Within a week: 5 of 8. The lower middle of 0 0 0 0 1 10 is 0.
    assert (figures["met_in_a_week"].value, figures["days_to_met"].value) == (5 / 8, 0.0)
    assert figures["days_to_met"].numerator == 11
    # a: 4 times the 2nd to the 4th, so 12 out and 31 + 3 x 3 there; b: one still out from 12 to before 5? back on the 5th.
    assert figures["utilisation"].numerator == 12 + 1 + 1
    assert {figures[name].state for name in ("value_return", "match_degree")} == {"no_interval"}, "three resources only"


def test_lines_by_class_owner_and_month_sum_to_the_whole() -> None:
    shelves = [shelf("a"), shelf("b", owner_id=None), shelf("c", kind="people")]
    uses = [
        use("l1", "a"),
        use("l2", "b", handed_on=on(30, 1), back_on=on(3, 2), closed_on=on(3, 2), requested_on=on(29, 1)),
    ]
    book, first = Book(shelves, uses), date(2026, 1, 15)
    [whole] = figures_of(book, first, END)
    for by, keys in (
        ("class", ["people", "technology"]),
        ("owner", ["", "m0"]),
        ("month", ["2026-01", "2026-02", "2026-03"]),
    ):
        lines = figures_of(book, first, END, by)  # type: ignore[arg-type]  # three of its words
        assert [line.key for line in lines] == keys
        for name in ("utilisation", "match_degree", "value_return", "days_to_met"):
            for part in ("numerator", "denominator"):
                total = sum(getattr(line.figures[name], part) for line in lines)  # type: ignore[index]  # its names
                assert total == getattr(whole.figures[name], part), (by, name, part)  # type: ignore[index]  # as above
        assert sum(line.uses for line in lines) == whole.uses == 2


def test_no_data_and_too_little_are_said_and_are_never_nothing() -> None:
    [line] = figures_of(Book([], []), START, END)
    assert {found.state for found in line.figures.values()} == {"no_data"}
    assert all(found.value is None for found in line.figures.values())
    [line] = figures_of(
        Book([shelf(created_on=on(31))], [use(requested_on=on(31), handed_on=on(31), back_on=None)]), START, END
    )
    assert {line.figures[name].state for name in ("utilisation", "match_degree", "days_to_met")} == {"too_little"}
    assert figures_of(Book([], []), START, END, "class") == []


def test_one_waits_from_the_day_wanted_or_asked_whichever_is_later() -> None:
    assert days_waited(use(requested_on=on(1), starts_on=on(10), handed_on=on(12))) == 2
    assert days_waited(use(requested_on=on(11), starts_on=on(10), handed_on=on(12))) == 1
    assert days_waited(use(handed_on=None)) is None


def test_intervals_draw_whole_resources_and_are_the_same_every_time() -> None:
    alike = [Part(f"r{n}", 1, 2) for n in range(10)]
    found = ratio(alike, 5)
    assert (found.state, found.value, found.low, found.high) == ("no_interval", 0.5, None, None), "no draw differs"
    assert "没有差别" in remark("match_degree", found, "zh-CN") and "do not differ" in remark(
        "match_degree", found, "en"
    )
    idle = middle([Part(f"r{n}", 0) for n in range(9)], 5)
    assert (idle.state, idle.value, idle.low) == ("no_interval", 0.0, None), "0 to 0 would be a proof of never"
    # One resource holds all that was met: its ten cases are one draw, so the interval is wide.
    clustered = [Part("r0", 1) for _ in range(10)] + [Part(f"r{n}", 0) for n in range(1, 11)]
    spread = [Part(f"r{n}", n % 2) for n in range(20)]
    one, other = ratio(clustered, 5), ratio(spread, 5)
    assert one.value == other.value == 0.5
    assert one.low is not None and one.high is not None and other.low is not None and other.high is not None
    assert one.high - one.low > other.high - other.low
    assert ratio(clustered, 5) == one
    assert ratio([Part(f"r{n}", 0, 0) for n in range(6)], 1).state == "no_data"


def test_the_median_is_the_lower_of_two_in_the_middle() -> None:
    parts = [Part(f"r{n}", value) for n, value in enumerate([9, 1, 4, 2, 8, 3])]
    found = middle(parts, 5)
    assert found.value == 3.0 and found.low is not None and found.high is not None and found.low <= 3 <= found.high
    assert middle([], 5).state == "no_data" and middle(parts[:4], 5).state == "too_little"
