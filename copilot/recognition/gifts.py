"""Red packets as suggestions in words: a budget shared by points. Nothing is paid and nothing is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select

from copilot.community.store import Store, Unit
from copilot.community.tables import Member, PointEntry, PointPerson, Season
from copilot.currency import money, stored_currency
from copilot.errors import InvalidInput
from copilot.recognition.rule_versions import RuleBook
from copilot.recognition.season_models import Gift, Gifts
from copilot.recognition.seasons import Place, member_places
from copilot.recognition.wording import number, say

FEATURE = "recognition:gifts"
MOST_PEOPLE, MOST_BUDGET = 50, 100_000_000


class GiftDesk:
    """Writes suggestions."""

    def __init__(self, store: Store, book: RuleBook) -> None:
        self._store = store
        self._book = book

    def suggest(self, community_id: str, season_id: str, budget_minor_units: int, people: int) -> Gifts:
        """Share a budget among those with most points in a season, by their points, to the last minor unit.

        Raises:
            NotFound: no such season here.
            InvalidInput: the budget or the number of people is out of bounds.
        """
        if not 1 <= budget_minor_units <= MOST_BUDGET:
            raise InvalidInput(f"the budget is from 1 to {MOST_BUDGET} minor units", field="budget", limit=MOST_BUDGET)
        if not 1 <= people <= MOST_PEOPLE:
            raise InvalidInput(f"people is from 1 to {MOST_PEOPLE}", field="people", limit=MOST_PEOPLE)
        with self._store.read(community_id) as unit:
            season = unit.get(Season, season_id)
            community = unit.community()
            places = sorted(member_places(unit, season), key=lambda one: (-one.hundredths, one.id))[:people]
            amounts = shared(budget_minor_units, [place.hundredths for place in places])
            main = _main_rules(unit, season, places)
            rules = self._book.current(unit).rules
            locale, currency = community.locale, stored_currency(community.settings)
        items = [
            Gift(
                member_id=place.id, name=place.name, points=place.hundredths / 100, minor_units=amount,
                text=say(
                    locale, "gift.text", name=place.name, amount=money(amount, currency, locale),
                    points=number(place.hundredths), label=rules.label(main[place.id], locale),
                ),
            )
            for place, amount in zip(places, amounts, strict=True)
            if amount > 0
        ]  # fmt: skip
        return Gifts(
            season_id=season_id, budget_minor_units=budget_minor_units, currency=currency, items=items,
            note="" if items else say(locale, "gift.none"),
        )  # fmt: skip


def shared(budget: int, points: Sequence[int]) -> list[int]:
    """Return shares of a budget in proportion to `points` that add up to it, by largest remainders; earlier ones first."""
    total = sum(points)
    if total == 0:
        return [0] * len(points)
    amounts = [budget * one // total for one in points]
    by_rest = sorted(range(len(points)), key=lambda place: (-(budget * points[place] % total), place))
    for place in by_rest[: budget - sum(amounts)]:
        amounts[place] += 1
    return amounts


def _main_rules(unit: Unit, season: Season, places: Sequence[Place]) -> dict[str, str]:
    """Return the rule that brought each of these members most."""
    rows = unit.session.execute(
        select(PointPerson.member_id, PointEntry.rule, func.sum(PointEntry.hundredths))
        .join(PointEntry, PointEntry.person_id == PointPerson.id)
        .join(Member, Member.id == PointPerson.member_id)
        .where(
            PointEntry.act_at >= season.starts_at, PointEntry.act_at < season.ends_at,
            PointPerson.member_id.in_([place.id for place in places]),
        )
        .group_by(PointPerson.member_id, PointEntry.rule)
    )  # fmt: skip
    by_member: dict[str, Counter[str]] = {}
    for member_id, rule, total in rows:
        by_member.setdefault(member_id, Counter())[rule] = int(total)
    return {one: min(found, key=lambda rule: (-found[rule], rule)) for one, found in by_member.items()}
