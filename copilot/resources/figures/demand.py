"""What is asked for and not there: requests that came to nothing, by class, and wishes that no resource comes near.

How near is near cannot be said by a number: with the bundled model, wishes and resources that have nothing in common
are nearly as alike as those that fit. So wishes are put in an order, and a person looks at those at its head.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.embeddable import RESOURCE
from copilot.community.models import Aspect, ResourceStatus, ResourceType
from copilot.community.permission import allowing_ai
from copilot.community.reader import reader_locale
from copilot.community.resource_classes import CLASSES
from copilot.community.store import Store, Unit
from copilot.community.tables import Member, ProfileText, Resource
from copilot.resources.figures.desk import period
from copilot.resources.figures.models import ClassDemand, FarWish, UnmetDemand
from copilot.resources.figures.records import Book, Use, read_book
from copilot.resources.viewing import OPERATE
from copilot.vectors.index import VectorIndex

MOST_WISHES = 2000
MOST_RESOURCES = 2000
MOST_SHOWN = 50
_HAN = re.compile("[\u3400-\u9fff]")
_UNMET = ("declined", "expired", "withdrawn", "cancelled")
_SENTENCES = {
    "zh-CN": "按类的数字来自期内没有拿到的申请。愿望按离现有资源的远近排列，最远的在前；远近只是顺序，够不够近由人来看。",
    "en": "Classes are counted from requests of the period that came to nothing. Wishes are in order of how far the library is from "
    "them, the farthest first; that is an order and no verdict: a person says what is near enough.",
}  # fmt: skip


@dataclass(frozen=True)
class _Wish:
    id: str
    member_id: str
    text: str


class DemandDesk:
    """Finds what the library lacks, for operators. Safe to share between threads."""

    def __init__(self, store: Store, index: VectorIndex) -> None:
        self._store = store
        self._index = index

    def show(
        self, community_id: str, actor: Actor, start: date | None = None, end: date | None = None
    ) -> UnmetDemand:  # fmt: skip
        """Return what was asked for from `start` to `end` and not met, and the wishes that the library is farthest from.

        Wishes are of members who let their texts be read and are not hidden; resources are those on offer to everybody.

        Raises:
            Denied: the actor is no operator.
            InvalidInput: an end before the start, or more than 366 days.
            IndexUnavailable: the vectors cannot be read.
        """
        actor.require(OPERATE)
        with self._store.read(community_id) as unit:
            first, last = period(unit, start, end)
            book, locale = read_book(unit, first, last), reader_locale(unit)
            wishes, resources = _wishes(unit), _resources(unit)
        farthest, compared = self._farthest(community_id, wishes, resources)
        return UnmetDemand(
            start=first, end=last, by_class=by_class(book, first, last, locale), by_meaning=farthest, wishes=compared,
            sentence=_SENTENCES["zh-CN" if locale == "zh-CN" else "en"],
        )  # fmt: skip

    def _farthest(
        self, community_id: str, wishes: Sequence[_Wish], resources: Mapping[str, tuple[str, str]]
    ) -> tuple[list[FarWish], int]:
        wanted = self._index.fetch(community_id, Aspect.WANTS.value, [wish.id for wish in wishes])
        offered = self._index.fetch(community_id, RESOURCE, list(resources))
        known = [wish for wish in wishes if wish.id in wanted]
        if not known:
            return [], 0
        if not offered:
            return [_far(wish, None, "", None, 0.0) for wish in known[:MOST_SHOWN]], len(known)
        ids = sorted(offered)
        cosines = np.stack([wanted[wish.id] for wish in known]) @ np.stack([offered[key] for key in ids]).T
        leads = leads_of(cosines, [bool(_HAN.search(wish.text)) for wish in known])
        best = leads.argmax(axis=1)
        order = sorted(range(len(known)), key=lambda row: (float(leads[row, best[row]]), known[row].id))
        shown = []
        for row in order[:MOST_SHOWN]:
            key = ids[best[row]]
            title, kind = resources[key]
            shown.append(_far(known[row], key, title, ResourceType(kind), float(leads[row, best[row]])))
        return shown, len(known)


def leads_of(cosines: NDArray[np.float32], is_han: Sequence[bool]) -> NDArray[np.float64]:
    """Return how much nearer each wish and resource are than usual for both, (wishes, resources).

    Some texts are near everything, and texts of one language nearer each other: so what is usual is taken off by row
    and by column, among wishes of one script at a time.
    """
    found = np.zeros(cosines.shape, np.float64)
    marks = np.asarray(is_han)
    for rows in (marks, ~marks):
        part = cosines[rows].astype(np.float64)
        if len(part):
            found[rows] = part - part.mean(0, keepdims=True) - part.mean(1, keepdims=True) + part.mean()
    return found


def by_class(book: Book, start: date, end: date, locale: str) -> list[ClassDemand]:
    """Return what was asked for and came to nothing, the classes with most of it first."""
    kinds = {shelf.id: shelf.kind for shelf in book.shelves}
    asked: dict[str, list[Use]] = defaultdict(list)
    for use in book.uses:
        if start <= use.requested_on <= end and use.handed_on is None and use.status in {*_UNMET, "waiting"}:
            asked[kinds[use.resource_id]].append(use)
    found = []
    for kind, uses in asked.items():
        ends = Counter(use.status for use in uses)
        unmet = [use for use in uses if use.status in _UNMET]
        found.append(
            ClassDemand(
                type=ResourceType(kind), type_name=CLASSES[ResourceType(kind)].name(locale), unmet=len(unmet),
                members=len({use.member_id for use in uses} - {None}), declined=ends["declined"],
                expired=ends["expired"], withdrawn=ends["withdrawn"], cancelled=ends["cancelled"],
                waiting=ends["waiting"], unit_days=sum(use.units * use.wanted_days for use in unmet),
            )
        )  # fmt: skip
    return sorted(found, key=lambda item: (-item.unmet, -item.waiting, item.type.value))


def _wishes(unit: Unit) -> list[_Wish]:
    rows = unit.session.execute(
        select(ProfileText.id, ProfileText.member_id, ProfileText.text)
        .join(Member, Member.id == ProfileText.member_id)
        .where(ProfileText.aspect == Aspect.WANTS.value, *allowing_ai())
        .order_by(ProfileText.id)
        .limit(MOST_WISHES)
    )
    return [_Wish(*row) for row in rows]


def _resources(unit: Unit) -> dict[str, tuple[str, str]]:
    rows = unit.session.execute(
        select(Resource.id, Resource.title, Resource.type)
        .where(Resource.status == ResourceStatus.AVAILABLE.value, Resource.confidential.is_(False))
        .order_by(Resource.id)
        .limit(MOST_RESOURCES)
    )
    return {key: (title, kind) for key, title, kind in rows}


def _far(wish: _Wish, key: str | None, title: str, kind: ResourceType | None, lead: float) -> FarWish:
    return FarWish(
        text_id=wish.id, member_id=wish.member_id, text=wish.text, nearest_resource_id=key, nearest_title=title,
        nearest_type=kind, lead=round(lead, 4),
    )  # fmt: skip
