"""Rounds as they are shown: to operators with every group, to a member with the own one. Words are made when asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from sqlalchemy import select

from copilot.community.access import Actor
from copilot.community.permission import is_open_to_match
from copilot.community.store import Page, Store
from copilot.community.tables import Member, Seat, Seating
from copilot.errors import IndexUnavailable
from copilot.matching.learning.versions import active_weights
from copilot.matching.models import Reason
from copilot.matching.optimum import Matrix
from copilot.matching.reasons import make_reasons
from copilot.matching.records import Party, Setting, read_members, read_setting, with_activity, with_statements
from copilot.matching.scores.pair_scorer import Circle, PairScorer
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.group_words import GroupWords, GroupWriter
from copilot.matching.seatings.models import MemberRound, RoundDetail, RoundFigures, RoundGroup, Seated, SeatingStatus
from copilot.matching.seatings.records import (
    NewSeating,
    as_seated,
    get_seating,
    read_groups,
    read_seated,
    read_series,
)
from copilot.matching.seatings.round_basis import RoundBasis

_SILENT = GroupWords(None, None, [])
_COUNTED = (SeatingStatus.HELD, SeatingStatus.PLANNED)


@dataclass(frozen=True)
class _Sheet:
    """What a round is shown from: its groups, their mean scores, and who met in the rounds looked back on."""

    head: dict[str, Any]
    groups: dict[str, list[Seated]]
    worth: dict[str, float]
    met: set[frozenset[str]]

    def detail(self, writer: GroupWriter | None) -> RoundDetail:
        """Return the round as it is shown; without a writer its groups come without words."""
        groups = []
        for name, members in self.groups.items():
            open_ones = [(one.member_id, one.name) for one in members]
            words = writer.write(open_ones) if writer is not None else _SILENT
            pairs = combinations(sorted(one.member_id for one in members), 2)
            groups.append(
                RoundGroup(
                    name=name, members=members, score=self.worth.get(name, 0.0), intro=words.intro,
                    repeated=[pair for pair in pairs if frozenset(pair) in self.met],
                    reason_for=words.reason_for, reasons=words.reasons,
                )
            )  # fmt: skip
        return RoundDetail(**self.head, groups=groups, degraded=None if writer else "index_unavailable")


class RoundPages:
    """Reads rounds. Words of members who left or withdrew are never among what is shown."""

    def __init__(self, store: Store, pairs: PairScorer, weights: Weights) -> None:
        self._store = store
        self._pairs = pairs
        self._weights = weights

    def head(self, row: Seating) -> dict[str, Any]:
        """Return the fields of a `RoundSummary`."""
        return {
            "id": row.id, "series": row.series, "number": row.number, "status": row.status,
            "size": row.params["size"], "figures": _figures(row.result),
            "created_by": row.created_by, "created_at": row.created_at, "updated_at": row.updated_at,
        }  # fmt: skip

    def of_plan(
        self, basis: RoundBasis, circle: Circle, scores: Matrix, news: Sequence[NewSeating], heads: Sequence[dict[str, Any]]
    ) -> list[RoundDetail]:  # fmt: skip
        """Return rounds just planned, whether or not they are kept."""
        writer = self._writer(basis.setting, circle, scores)
        names = {party.id: party.name for party in basis.parties}
        past: list[list[Sequence[str]]] = [list(groups) for groups in basis.history]
        details = []
        for new, head in zip(news, heads, strict=True):
            groups = {
                name: [Seated(member_id=member_id, name=names[member_id]) for member_id in members]
                for name, members in new.groups.items()
            }
            met = _met(past, new.params["no_repeat_rounds"])
            details.append(_Sheet(head, groups, new.result["scores"], met).detail(writer))
            past.append(list(new.groups.values()))
        return details

    def preview_head(self, new: NewSeating, setting: Setting, actor: Actor) -> dict[str, Any]:
        """Return the fields of a `RoundSummary` of a round that is not kept."""
        return {
            "id": None, "series": new.series, "number": new.number, "status": new.status,
            "size": new.params["size"], "figures": _figures(new.result),
            "created_by": actor.key_id, "created_at": setting.now, "updated_at": setting.now,
        }  # fmt: skip

    def read(self, community_id: str, round_id: str, actor: Actor) -> RoundDetail:
        """Return a stored round.

        Raises:
            NotFound: there is none with this id.
        """
        with self._store.read(community_id) as unit:
            row, setting = get_seating(unit, "round", round_id), read_setting(unit)
            seated = read_seated(unit, actor, round_id)
            look_back = int(row.params["no_repeat_rounds"])
            earlier = read_series(unit, "round", row.series, _COUNTED, before=row.number, last=max(1, look_back))
            past = [list(groups.values()) for groups in read_groups(unit, [one.id for one in earlier]).values()]
            open_ids = [member_id for member_id, member in seated.members.items() if is_open_to_match(member)]
            known = read_members(unit, sorted(open_ids))
            parties = with_activity(unit, with_statements(unit, list(known.values())))
            _, weights = active_weights(unit, self._weights)
        sheet = _Sheet(self.head(row), seated.groups, row.result.get("scores", {}), _met(past, look_back))
        try:
            circle = self._pairs.circle(community_id, weights, parties)
            writer = self._writer(setting, circle, self._pairs.scores(circle).scores)
        except IndexUnavailable:
            writer = None
        return sheet.detail(writer)

    def of_member(self, community_id: str, member_id: str, limit: int, cursor: str | None) -> Page[MemberRound]:
        """Return a page of the rounds a member has a seat in, newest first.

        Raises:
            NotFound: there is no such member.
            InvalidInput: limit or cursor are wrong.
        """
        with self._store.read(community_id) as unit:
            unit.get(Member, member_id)
            seats = select(Seat.seating_id).where(Seat.member_id == member_id)
            statement = select(Seating).where(
                Seating.kind == "round", Seating.id.in_(seats), Seating.status.in_([one.value for one in _COUNTED])
            )
            page = unit.page(statement, (Seating.created_at, Seating.id), limit=limit, cursor=cursor)
            groups = read_groups(unit, [row.id for row in page.items])
            own = {
                round_id: next((name, ids) for name, ids in named.items() if member_id in ids)
                for round_id, named in groups.items()
            }
            rows = unit.get_many(Member, {one for _, ids in own.values() for one in ids})
            setting = read_setting(unit)
            shown = {one: row for one, row in rows.items() if is_open_to_match(row) or one == member_id}
            known = read_members(unit, sorted(one for one, row in shown.items() if is_open_to_match(row)))
            parties = {party.id: party for party in with_activity(unit, with_statements(unit, list(known.values())))}
            _, weights = active_weights(unit, self._weights)
        circle = self._pairs.circle(community_id, weights, list(parties.values()))
        items = []
        for row in page.items:
            name, ids = own[row.id]
            others = [one for one in ids if one != member_id and one in shown]
            items.append(
                MemberRound(
                    round_id=row.id, series=row.series, number=row.number, status=SeatingStatus(row.status),
                    created_at=row.created_at, group=name, beside=[as_seated(shown[one]) for one in others],
                    reasons=self._reasons(setting, circle, parties, member_id, others),
                )
            )  # fmt: skip
        return Page(items, page.next_cursor)

    def _reasons(
        self, setting: Setting, circle: Circle, parties: dict[str, Party], member_id: str, others: Sequence[str]
    ) -> list[Reason]:
        """Return why the member and the one of the group who fits best should talk."""
        asker = parties.get(member_id)
        targets = [parties[one] for one in others if one in parties]
        if asker is None or not targets:
            return []
        comparer = self._pairs.comparer(circle)
        best = max((comparer.compare(asker, target) for target in targets), key=lambda found: found.score)
        return make_reasons(asker, best, setting)

    def _writer(self, setting: Setting, circle: Circle, scores: Matrix) -> GroupWriter:
        parties = {party.id: party for party in circle.parties}
        places = {party.id: place for place, party in enumerate(circle.parties)}
        return GroupWriter(setting, parties, self._pairs.comparer(circle), scores, places)


def _figures(result: dict[str, Any]) -> RoundFigures:
    return RoundFigures.model_validate({name: value for name, value in result.items() if name != "scores"})


def _met(rounds: Sequence[Iterable[Sequence[str]]], look_back: int) -> set[frozenset[str]]:
    """Return the pairs who shared a group in the last rounds."""
    looked_at = rounds[-look_back:] if look_back else []
    return {frozenset(pair) for groups in looked_at for group in groups for pair in combinations(group, 2)}
