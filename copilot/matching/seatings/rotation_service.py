"""Rotations of parallel groups: a preview that can be read at leisure, then applied or discarded. Nobody is moved by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from copilot.community.access import Actor
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Seating
from copilot.errors import Conflict
from copilot.matching.optimum import Impossible, NotFoundInTime
from copilot.matching.records import read_setting
from copilot.matching.seatings.models import (
    RotationAsk,
    RotationDetail,
    RotationFigures,
    RotationMove,
    RotationSummary,
    Seated,
    SeatingStatus,
)
from copilot.matching.seatings.records import (
    NewSeating,
    add_seating,
    get_seating,
    next_number,
    page_seatings,
    read_seated,
)
from copilot.matching.seatings.roster import split_open
from copilot.matching.seatings.rotation import plan_rotation
from copilot.matching.seatings.rotation_basis import (
    RotationBasis,
    earlier_groupings,
    last_applied,
    read_basis,
    still_movable,
)
from copilot.matching.seatings.rotation_models import Rotation, RotationSettings
from copilot.matching.seatings.wording import explain, refusal


class RotationService:
    """Plans rotations and keeps them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def preview(
        self, community_id: str, ask: RotationAsk, *, actor: Actor, before_keeping: Callable[[], None] | None = None
    ) -> RotationDetail:
        """Plan a rotation and keep it as a preview.

        `before_keeping` is called when it is found; what it raises leaves nothing stored.

        Raises:
            InvalidInput: as `read_basis`; `Impossible` and `NotFoundInTime` where no rotation keeps the rules.
            NotFound: a named member is not here.
        """
        with self._store.read(community_id) as unit:
            basis = read_basis(unit, actor, ask)
        settings = RotationSettings(
            least=ask.least, largest=ask.largest, most_moves=ask.most_moves, count_tolerance=ask.count_tolerance,
            share_tolerance=ask.share_tolerance, time_limit_seconds=ask.seconds, seed=ask.seed,
        )  # fmt: skip
        try:
            found = plan_rotation(basis.request, settings)
        except (Impossible, NotFoundInTime) as error:
            explain(error)
            raise
        if before_keeping is not None:
            before_keeping()
        with self._store.write(community_id) as unit:
            row = add_seating(unit, _as_seating(unit, ask, basis, found), actor=actor.key_id)
            unit.audit(actor.key_id, "rotation.previewed", ("rotation", row.id), series=row.series, number=row.number)
            rotation_id = row.id
        return self.get(community_id, rotation_id, actor=actor)

    def history(
        self, community_id: str, *, series: str | None = None, status: SeatingStatus | None = None,
        limit: int = 20, cursor: str | None = None,
    ) -> Page[RotationSummary]:  # fmt: skip
        """Return rotations, newest first, without their diffs.

        Raises:
            InvalidInput: limit or cursor are wrong.
        """
        with self._store.read(community_id) as unit:
            page = page_seatings(unit, "rotation", series=series, status=status, limit=limit, cursor=cursor)
        return Page([RotationSummary(**_head(row)) for row in page.items], page.next_cursor)

    def get(self, community_id: str, rotation_id: str, *, actor: Actor) -> RotationDetail:
        """Return one rotation with its diff.

        Raises:
            NotFound: there is no such rotation.
        """
        with self._store.read(community_id) as unit:
            row, setting = get_seating(unit, "rotation", rotation_id), read_setting(unit)
            seated = read_seated(unit, actor, rotation_id)
            earlier = earlier_groupings(unit, row.series, before=row.number)
        _, staying = split_open(list(seated.members.values()), setting.locale)
        moves = _moves(seated.groups, seated.origins, earlier)
        return RotationDetail(**_head(row), moves=moves, groups=seated.groups, staying=staying)

    def apply(self, community_id: str, rotation_id: str, *, actor: Actor) -> RotationDetail:
        """Make a preview the groups of today.

        Raises:
            NotFound: there is no such rotation.
            Conflict: it is no preview any more, another one was applied meanwhile, or who would move has withdrawn.
        """
        with self._store.write(community_id) as unit:
            row = _preview(unit, rotation_id)
            applied = last_applied(unit, row.series)
            if (applied.id if applied else "") != row.params["based_on"]:
                raise refusal(Conflict, "outdated", series=row.series)
            seated = read_seated(unit, actor, rotation_id)
            moving = [m.member_id for m in _moves(seated.groups, seated.origins, [])]
            gone = int(row.result["moves"]) - still_movable(unit, moving)
            if gone:
                raise refusal(Conflict, "withdrew", count=gone)
            _settle(unit, row, SeatingStatus.APPLIED, actor, moves=len(moving))
        return self.get(community_id, rotation_id, actor=actor)

    def discard(self, community_id: str, rotation_id: str, *, actor: Actor) -> RotationDetail:
        """Put a preview aside.

        Raises:
            NotFound: there is no such rotation.
            Conflict: it is no preview any more.
        """
        with self._store.write(community_id) as unit:
            _settle(unit, _preview(unit, rotation_id), SeatingStatus.DISCARDED, actor)
        return self.get(community_id, rotation_id, actor=actor)


