"""A year of an exchange that never was: 500 members, 200 resources, and its figures counted a second way.

The year is drawn day by day and kept twice: as rows, which the product reads, and as plain diaries of each resource. The
second count goes through the diaries one day and one unit at a time and shares no code with the product's.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median_low
from typing import Any
from zoneinfo import ZoneInfo

from copilot.community.store import Store
from copilot.community.tables import Community, Loan, LoanOutcome, Member, Resource, ResourceChange, ResourceClosure

COMMUNITY = "com_exchange"
ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2025, 11, 1)
DAYS = 365
LAST = FIRST + timedelta(days=DAYS - 1)
MEMBERS, RESOURCES = 500, 200
CLASSES = ("technology", "funding", "people", "knowledge", "information", "channel")
# Asked for in a day, by the whole community.
ASKED = (4, 14)


@dataclass
class Wish:
    """One request and what became of it; days are None for what never happened."""

    asked: date
    wanted: date
    due: date
    units: int
    member: str
    end: str = "requested"
    handed: date | None = None
    back: date | None = None
    closed: date | None = None
    put_in: int | None = None
    got: int | None = None


@dataclass
class Diary:
    """What happened to one resource: what it was at first, and each change, closure and request in order of time."""

    id: str
    kind: str
    owner: str | None
    mode: str
    made: date
    capacity: int | None
    expires: date | None
    turns: list[tuple[date, str, Any]] = field(default_factory=list)
    closures: list[tuple[date, date, int | None]] = field(default_factory=list)
    wishes: list[Wish] = field(default_factory=list)


def year(seed: int) -> list[Diary]:
    """Return the diaries of a year."""
    draw = random.Random(seed)  # noqa: S311  # a simulation, seeded to be repeated
    diaries = [_resource(number, draw) for number in range(RESOURCES)]
    popular = [1 / (1 + draw.randrange(RESOURCES)) ** 0.5 for _ in diaries]
    for offset in range(-40, DAYS):
        today = FIRST + timedelta(days=offset)
        for diary in draw.choices(diaries, popular, k=draw.randint(*ASKED)):
            if today >= diary.made:
                diary.wishes.append(_wish(diary, today, draw))
    return diaries


def _resource(number: int, draw: random.Random) -> Diary:
    made = FIRST + timedelta(days=draw.choice((-300, -100, -20, 30, 120)))
    found = Diary(
        f"res_{number:03d}", draw.choice(CLASSES), None if number % 10 == 0 else f"mem_{draw.randrange(60):03d}",
        "grant" if number % 8 == 0 else "lend", made, None if number % 9 == 0 else draw.randint(1, 4),
        FIRST + timedelta(days=300) if number % 17 == 0 else None,
    )  # fmt: skip
    if number % 3 == 0:
        paused = max(made, FIRST) + timedelta(days=draw.randint(5, 60))
        found.turns += [
            (paused, "status", "paused"),
            (paused + timedelta(days=draw.randint(1, 40)), "status", "available"),
        ]
    if number % 5 == 0 and found.capacity is not None:
        grown = found.turns[-1][0] if found.turns else max(made, FIRST)
        found.turns.append(
            (grown + timedelta(days=draw.randint(1, 90)), "capacity", found.capacity + draw.choice((-1, 1, 2)))
        )
    for _ in range(draw.randrange(3)):
        shut = FIRST + timedelta(days=draw.randrange(-5, DAYS))
        found.closures.append((shut, shut + timedelta(days=draw.randrange(20)), draw.choice((None, 1))))
    return found


def _wish(diary: Diary, today: date, draw: random.Random) -> Wish:
    wanted = today + timedelta(days=draw.choice((0, 0, 1, 3, 10, 30)))
    wish = Wish(
        today,
        wanted,
        wanted + timedelta(days=draw.randint(0, 20)),
        draw.choice((1, 1, 1, 2)),
        f"mem_{draw.randrange(MEMBERS):03d}",
    )
    fate = draw.random()
    if fate > 0.97:
        return wish
    if fate > 0.7:
        wish.end = draw.choice(("declined", "withdrawn", "cancelled", "expired"))
        wish.closed = _seen(today + timedelta(days=draw.randint(0, 9)))
        wish.end = wish.end if wish.closed is not None else "requested"
        return wish
    wish.handed = _seen(max(today, wanted) + timedelta(days=draw.choice((0, 0, 0, 1, 2, 6, 7, 8, 15))))
    if wish.handed is None:
        wish.end = "accepted"
        return wish
    over = _seen(wish.handed + timedelta(days=draw.randint(0, 25)))
    if over is None:
        wish.end = "lent" if diary.mode == "lend" else "granted"
        return wish
    wish.closed, wish.end = over, "used" if diary.mode == "grant" else "lost" if fate < 0.02 else "returned"
    wish.back = over if wish.end == "returned" else None
    wish.put_in = draw.randint(0, 50_000) if draw.random() < 0.6 else None
    wish.got = draw.randint(0, 90_000) if draw.random() < 0.7 else None
    return wish


def _seen(day: date) -> date | None:
    return day if day <= LAST else None


def store_year(store: Store, diaries: Sequence[Diary], seed: int) -> None:
    """Write the year as the rows that the product would have written."""
    draw = random.Random(seed + 1)  # noqa: S311  # as above

    def at(day: date) -> datetime:
        # Near midnight of the community's own days, where a count by UTC would go wrong.
        return datetime.combine(day, draw.choice((time(0, 20), time(7, 30), time(12), time(23, 40))), ZONE)

    with store.system(write=True) as session:
        session.add(Community(id=COMMUNITY, slug="exchange", name="Exchange", created_at=at(FIRST)))
    rows: dict[type[Any], list[dict[str, Any]]] = defaultdict(list)
    rows[Member] = [
        {
            "id": f"mem_{n:03d}",
            "platform": "sim",
            "external_id": f"M{n:03d}",
            "name": f"M{n:03d}",
            "created_at": at(FIRST),
        }
        for n in range(MEMBERS)
    ]
    for diary in diaries:
        _rows_of(diary, rows, at)
    with store.write(COMMUNITY) as unit:
        for table in (Member, Resource):
            for row in rows[table]:
                unit.add(table(**row))
            unit.session.flush()
        for written in (ResourceChange, ResourceClosure, Loan, LoanOutcome):
            unit.insert(written, rows[written])


def _rows_of(diary: Diary, rows: dict[type[Any], list[dict[str, Any]]], at: Any) -> None:
    now: dict[str, Any] = {"status": "available", "capacity": diary.capacity}
    for number, (day, name, value) in enumerate(diary.turns):
        rows[ResourceChange].append(
            {
                "id": f"rch_{diary.id}_{number}", "resource_id": diary.id, "at": at(day), "actor": "sim", "kind": "changed",
                "changes": {name: [now[name], value]},
            }
        )  # fmt: skip
        now[name] = value
    rows[Resource].append(
        {
            "id": diary.id, "code": diary.id, "type": diary.kind, "title": diary.id, "owner_id": diary.owner,
            "capacity": now["capacity"], "status": now["status"], "mode": diary.mode, "expires_on": diary.expires,
            "created_at": at(diary.made), "tags": [], "attributes": {},
        }
    )  # fmt: skip
    for number, (first, last, units) in enumerate(diary.closures):
        rows[ResourceClosure].append(
            {
                "id": f"rcl_{diary.id}_{number}",
                "resource_id": diary.id,
                "starts_on": first,
                "ends_on": last,
                "units": units,
            }
        )
    for number, wish in enumerate(diary.wishes):
        key = f"loa_{diary.id}_{number}"
        rows[Loan].append(
            {
                "id": key, "resource_id": diary.id, "member_id": wish.member, "units": wish.units, "mode": diary.mode,
                "starts_on": wish.wanted, "ends_on": wish.due, "status": wish.end, "requested_at": at(wish.asked),
                "handed_at": wish.handed and at(wish.handed), "back_at": wish.back and at(wish.back),
                "closed_at": wish.closed and at(wish.closed),
            }
        )  # fmt: skip
        for side, value in (("lender", wish.put_in), ("borrower", wish.got)):
            if value is not None:
                rows[LoanOutcome].append(
                    {"id": f"lou_{key}_{side}", "loan_id": key, "side": side, "result": "met", "value_minor": value, "given_at": at(LAST)}
                )  # fmt: skip


# What a figure was divided from: numerator, denominator; of the wait, the median and its cases.
Cells = dict[tuple[str, str], tuple[float, int]]


@dataclass
class _Sums:
    """What is added up while the diaries are gone through."""

    by: str
    cells: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    waits: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, diary: Diary, day: date, figure: str, above: int, below: int) -> None:
        if FIRST <= day <= LAST:
            cell = self.cells[_group(diary, day, self.by), figure]
            cell[0] += above
            cell[1] += below

    def offer(self, diary: Diary, day: date) -> None:
        if FIRST <= day <= LAST:
            self.offered[_group(diary, day, self.by)].add(diary.id)

    def add_wish(self, diary: Diary, wish: Wish) -> None:
        if wish.handed is not None:
            self.add(diary, wish.handed, "turnover", 1, 0)
            self.offer(diary, wish.handed)
            if wish.closed is not None and wish.got is not None and wish.put_in is not None:
                self.add(diary, wish.closed, "value_return", wish.got, wish.put_in)
        if wish.end in {"requested", "accepted"}:
            return
        self.add(diary, wish.asked, "match_degree", 0 if wish.handed is None else 1, 1)
        late = None if wish.handed is None else (wish.handed - max(wish.asked, wish.wanted)).days
        self.add(diary, wish.asked, "met_in_a_week", 1 if late is not None and late < 8 else 0, 1)
        if late is not None and FIRST <= wish.asked <= LAST:
            self.waits[_group(diary, wish.asked, self.by)].append(late)


def counted_again(diaries: Sequence[Diary], by: str, *, last_day_counts: bool = False) -> Cells:
    """Return the figures' parts by (group, figure), one day and one unit at a time.

    `last_day_counts` plants a mistake: the day on which a unit comes back counts as a day of use.
    """
    sums = _Sums(by)
    for diary in diaries:
        for offset in range(DAYS):
            today = FIRST + timedelta(days=offset)
            if _is_offered(diary, today):
                sums.offer(diary, today)
            sums.add(diary, today, "utilisation", *_one_day(diary, today, last_day_counts))
        for wish in diary.wishes:
            sums.add_wish(diary, wish)
    found: Cells = {key: (above, below) for key, (above, below) in sums.cells.items() if key[1] != "turnover"}
    for group, names in sums.offered.items():
        found[group, "turnover"] = (sums.cells[group, "turnover"][0], len(names))
    found.update({(group, "days_to_met"): (median_low(days), len(days)) for group, days in sums.waits.items()})
    return {key: cell for key, cell in found.items() if cell[1]}


def _group(diary: Diary, day: date, by: str) -> str:
    names: Mapping[str, str] = {
        "all": "all", "class": diary.kind, "owner": diary.owner or "", "month": f"{day.year}-{day.month:02d}",
    }  # fmt: skip
    return names[by]


def _is_offered(diary: Diary, today: date) -> bool:
    status = "available"
    for day, name, value in diary.turns:
        if name == "status" and day <= today:
            status = value
    return status == "available" and diary.made <= today and (diary.expires is None or today <= diary.expires)


def _one_day(diary: Diary, today: date, last_day_counts: bool) -> tuple[int, int]:
    """Return units out and units there to be had on one day."""
    units = diary.capacity
    for day, name, value in diary.turns:
        if name == "capacity" and day <= today:
            units = value
    if units is None or diary.mode == "grant":
        return 0, 0
    out = gone = 0
    for wish in diary.wishes:
        if wish.handed is None or wish.handed > today:
            continue
        over = wish.back or wish.closed
        if over is None or today < over or wish.handed == today or (last_day_counts and today == over):
            out += wish.units
        elif wish.end == "lost":
            gone += wish.units
    shut = 0
    for first, last, number in diary.closures:
        if first <= today <= last:
            shut += units if number is None else number
    free = units - shut - gone if _is_offered(diary, today) else 0
    return out, max(out, free)
