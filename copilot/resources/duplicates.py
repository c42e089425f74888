"""Resources that may be one, found by the meaning of their texts. A person decides; a merged one leaves and says where to.

Confidential resources have no vectors, so none is ever found to be like another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from sqlalchemy import and_, or_, select, update

from copilot.community.access import Actor
from copilot.community.embeddable import RESOURCE
from copilot.community.ids import derived_id
from copilot.community.models import ResourceStatus
from copilot.community.resource_history import changes_since, note_change, values_of
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Loan, Resource, ResourceDuplicate
from copilot.errors import NotFound
from copilot.resources.models import DuplicateSearch, DuplicateSide, DuplicateStatus, DuplicateView
from copilot.resources.occupancy import lock_resource
from copilot.resources.transitions import OPEN, LoanStatus
from copilot.resources.viewing import OPERATE, members_of, names_of
from copilot.resources.waiting import move_up
from copilot.resources.wording import refusal, wrong
from copilot.vectors.index import VectorIndex

# Sentences of the bundled model are alike from about .80 on, whatever they say; pairs are proposed well above.
THRESHOLD = 0.94
_NEAREST = 6
_CHUNK = 200
MOST_COMPARED = 20_000
_IN_LIBRARY = (ResourceStatus.AVAILABLE.value, ResourceStatus.PAUSED.value, ResourceStatus.STALE.value)
_IN_USE = (
    LoanStatus.ACCEPTED.value, LoanStatus.LENT.value, LoanStatus.GRANTED.value, LoanStatus.OVERDUE.value,
    LoanStatus.HANDED_BACK.value, LoanStatus.DISPUTED.value,
)  # fmt: skip


class DuplicateDesk:
    """Finds and decides pairs. Safe to share between threads."""

    def __init__(self, store: Store, index: VectorIndex, threshold: float = THRESHOLD) -> None:
        self._store = store
        self._index = index
        self._threshold = threshold

    def search(self, community_id: str, actor: Actor) -> DuplicateSearch:
        """Compare resources of one class and propose pairs that are alike; a pair is proposed once.

        Raises:
            Denied: the actor is no operator.
            IndexUnavailable: the vectors cannot be read.
        """
        actor.require(OPERATE)
        with self._store.read(community_id) as unit:
            rows = unit.session.execute(
                select(Resource.id, Resource.type)
                .where(Resource.status.in_(_IN_LIBRARY), Resource.confidential.is_(False))
                .order_by(Resource.id)
                .limit(MOST_COMPARED)
            ).all()
        classes = {str(key): str(kind) for key, kind in rows}
        looked, alike = 0, {}
        for keys, matrix in self._vectors(community_id, list(classes)):
            looked += len(keys)
            for key, hits in zip(keys, self._index.query(community_id, RESOURCE, matrix, _NEAREST), strict=True):
                for hit in hits:
                    same = classes.get(hit.record_id) == classes[key] and hit.record_id != key
                    if same and hit.similarity >= self._threshold:
                        alike[tuple(sorted((key, hit.record_id)))] = float(hit.similarity)
        proposed = self._propose(community_id, alike) if alike else 0
        return DuplicateSearch(looked_at=looked, proposed=proposed, threshold=self._threshold)

    def _vectors(self, community_id: str, ids: Sequence[str]) -> Iterator[tuple[list[str], np.ndarray]]:
        for start in range(0, len(ids), _CHUNK):
            found = self._index.fetch(community_id, RESOURCE, ids[start : start + _CHUNK])
            if found:
                yield list(found), np.stack(list(found.values()))

    def _propose(self, community_id: str, alike: dict[tuple[str, ...], float]) -> int:
        proposed = 0
        with self._store.write(community_id) as unit:
            ids = {pair: derived_id("rdu", unit.community_id, *pair) for pair in alike}
            known = unit.get_many(ResourceDuplicate, ids.values())
            there = unit.get_many(Resource, [key for pair in alike for key in pair])
            for pair, similarity in sorted(alike.items()):
                if ids[pair] not in known and all(key in there for key in pair):
                    unit.add(
                        ResourceDuplicate(
                            id=ids[pair], first_id=pair[0], second_id=pair[1], similarity=round(similarity, 4),
                            status=DuplicateStatus.PROPOSED.value, created_at=unit.now,
                        )
                    )  # fmt: skip
                    proposed += 1
        return proposed

    def page(
        self, community_id: str, actor: Actor, *, status: DuplicateStatus | None = None, limit: int = 50,
        cursor: str | None = None,
    ) -> Page[DuplicateView]:  # fmt: skip
        """Return pairs, the most alike first.

        Raises:
            Denied: the actor is no operator.
            InvalidInput: limit or cursor is wrong.
        """
        actor.require(OPERATE)
        statement = select(ResourceDuplicate)
        if status is not None:
            statement = statement.where(ResourceDuplicate.status == status.value)
        with self._store.read(community_id) as unit:
            sort = (ResourceDuplicate.similarity, ResourceDuplicate.id)
            page = unit.page(statement, sort, limit=limit, cursor=cursor)
            return Page(_views(unit, actor, page.items), page.next_cursor)

    def decide(self, community_id: str, pair_id: str, keep_id: str | None, actor: Actor) -> DuplicateView:
        """Merge the other into `keep_id`, or say with None that the two are two; the same again changes nothing.

        The line and the requests of the one that goes stand behind the other's from then on.

        Raises:
            Denied: the actor is no operator.
            NotFound: there is no such pair.
            InvalidInput: the one to keep is none of the two.
            Conflict: it was decided otherwise, or the one that goes is in use.
        """
        actor.require(OPERATE)
        with self._store.write(community_id) as unit:
            pair = unit.find(ResourceDuplicate, pair_id)
            if pair is None:
                raise NotFound(f"there is no pair {pair_id!r} in this community", kind="resource_duplicate", id=pair_id)
            first, second = (lock_resource(unit, key) for key in sorted((pair.first_id, pair.second_id)))
            if keep_id not in {None, first.id, second.id}:
                raise wrong("not_one_of_them", "keep_id")
            kept, gone = (first, second) if keep_id == first.id else (second, first)
            wanted = DuplicateStatus.DISTINCT if keep_id is None else DuplicateStatus.MERGED
            if pair.status != DuplicateStatus.PROPOSED:
                if pair.status != wanted or (keep_id is not None and gone.merged_into != kept.id):
                    raise refusal("decided_already")
                return _views(unit, actor, [pair])[0]
            if keep_id is not None:
                _merge(unit, kept, gone, actor)
            pair.status, pair.decided_by, pair.decided_at = wanted.value, actor.key_id, unit.now
            unit.audit(
                actor.key_id, f"resource_duplicate.{wanted.value}", ("resource_duplicate", pair.id),
                kept=keep_id, resource_ids=[first.id, second.id],
            )  # fmt: skip
            return _views(unit, actor, [pair])[0]


def _merge(unit: Unit, kept: Resource, gone: Resource, actor: Actor) -> None:
    if ResourceStatus.MERGED in {kept.status, gone.status}:
        raise refusal("merged_already")
    used = select(Loan.id).where(Loan.resource_id == gone.id, Loan.status.in_(_IN_USE)).limit(1)
    if unit.session.scalar(used) is not None:
        raise refusal("in_use")
    open_loans = [status.value for status in OPEN]
    unit.session.execute(
        update(Loan).where(Loan.resource_id == gone.id, Loan.status.in_(open_loans)).values(resource_id=kept.id)
    )
    before_gone, before_kept = values_of(gone), values_of(kept)
    gone.status, gone.merged_into = ResourceStatus.MERGED.value, kept.id
    kept.tags = list(dict.fromkeys([*kept.tags, *gone.tags]))[:50]
    note_change(unit, gone, "merged", actor.key_id, changes_since(before_gone, gone))
    note_change(unit, kept, "merged", actor.key_id, changes_since(before_kept, kept))
    # Other pairs with the one that is gone have nothing left to decide.
    others = unit.session.scalars(
        select(ResourceDuplicate).where(
            ResourceDuplicate.status == DuplicateStatus.PROPOSED.value,
            or_(ResourceDuplicate.first_id == gone.id, ResourceDuplicate.second_id == gone.id),
            ~and_(
                ResourceDuplicate.first_id.in_((kept.id, gone.id)), ResourceDuplicate.second_id.in_((kept.id, gone.id))
            ),
        )
    )
    for other in others:
        unit.session.delete(other)
    move_up(unit, kept)


def _views(unit: Unit, actor: Actor, rows: Sequence[ResourceDuplicate]) -> list[DuplicateView]:
    resources = unit.get_many(Resource, [key for row in rows for key in (row.first_id, row.second_id)])
    seen = names_of(actor, members_of(unit, [item.owner_id for item in resources.values()]))

    def side(key: str) -> DuplicateSide:
        found = resources[key]
        return DuplicateSide(
            id=found.id, library_code=found.library_code, title=found.title,
            owner_id=found.owner_id if found.owner_id in seen else None,
        )  # fmt: skip

    return [
        DuplicateView(
            id=row.id, first=side(row.first_id), second=side(row.second_id), similarity=row.similarity,
            status=DuplicateStatus(row.status), decided_at=row.decided_at, created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip
