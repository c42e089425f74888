"""The five figures of the exchange, for everything and by class, owner or month. Pure arithmetic over a `Book`.

Each figure's definition stands in `wording`; who changes one here changes it there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from copilot.resources.figures.estimates import Estimate, Part, middle, ratio
from copilot.resources.figures.records import Book, Shelf, Use
from copilot.resources.figures.supply import UnitDays, unit_days

By = Literal["all", "class", "owner", "month"]
FigureName = Literal["utilisation", "value_return", "turnover", "match_degree", "met_in_a_week", "days_to_met"]
NAMES: tuple[FigureName, ...] = (
    "utilisation", "value_return", "turnover", "match_degree", "met_in_a_week", "days_to_met",
)  # fmt: skip
# Below these there is too little data for a value: unit-days, and loans or requests. Turnover is counted, not sampled.
LEAST_UNIT_DAYS = 28
LEAST_CASES = 5
WEEK_DAYS = 7
# Of requests that ended without the units having been handed over.
_ANSWERED_NO = frozenset({"declined", "withdrawn", "cancelled", "expired"})
_ENDED_IN_USE = frozenset({"returned", "used", "lost"})
_COMMUNITY = ""


@dataclass(frozen=True)
class Line:
    """The figures of one group; `open_requests` are neither met nor answered and stand in no figure."""

    key: str
    figures: Mapping[FigureName, Estimate]
    resources: int
    uses: int
    requests: int
    open_requests: int


@dataclass
class _Tally:
    """The cases of one group, figure by figure."""

    days: list[Part] = field(default_factory=list)
    values: list[Part] = field(default_factory=list)
    uses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    on_offer: set[str] = field(default_factory=set)
    met: list[Part] = field(default_factory=list)
    met_soon: list[Part] = field(default_factory=list)
    waits: list[Part] = field(default_factory=list)
    open_requests: int = 0

    def line(self, key: str) -> Line:
        """Return the figures of what was tallied."""
        turnover = [Part(name, self.uses.get(name, 0)) for name in sorted(self.on_offer | set(self.uses))]
        figures: dict[FigureName, Estimate] = {
            "utilisation": ratio(self.days, LEAST_UNIT_DAYS, sum(part.denominator for part in self.days)),
            "value_return": ratio(self.values, LEAST_CASES),
            "turnover": ratio(turnover, 1),
            "match_degree": ratio(self.met, LEAST_CASES),
            "met_in_a_week": ratio(self.met_soon, LEAST_CASES),
            "days_to_met": middle(self.waits, LEAST_CASES),
        }
        return Line(
            key, figures, resources=len(turnover), uses=sum(self.uses.values()), requests=len(self.met),
            open_requests=self.open_requests,
        )  # fmt: skip


def figures_of(book: Book, start: date, end: date, by: By = "all") -> list[Line]:
    """Return one line for each group that holds anything, by key; `all` is one line, with nothing in it, too."""
    keys = _keys(by)
    shelves = {shelf.id: shelf for shelf in book.shelves}
    uses: dict[str, list[Use]] = defaultdict(list)
    for use in book.uses:
        uses[use.resource_id].append(use)
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    if by == "all":
        tallies["all"] = _Tally()
    for shelf in book.shelves:
        counted = unit_days(shelf, uses[shelf.id], start, end)
        for key, first, last in keys(shelf, start, end):
            _count_supply(tallies, key, shelf.id, counted.between((first - start).days, (last - start).days + 1))
    for use in book.uses:
        shelf = shelves[use.resource_id]
        for key, first, last in keys(shelf, start, end):
            _count_use(tallies, key, use, first, last)
    return [tallies[key].line(key) for key in sorted(tallies)]


Keys = Callable[[Shelf, date, date], Iterator[tuple[str, date, date]]]


def _keys(by: By) -> Keys:
    """Return which groups a resource belongs to on which days."""

    def by_month(_shelf: Shelf, start: date, end: date) -> Iterator[tuple[str, date, date]]:
        first = start
        while first <= end:
            following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
            yield first.strftime("%Y-%m"), first, min(end, following - timedelta(days=1))
            first = following

    def by_trait(shelf: Shelf, start: date, end: date) -> Iterator[tuple[str, date, date]]:
        yield {"all": "all", "class": shelf.kind, "owner": shelf.owner_id or _COMMUNITY}[by], start, end

    return by_month if by == "month" else by_trait


def _count_supply(tallies: Mapping[str, _Tally], key: str, resource_id: str, counted: UnitDays) -> None:
    used, available = int(counted.used.sum()), int(counted.available.sum())
    if available:
        tallies[key].days.append(Part(resource_id, used, available))
    if counted.offered.any():
        tallies[key].on_offer.add(resource_id)


def _count_use(tallies: Mapping[str, _Tally], key: str, use: Use, first: date, last: date) -> None:
    if use.handed_on is not None and first <= use.handed_on <= last:
        tallies[key].uses[use.resource_id] += 1
    if first <= use.requested_on <= last:
        _count_request(tallies[key], use)
    closed = use.closed_on is not None and first <= use.closed_on <= last and use.status in _ENDED_IN_USE
    if closed and use.put_in_minor is not None and use.got_minor is not None:
        tallies[key].values.append(Part(use.resource_id, use.got_minor, use.put_in_minor))


def _count_request(tally: _Tally, use: Use) -> None:
    is_met = use.handed_on is not None
    if not is_met and use.status not in _ANSWERED_NO:
        tally.open_requests += 1
        return
    waited = days_waited(use)
    tally.met.append(Part(use.resource_id, int(is_met)))
    tally.met_soon.append(Part(use.resource_id, int(waited is not None and waited <= WEEK_DAYS)))
    if waited is not None:
        tally.waits.append(Part(use.resource_id, waited))


def days_waited(use: Use) -> int | None:
    """Return the days from the day on which it was wanted, or asked for if that was later, to the day it was handed over.

    None: it never was.
    """
    return None if use.handed_on is None else max(0, (use.handed_on - max(use.requested_on, use.starts_on)).days)
