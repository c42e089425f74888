from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import InvalidInput
from copilot.events.drafts.money import LEAST_RESERVE_PERCENT, Costs, Scale, make_budget, minimum_cap_cents, unit_price
from copilot.events.models import Covered
from copilot.playbook_models import CostLine, CostUnit


def line(key: str, unit: CostUnit, low: int, typical: int, *, optional: bool = False) -> CostLine:
    return CostLine(
        key=key, title=key, unit=unit, min_cents=low, typical_cents=typical, max_cents=typical * 2, optional=optional
    )


VENUE = line("venue", CostUnit.PER_HOUR, 10_000, 30_000)
TEA = line("refreshments", CostUnit.PER_PERSON, 1_000, 3_000)
PHOTO = line("photo", CostUnit.PER_EVENT, 50_000, 80_000, optional=True)
GIFT = line("gift", CostUnit.PER_SPEAKER, 10_000, 20_000, optional=True)
LINES = [VENUE, TEA, PHOTO, GIFT]
SCALE = Scale(headcount=60, minutes=130, speakers=2)


def test_typical_prices_by_hand() -> None:
    # 3 h x 300 + 60 x 30 + 800 + 2 x 200 = 900 + 1800 + 800 + 400 = 3900 yuan.
    budget = make_budget(Costs(LINES), SCALE, 2_000_000, "沙龙")
    assert [item.total_cents for item in budget.lines] == [90_000, 180_000, 80_000, 40_000]
    assert budget.total_cents == 390_000
    assert budget.reserve_cents == 200_000


def test_prices_come_down_together_before_anything_is_dropped() -> None:
    # Lowest: 300 + 600 + 500 + 200 = 1600 yuan; a cap of 3000 leaves room for 2700.
    budget = make_budget(Costs(LINES), SCALE, 300_000, "沙龙")
    assert budget.dropped == []
    assert len(budget.lines) == 4
    assert 160_000 <= budget.total_cents <= 270_000
    assert all(item.unit_cents % 100 == 0 for item in budget.lines)


def test_optional_lines_go_from_the_last_when_lowest_prices_do_not_fit() -> None:
    # Room 1350: without the gift 1400 is still too much, without the photo 900 fits.
    budget = make_budget(Costs(LINES), SCALE, 150_000, "沙龙")
    assert budget.dropped == ["photo", "gift"]
    assert [item.key for item in budget.lines] == ["venue", "refreshments"]


def test_a_cap_below_the_least_is_refused_with_the_least_that_would_do() -> None:
    with pytest.raises(InvalidInput) as caught:
        make_budget(Costs(LINES), SCALE, 80_000, "沙龙")
    data = caught.value.data
    assert data["reason"] == "budget_short"
    minimum = data["minimum_cents"]
    assert isinstance(minimum, int)
    # 900 yuan and the least reserve of 5 % of the cap: 900 / 0.95 = 947.37.
    assert minimum == 94_737
    assert make_budget(Costs(LINES), SCALE, minimum, "沙龙").total_cents == 90_000
    with pytest.raises(InvalidInput):
        make_budget(Costs(LINES), SCALE, minimum - 1, "沙龙")
    assert "947.37" in str(data["sentence"])


def test_no_cap_gives_an_estimate_with_a_reserve_on_top() -> None:
    budget = make_budget(Costs(LINES), SCALE, None, "沙龙")
    assert (budget.cap_cents, budget.total_cents, budget.reserve_cents) == (None, 390_000, 39_000)


def test_a_cap_of_zero_works_only_when_nothing_has_to_be_paid() -> None:
    assert make_budget(Costs([PHOTO, GIFT]), SCALE, 0, "线上分享").lines == []
    with pytest.raises(InvalidInput):
        make_budget(Costs(LINES), SCALE, 0, "沙龙")


def test_what_a_record_covers_is_no_line_and_no_zero() -> None:
    covered = Covered(key="venue", title="场地", resource_id="res_1", sentence="免费")
    budget = make_budget(Costs(LINES, [covered]), SCALE, 2_000_000, "沙龙")
    assert "venue" not in [item.key for item in budget.lines]
    assert budget.covered == [covered]
    assert all(item.total_cents > 0 for item in budget.lines)


def test_only_things_bought_per_event_can_be_bought_in_another_number() -> None:
    budget = make_budget(Costs(LINES, quantities={"photo": 2, "refreshments": 500}), SCALE, None, "沙龙")
    assert {item.key: item.quantity for item in budget.lines}["photo"] == 2
    assert {item.key: item.quantity for item in budget.lines}["refreshments"] == 60


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[CostLine], Scale, int]:
    lines = []
    for number in range(draw(st.integers(0, 8))):
        low = draw(st.integers(0, 200_000))
        lines.append(
            line(
                f"k{number}",
                draw(st.sampled_from(list(CostUnit))),
                low,
                low + draw(st.integers(0, 300_000)),
                optional=draw(st.booleans()),
            )
        )
    scale = Scale(draw(st.integers(2, 5000)), draw(st.integers(15, 4320)), draw(st.integers(0, 10)))
    return lines, scale, draw(st.integers(0, 1_000_000_000))


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(cases())
def test_a_budget_sums_and_never_passes_its_cap(case: tuple[list[CostLine], Scale, int]) -> None:
    lines, scale, cap = case
    try:
        budget = make_budget(Costs(lines), scale, cap, "x")
    except InvalidInput as refusal:
        minimum = refusal.data["minimum_cents"]
        assert isinstance(minimum, int)
        assert minimum > cap
        return
    assert budget.total_cents == sum(item.quantity * item.unit_cents for item in budget.lines)
    assert budget.total_cents + budget.reserve_cents <= cap
    assert budget.reserve_cents * 100 >= cap * LEAST_RESERVE_PERCENT
    rules = {item.key: item for item in lines}
    assert all(rules[item.key].min_cents <= item.unit_cents <= rules[item.key].max_cents for item in budget.lines)
    assert all(item.total_cents > 0 for item in budget.lines)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0, 1))
def test_a_price_stays_between_minimum_and_typical(low: int, more: int, share: float) -> None:
    low, typical = min(low, 10**9 - 1), min(low + more, max(5 * 10**8, low))
    rule = CostLine(key="k", title="k", unit=CostUnit.PER_EVENT, min_cents=low, typical_cents=typical, max_cents=10**9)
    assert low <= unit_price(rule, share) <= typical


@given(st.integers(0, 10**9))
def test_the_least_cap_is_the_least(need: int) -> None:
    rule = line("k", CostUnit.PER_EVENT, need // 4, need // 4)
    cap = minimum_cap_cents([rule], {"k": 1})
    assert need // 4 + -(-cap * LEAST_RESERVE_PERCENT // 100) <= cap
    smaller = cap - 1
    assert cap == 0 or need // 4 + -(-smaller * LEAST_RESERVE_PERCENT // 100) > smaller
