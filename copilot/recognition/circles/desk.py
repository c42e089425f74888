"""CircleDesk: who is in which tier and city circle, and whom to ask to a small event. Counted when asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from copilot.community.access import Actor
from copilot.community.cities import city_key, city_name
from copilot.community.embeddable import PUBLISHED
from copilot.community.ids import derived_id
from copilot.community.permission import get_seen, open_to_match
from copilot.community.reader import reader_locale
from copilot.community.store import Store, Unit
from copilot.community.tables import CheckIn, CircleSeat, Event, Member
from copilot.community.text import clean_line
from copilot.errors import Conflict, InvalidInput
from copilot.recognition.circles.book import CircleBook
from copilot.recognition.circles.models import (
    MAX_PEOPLE,
    CircleList,
    CircleView,
    CityEvent,
    CityList,
    Given,
    Guest,
    MemberCircles,
    SeatFields,
)
from copilot.recognition.circles.wording import both, say
from copilot.recognition.showing import is_shown, shown

_RECENT = timedelta(days=90)
_MOST_CITIES = 100
_MOST_EVENTS = 20


class CircleDesk:
    """Feature key `recognition:circles`. Safe between threads."""

    def __init__(self, store: Store, book: CircleBook) -> None:
        self._store = store
        self._book = book

    def list(self, community_id: str) -> CircleList:
        """Return tiers, then the cities in which enough members may be shown, the largest first.

        Raises:
            NotFound: no such community.
        """
        with self._store.read(community_id) as unit:
            locale = reader_locale(unit)
            total = unit.session.scalar(select(func.count()).select_from(Member).where(*shown())) or 0
            partners = unit.session.scalar(
                select(func.count())
                .select_from(CircleSeat)
                .join(Member, Member.id == CircleSeat.member_id)
                .where(CircleSeat.circle == "partner", *shown())
            )
            cities = _people_by_city(unit)
        counts = sorted(
            ((len(one.ids), key, one.name) for key, one in cities.items() if len(one.ids) >= self._book.city_needs),
            key=lambda one: (-one[0], one[1]),
        )
        items = [
            self._view(locale, "ordinary", total - (partners or 0)), self._view(locale, "partner", partners or 0),
            *(self._view(locale, "city", count, city_name(name, locale)) for count, _, name in counts[:_MOST_CITIES]),
        ]  # fmt: skip
        return CircleList(items=items)

    def of(self, community_id: str, member_id: str, actor: Actor) -> MemberCircles:
        """Return where a member belongs.

        Raises:
            NotFound: there is no such member, or the actor may not know of them.
        """
        with self._store.read(community_id) as unit:
            member = get_seen(unit, actor, member_id)
            locale = reader_locale(unit)
            seats = list(unit.session.scalars(select(CircleSeat).where(CircleSeat.member_id == member_id)))
        is_partner = any(seat.circle == "partner" for seat in seats)
        written = [member.city, *sorted(seat.city for seat in seats if seat.circle == "city")]
        # By key, as the same city may be written in two ways; cities of no list keep their own spelling.
        cities = {city_key(city): city_name(city, locale) for city in reversed(written)}
        named = sorted(name for key, name in cities.items() if key)
        circles = ["ordinary", *(["partner"] if is_partner else []), *(["city"] if named else [])]
        return MemberCircles(
            member_id=member_id, tier="partner" if is_partner else "ordinary", cities=named,
            benefits=[line for name in circles for line in self._book.benefits(name, locale)],
        )  # fmt: skip

    def seat(self, community_id: str, circle: Given, member_id: str, fields: SeatFields, actor: Actor) -> MemberCircles:
        """Put a member in a tier or in a city circle beside their own, or take them out; again changes nothing.

        Raises:
            NotFound: there is no such member.
            InvalidInput: a city circle without a city.
            Conflict: the member does not want to be shown.
        """
        city = clean_line(fields.city) if circle == "city" else ""
        if circle == "city" and not city_key(city):
            raise InvalidInput("say which city", field="city", sentence=both("city_needed"))
        with self._store.write(community_id) as unit:
            get_seen(unit, actor, member_id)
            # One city beside the profile's: a member has one seat in each circle.
            seat_id = derived_id("cst", community_id, circle, member_id)
            row = unit.find(CircleSeat, seat_id)
            if not fields.is_in:
                if row is not None:
                    unit.session.delete(row)
                    unit.audit(actor.key_id, "circle.left", ("member", member_id), circle=circle)
            else:
                if not is_shown(unit, member_id):
                    raise Conflict("the member is not shown", reason="not_open", sentence=both("not_open"))
                if row is None or row.city != city:
                    row = row or unit.add(
                        CircleSeat(
                            id=seat_id, circle=circle, member_id=member_id, given_by=actor.key_id, given_at=unit.now
                        )
                    )
                    row.city = city
                    unit.audit(actor.key_id, "circle.joined", ("member", member_id), circle=circle, city=city)
        return self.of(community_id, member_id, actor)

    def city(self, community_id: str, city: str, people: int = 12) -> CityList:
        """Return whom to ask to a small event in a city: who agreed to be matched, those who came least first.

        Raises:
            NotFound: no such community.
            InvalidInput: no city, or `people` is not 1 to 50.
        """
        key = city_key(clean_line(city))
        if not key:
            raise InvalidInput("say which city", field="city", sentence=both("city_needed"))
        if not 1 <= people <= MAX_PEOPLE:
            raise InvalidInput(f"people is from 1 to {MAX_PEOPLE}", field="people", limit=MAX_PEOPLE)
        with self._store.read(community_id) as unit:
            locale = reader_locale(unit)
            there = _people_by_city(unit).get(key)
            ids = set(there.ids) if there else set()
            rows = [
                row for row in unit.session.scalars(select(Member).where(*open_to_match(), *shown())) if row.id in ids
            ]
            times = _recent(unit)
            coming = unit.session.scalars(
                select(Event)
                .where(Event.status == PUBLISHED, Event.starts_at > unit.now)
                .order_by(Event.starts_at, Event.id)
            )
            events = [one for one in coming if city_key(one.city) == key][:_MOST_EVENTS]
        name, needed = city_name(there.name if there else clean_line(city), locale), self._book.city_needs
        found = sorted(rows, key=lambda row: (times[row.id], row.name, row.id)) if len(rows) >= needed else []
        return CityList(
            city=name, items=[_guest(row, times[row.id], locale) for row in found[:people]],
            events=[CityEvent(id=one.id, title=one.title, starts_at=one.starts_at) for one in events],
            note="" if found else say(locale, "city.few", city=name, needed=needed),
        )  # fmt: skip

    def _view(self, locale: str, name: str, members: int, city: str = "") -> CircleView:
        return CircleView.model_validate(
            {
                "name": name, "label": self._book.label(name, locale), "city": city, "members": members,
                "benefits": self._book.benefits(name, locale),
            }
        )  # fmt: skip


class _Place(NamedTuple):
    """A city by its most frequent spelling, and who is there."""

    name: str
    ids: Sequence[str]


def _people_by_city(unit: Unit) -> dict[str, _Place]:
    """Return the members who may be shown, by the key of their city and of the circle they were put in."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    homes = unit.session.execute(select(Member.id, Member.city).where(Member.city != "", *shown()))
    seats = unit.session.execute(
        select(CircleSeat.member_id, CircleSeat.city)
        .join(Member, Member.id == CircleSeat.member_id)
        .where(CircleSeat.circle == "city", *shown())
    )
    for member_id, city in (*homes, *seats):
        found[city_key(city)][member_id] = None
        names[city_key(city)][clean_line(city)] += 1
    return {
        key: _Place(max(names[key].items(), key=lambda one: (one[1], one[0]))[0], list(ids))
        for key, ids in found.items()
        if key
    }


def _recent(unit: Unit) -> Counter[str]:
    statement = (
        select(CheckIn.member_id, func.count())
        .where(CheckIn.checked_in_at >= unit.now - _RECENT, CheckIn.member_id.is_not(None))
        .group_by(CheckIn.member_id)
    )
    return Counter({str(member_id): int(count) for member_id, count in unit.session.execute(statement)})


def _guest(row: Member, times: int, locale: str) -> Guest:
    reason = say(locale, "guest.some", times=times) if times else say(locale, "guest.never")
    return Guest(member_id=row.id, name=row.name, industry=row.industry, times=times, reason=reason)
