from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from copilot.recognition.pricing import STAFF, WHOLE, Claim, Memory
from tests.recognition.world import RULES

DAY = date(2026, 11, 1)


def claim(earner: str, giver: str, *, day: int = 0, rule: str = "answer_thanked") -> Claim:
    return Claim(rule, earner, giver, DAY + timedelta(days=day))


def played(claims: list[Claim]) -> list[int]:
    """Return hundredths of points of each claim, in order."""
    memory, found = Memory(), []
    for number, one in enumerate(claims, start=1):
        found.append(memory.price(one, RULES).hundredths)
        memory.remember(number, one, RULES)
    return found


def test_the_first_thanks_of_somebody_who_thanked_nobody_else_count_a_third() -> None:
    # 5 points x 35 %
    assert played([claim("ann", "bo")]) == [175]


def test_thanks_grow_to_their_full_worth_with_the_people_the_giver_has_thanked() -> None:
    # Breadth 35, 70, 100 %; each earner is new, so nothing else is taken off.
    assert played([claim(name, "bo", day=day) for day, name in enumerate(("ann", "cy", "dee", "eve"))]) == [
        175,
        350,
        500,
        500,
    ]


def test_further_acts_of_one_day_count_seven_tenths_of_the_one_before() -> None:
    # Staff gives, so day alone counts: 500, 350, 245, 171.5 rounded down to hundredths.
    assert played([claim("ann", STAFF)] * 4) == [500, 350, 245, 171]
    assert played([claim("ann", STAFF), claim("ann", STAFF, day=1)]) == [500, 500]
    assert played([claim("ann", STAFF), claim("ann", STAFF, rule="write_up")]) == [500, 600]


def test_the_same_two_people_count_half_each_further_time_within_a_year() -> None:
    assert played([claim("ann", "bo", day=day * 7) for day in range(3)]) == [175, 87, 43]
    # 5 x 35 % again once the year is over
    assert played([claim("ann", "bo"), claim("ann", "bo", day=365)])[1] == 175


def test_points_that_come_straight_back_lose_nine_tenths() -> None:
    memory = Memory()
    memory.remember(1, claim("bo", "ann"), RULES)
    price = memory.price(claim("ann", "bo", day=1), RULES)
    assert (price.ring_share, price.hundredths) == (1_000, 17)  # 5 x 35 % x 10 %, rounded down


def test_a_ring_of_three_and_of_four_is_seen_once_it_closes() -> None:
    for names in (("a", "b", "c"), ("a", "b", "c", "d")):
        memory = Memory()
        for number, name in enumerate(names[:-1], start=1):
            memory.remember(number, claim(names[number], name), RULES)
        closing = claim(names[0], names[-1], day=1)
        assert memory.price(closing, RULES).ring_share == 1_000


def test_who_gives_to_many_loses_little_where_one_of_them_gives_back() -> None:
    memory = Memory()
    for number in range(1, 21):
        memory.remember(number, claim(f"m{number}", "ann"), RULES)
    # One of ann's twenty gave to bo: a twentieth of what she gave comes back by bo, and a ninth tenth of that is taken.
    memory.remember(21, claim("bo", "m1"), RULES)
    assert memory.price(claim("ann", "bo", day=1), RULES).ring_share == WHOLE - 500 * 90 // 100


def test_an_entry_that_was_reversed_weighs_no_more() -> None:
    memory = Memory()
    before = memory.price(claim("ann", "bo", day=1), RULES)
    memory.remember(1, claim("bo", "ann"), RULES)
    memory.remember(2, claim("ann", "bo"), RULES)
    memory.forget(2)
    memory.forget(1)
    assert memory.price(claim("ann", "bo", day=1), RULES) == before


people = st.sampled_from(["a", "b", "c", "d", STAFF])


@given(st.lists(st.tuples(people, people, st.integers(0, 500)), max_size=40))
def test_every_share_is_from_nothing_to_the_whole(acts: list[tuple[str, str, int]]) -> None:
    memory = Memory()
    for number, (earner, giver, day) in enumerate(acts, start=1):
        one = claim(earner, giver, day=day)
        if earner in {STAFF, giver}:
            continue
        price = memory.price(one, RULES)
        assert all(
            0 <= share <= WHOLE for share in (price.day_share, price.pair_share, price.breadth_share, price.ring_share)
        )
        assert 0 <= price.hundredths <= price.base * 100
        memory.remember(number, one, RULES)