def _as_seating(unit: Unit, ask: RotationAsk, basis: RotationBasis, found: Rotation) -> NewSeating:
    figures = RotationFigures(
        members=len(basis.homes), groups=len(found.groups), moves=len(found.moves),
        stars=sum(one.is_star for one in basis.request.members), new_acquaintances=found.new_acquaintances,
        bound=found.bound, gap=found.gap, proof=found.status, seconds=found.seconds,
        before=found.before, after=found.after,
    )  # fmt: skip
    kept = {"most_moves", "least", "largest", "count_tolerance", "share_tolerance", "seconds", "seed"}
    params: dict[str, Any] = ask.model_dump(mode="json", include=kept)
    params |= {"pinned_pairs": len(ask.pinned_pairs), "pinned_members": len(ask.pinned_members)}
    return NewSeating(
        kind="rotation", series=ask.series, number=next_number(unit, "rotation", ask.series),
        status=SeatingStatus.PREVIEW, params={**params, "based_on": basis.based_on},
        result=figures.model_dump(mode="json"), groups=found.groups, origins=dict(basis.homes),
    )  # fmt: skip


def _head(row: Seating) -> dict[str, Any]:
    return {
        "id": row.id, "series": row.series, "number": row.number, "status": row.status, "figures": row.result,
        "created_by": row.created_by, "created_at": row.created_at, "updated_at": row.updated_at,
    }  # fmt: skip


def _moves(
    groups: Mapping[str, Sequence[Seated]], origins: Mapping[str, str], earlier: Sequence[Sequence[Sequence[str]]]
) -> list[RotationMove]:
    """Return the diff, and how many of the new group each who moves never shared one with."""
    company: dict[str, set[str]] = {}
    homes: dict[str, list[str]] = {}
    for member_id, home in origins.items():
        homes.setdefault(home, []).append(member_id)
    for group in [*homes.values(), *(group for grouping in earlier for group in grouping)]:
        for member_id in group:
            company.setdefault(member_id, set()).update(group)
    return [
        RotationMove(
            member_id=one.member_id, name=one.name, from_group=origins[one.member_id], to_group=name,
            new_acquaintances=sum(other.member_id not in company[one.member_id] for other in members),
        )
        for name, members in groups.items()
        for one in members
        if origins[one.member_id] != name
    ]  # fmt: skip


def _preview(unit: Unit, rotation_id: str) -> Seating:
    row = get_seating(unit, "rotation", rotation_id)
    if row.status != SeatingStatus.PREVIEW.value:
        raise refusal(Conflict, "not_planned", series=row.series, number=row.number, status=row.status)
    return row


def _settle(unit: Unit, row: Seating, status: SeatingStatus, actor: Actor, **data: object) -> None:
    row.status = status.value
    row.updated_at = unit.now
    unit.audit(
        actor.key_id, f"rotation.{status.value}", ("rotation", row.id), series=row.series, number=row.number, **data
    )
