"""FigureDesk: the figures of a period and what is asked for and not there, for operators."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from copilot.community.access import Actor
from copilot.community.csv_text import MARK, csv_rows
from copilot.community.embeddable import today
from copilot.community.models import ResourceType
from copilot.community.reader import reader_locale
from copilot.community.resource_classes import CLASSES
from copilot.community.store import Store, Unit
from copilot.community.tables import Member
from copilot.currency import stored_currency
from copilot.resources.figures.estimates import Estimate
from copilot.resources.figures.measures import NAMES, By, FigureName, Line, figures_of
from copilot.resources.figures.models import Definition, FigureLine, FigureView, ResourceFigures
from copilot.resources.figures.records import read_book
from copilot.resources.figures.wording import definition, figure_title, line_title, remark
from copilot.resources.viewing import OPERATE
from copilot.resources.wording import wrong_parameter

MOST_DAYS = 366
MOST_LINES = 200
_USUAL_DAYS = 90
_COLUMNS = (
    "start", "end", "by", "key", "title", "figure", "value", "low", "high", "state", "n", "resources", "numerator",
    "denominator", "currency",
)  # fmt: skip


class FigureDesk:
    """Counts figures from the loans themselves whenever it is asked. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def show(
        self, community_id: str, actor: Actor, start: date | None = None, end: date | None = None, by: By = "all"
    ) -> ResourceFigures:
        """Return the figures from `start` to `end`, both included, up to today; without days, of the last 90.

        Raises:
            Denied: the actor is no operator.
            InvalidInput: an end before the start, more than 366 days, or more rows than are counted.
        """
        actor.require(OPERATE)
        with self._store.read(community_id) as unit:
            first, last = period(unit, start, end)
            book, community = read_book(unit, first, last), unit.community()
            locale, currency = reader_locale(unit), stored_currency(community.settings)
        # Counting takes a moment and needs nothing of the database.
        lines = figures_of(book, first, last, by)
        more = max(0, len(lines) - MOST_LINES)
        if more:
            busiest = sorted(lines, key=lambda line: (-line.uses, line.key))[:MOST_LINES]
            lines = sorted(busiest, key=lambda line: line.key)
        with self._store.read(community_id) as unit:
            titles = _titles(unit, lines, by, locale)
        return ResourceFigures(
            start=first, end=last, by=by, currency=currency, more=more,
            lines=[_line(line, title, locale) for line, title in zip(lines, titles, strict=True)],
            definitions=[
                Definition(name=name, title=figure_title(name, locale), text=definition(name, locale)) for name in NAMES
            ],
        )  # fmt: skip


def csv_lines(found: ResourceFigures) -> Iterator[bytes]:
    """Yield figures as CSV, one row for each figure of each line; empty cells are what there is no value for."""
    yield (MARK + csv_rows([_COLUMNS])).encode()
    for line in found.lines:
        rows = [
            (
                found.start.isoformat(), found.end.isoformat(), found.by, line.key, line.title, item.name,
                *("" if number is None else round(number, 6) for number in (item.value, item.low, item.high)),
                item.state, item.n, item.resources, item.numerator, item.denominator,
                found.currency if item.name == "value_return" else "",
            )
            for item in line.figures
        ]  # fmt: skip
        yield csv_rows(rows).encode()


def period(unit: Unit, start: date | None, end: date | None) -> tuple[date, date]:
    """Return the days that are meant, none of them after today: what has not come cannot be counted.

    Raises:
        InvalidInput: an end before the start, a start after today, or more than 366 days.
    """
    last = min(end or today(unit), today(unit))
    try:
        first = start or last - timedelta(days=_USUAL_DAYS - 1)
    except OverflowError as error:
        raise wrong_parameter("before_calendars", "end") from error
    if last < first:
        raise wrong_parameter("ends_before_start", "end")
    if (last - first).days + 1 > MOST_DAYS:
        raise wrong_parameter("period_too_long", "end", limit=MOST_DAYS)
    return first, last


def _titles(unit: Unit, lines: Sequence[Line], by: By, locale: str) -> list[str]:
    if by == "month":
        return [line.key for line in lines]
    if by == "class":
        return [CLASSES[ResourceType(line.key)].name(locale) for line in lines]
    if by == "all":
        return [line_title("all", locale) for _line in lines]
    people = unit.get_many(Member, [line.key for line in lines if line.key])
    return [
        line_title("community", locale) if not line.key
        else people[line.key].name if line.key in people else line_title("gone", locale)
        for line in lines
    ]  # fmt: skip


def _line(line: Line, title: str, locale: str) -> FigureLine:
    return FigureLine(
        key=line.key, title=title, resources=line.resources, uses=line.uses, requests=line.requests,
        open_requests=line.open_requests,
        figures=[_figure(name, line.figures[name], locale) for name in NAMES],
    )  # fmt: skip


def _figure(name: FigureName, found: Estimate, locale: str) -> FigureView:
    return FigureView(
        name=name, value=found.value, low=found.low, high=found.high, state=found.state, n=found.n,
        resources=found.resources, numerator=found.numerator, denominator=found.denominator,
        remark=remark(name, found, locale),
    )  # fmt: skip
