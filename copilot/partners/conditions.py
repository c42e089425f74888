"""On what conditions a partner's resource is to be had, beside what is usual for its class here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import func, select

from copilot.community.embeddable import today
from copilot.community.permission import offered_on
from copilot.community.store import Unit
from copilot.community.tables import Resource
from copilot.partners.models import CultureDifference, SharedOffer
from copilot.partners.wording import said

# Fewer resources of a class are no custom.
_FEWEST = 3
_IN_RETURN = frozenset({"nothing", "introduction_fee", "revenue_share", "swap", "write_up", "other"})


class Conditions(NamedTuple):
    """How something is used, for how many days (0: no limit is said), and for what in return (empty: not said)."""

    mode: str
    max_days: int
    in_return: str

    def words(self, locale: str) -> str:
        """Return them in one language."""
        parts = [said("grant" if self.mode == "grant" else "lend", locale)]
        if self.max_days:
            parts.append(said("days", locale, days=self.max_days))
        if self.in_return:
            known = self.in_return in _IN_RETURN
            parts.append(said(f"return.{self.in_return}", locale) if known else self.in_return)
        return ("，" if locale == "zh-CN" else ", ").join(parts)


def usual_conditions(unit: Unit) -> dict[str, Conditions]:
    """Return the most frequent conditions of what is on offer here, by class, where there are at least three of it."""
    days = func.coalesce(Resource.max_days, 0)
    found = unit.session.execute(
        select(Resource.type, Resource.mode, days, Resource.in_return, func.count())
        .where(*offered_on(today(unit)), Resource.confidential.is_(False))
        .group_by(Resource.type, Resource.mode, days, Resource.in_return)
    )
    by_class: dict[str, list[tuple[int, Conditions]]] = defaultdict(list)
    for kind, mode, max_days, in_return, count in found:
        by_class[kind].append((int(count), Conditions(mode, int(max_days), in_return)))
    return {
        kind: max(ways, key=lambda way: (way[0], way[1]))[1]
        for kind, ways in by_class.items()
        if sum(count for count, _ in ways) >= _FEWEST
    }


def terms_difference(offer: SharedOffer, usual: Mapping[str, Conditions], locale: str) -> CultureDifference | None:
    """Return how an offer's conditions are not what is usual here; None when they are, or nothing is."""
    theirs = Conditions(offer.mode, offer.max_days or 0, offer.in_return)
    ours = usual.get(offer.type.value)
    if ours is None or ours == theirs:
        return None
    here, there = ours.words(locale), theirs.words(locale)
    return CultureDifference(
        aspect="terms", ours=here, theirs=there, text=said("terms", locale, ours=here, theirs=there)
    )
