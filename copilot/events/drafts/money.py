"""The budget of a plan: integer minor units of one currency, prices inside the playbook's ranges, under the cap with a reserve or refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copilot.currency import CNY, money
from copilot.errors import InvalidInput
from copilot.events.models import Budget, BudgetLine, Covered
from copilot.events.wording import both
from copilot.playbook_models import CostLine, CostUnit

RESERVE_PERCENT = 10
LEAST_RESERVE_PERCENT = 5  # what is left of the reserve before a plan is refused
_ROUND_CENTS = 100  # prices are whole units (of a yen, hundreds) where the range allows it
MAX_QUANTITY = 10_000
# Cost lines with these keys belong to a room full of people; an online event has none of them.
ON_SITE_COSTS = frozenset(
    {
        "venue",
        "refreshments",
        "meals",
        "print",
        "equipment",
        "photo",
        "decoration",
        "transport",
        "insurance",
        "materials",
        "cleaning",
    }
)


@dataclass(frozen=True)
class Scale:
    """What quantities follow from."""

    headcount: int
    minutes: int
    speakers: int
    meals: int = 0  # mealtimes the event runs over

    def quantity(self, unit: CostUnit) -> int:
        """Return how many units the event needs; hours are rounded up."""
        if unit is CostUnit.PER_PERSON:
            return self.headcount
        if unit is CostUnit.PER_HOUR:
            return -(-self.minutes // 60)
        if unit is CostUnit.PER_SPEAKER:
            return max(self.speakers, 1)
        if unit is CostUnit.PER_MEAL:
            return self.headcount * self.meals
        return 1


@dataclass(frozen=True)
class Costs:
    """The lines to price, what records of the community cover, and quantities that differ from the rule."""

    lines: Sequence[CostLine]
    covered: Sequence[Covered] = ()
    quantities: Mapping[str, int] | None = None
    currency: str = CNY


def make_budget(costs: Costs, scale: Scale, cap_cents: int | None, format_title: str) -> Budget:
    """Price the lines under the cap.

    Typical prices where they fit; else every price moves towards its minimum by the same share; else optional lines are
    dropped, the least important (last) first. Without a cap the typical prices are an estimate.

    Raises:
        InvalidInput: `budget_short`: even the required lines at their lowest prices do not fit; `minimum_cents` says what would.
    """
    covered = {item.key for item in costs.covered}
    lines = [line for line in costs.lines if line.key not in covered]
    quantities = {line.key: _quantity(line, costs.quantities or {}, scale) for line in lines}
    if cap_cents is None:
        return _budget(lines, quantities, 1.0, None, costs, [])
    dropped: list[CostLine] = []
    while True:
        room = cap_cents - _percent(cap_cents, RESERVE_PERCENT)
        if _sum(lines, quantities, 0.0) <= room:
            break
        optional = [line for line in lines if line.optional]
        if not optional:
            _refuse_short(lines, quantities, cap_cents, scale, (format_title, costs.currency))
            room = cap_cents - _percent(cap_cents, LEAST_RESERVE_PERCENT)
            break
        dropped.append(optional[-1])
        lines.remove(optional[-1])
    share = _largest_share(lines, quantities, room)
    return _budget(lines, quantities, share, cap_cents, costs, [line.title for line in reversed(dropped)])


def minimum_cap_cents(lines: Sequence[CostLine], quantities: Mapping[str, int]) -> int:
    """Return the smallest cap that holds the required lines at their lowest prices and the smallest reserve."""
    need = sum(line.min_cents * quantities[line.key] for line in lines if not line.optional)
    cap = need
    while need > cap - _percent(cap, LEAST_RESERVE_PERCENT):
        cap += max(1, need - (cap - _percent(cap, LEAST_RESERVE_PERCENT)))
    return cap


def unit_price(line: CostLine, share: float) -> int:
    """Return the price at `share` of the way from minimum (0) to typical (1), in whole units where the range allows."""
    exact = line.min_cents + int((line.typical_cents - line.min_cents) * share)
    rounded = exact // _ROUND_CENTS * _ROUND_CENTS
    return rounded if rounded >= line.min_cents else exact


def _quantity(line: CostLine, wished: Mapping[str, int], scale: Scale) -> int:
    """Only things bought per event can be bought in another number; the rest follows from people and hours."""
    if line.unit is CostUnit.PER_EVENT and line.key in wished:
        return min(max(wished[line.key], 1), MAX_QUANTITY)
    return scale.quantity(line.unit)


def _sum(lines: Sequence[CostLine], quantities: Mapping[str, int], share: float) -> int:
    return sum(unit_price(line, share) * quantities[line.key] for line in lines)


def _largest_share(lines: Sequence[CostLine], quantities: Mapping[str, int], room: int) -> float:
    if _sum(lines, quantities, 1.0) <= room:
        return 1.0
    # In steps of a hundredth: the sum grows with the share, and the lowest prices are known to fit.
    return max((step / 100 for step in range(100) if _sum(lines, quantities, step / 100) <= room), default=0.0)


def _budget(
    lines: Sequence[CostLine],
    quantities: Mapping[str, int],
    share: float,
    cap: int | None,
    costs: Costs,
    dropped: list[str],
) -> Budget:
    priced = []
    for line in lines:
        price, quantity = unit_price(line, share), quantities[line.key]
        if price * quantity > 0:
            priced.append(
                BudgetLine(
                    key=line.key, title=line.title, unit=line.unit, quantity=quantity, unit_cents=price,
                    total_cents=price * quantity, optional=line.optional,
                )
            )  # fmt: skip
    total = sum(line.total_cents for line in priced)
    wanted = _percent(total if cap is None else cap, RESERVE_PERCENT)
    reserve = wanted if cap is None else min(wanted, cap - total)
    return Budget(
        lines=priced,
        total_cents=total,
        reserve_cents=reserve,
        cap_cents=cap,
        covered=list(costs.covered),
        dropped=dropped,
        currency=costs.currency,
    )


def _percent(cents: int, percent: int) -> int:
    """Rounded up, so that a reserve is never a cent short."""
    return -(-cents * percent // 100)


def _refuse_short(
    lines: Sequence[CostLine], quantities: Mapping[str, int], cap: int, scale: Scale, wording: tuple[str, str]
) -> None:
    minimum = minimum_cap_cents(lines, quantities)
    if minimum <= cap:
        return
    format_title, currency = wording
    sentence = {
        locale: both(
            "budget_short", headcount=scale.headcount, format=format_title, minimum=money(minimum, currency, locale),
            cap=money(cap, currency, locale),
        )[locale]
        for locale in ("zh-CN", "en")
    }  # fmt: skip
    least, given = money(minimum, currency, "en"), money(cap, currency, "en")
    raise InvalidInput(
        f"the budget of {given} is too small; {least} is the least for this event",
        field="budget_cents", pointer="/brief", reason="budget_short", minimum_cents=minimum, cap_cents=cap,
        currency=currency, sentence=sentence,
    )  # fmt: skip
