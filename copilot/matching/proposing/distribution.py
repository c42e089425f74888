"""Matches for everybody at once, so that the exposure of the popular is shared out by who suits them best."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain

from sqlalchemy import func, select

from copilot.community.permission import open_to_match
from copilot.community.store import Unit
from copilot.community.tables import Match, Member
from copilot.errors import NotFound
from copilot.matching.models import MAX_MATCHES, MatchKind
from copilot.matching.proposing.allocation import Edge, allocate
from copilot.matching.proposing.match_items import make_item
from copilot.matching.proposing.proposals import store_proposals
from copilot.matching.proposing.ranking import rank
from copilot.matching.proposing.shortlist import Wish
from copilot.matching.records import Setting, with_activity
from copilot.matching.rules.constraints import has_exposure
from copilot.matching.rules.pairing import ACCEPTED, PROPOSED
from copilot.matching.rules.standing import judge, must_partners
from copilot.matching.scores.pair_models import Distributed
from copilot.matching.sources import Basis, Sources, check_count, read_asker, with_texts

_PAGE = 500
# For each proposal wanted, so many candidates are kept at first; members whose best are all full are looked at again.
_SPARE = 3
Progress = Callable[[int, int | None], None]


class Distribution:
    """Ranks for every member, shares out, writes. Two passes: the second reads again what it proposes."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def run(
        self, community_id: str, kind: MatchKind, n: int, *, actor: str, on_progress: Progress | None = None
    ) -> Distributed:
        """Match everybody who agreed to it and keep the proposals; asked again, what is shown stays shown.

        Needs about 200 bytes of memory for each of three candidates a proposal.

        Raises:
            InvalidInput: `n` is out of bounds.
            NotFound: there is no such community.
            IndexUnavailable: the vector index fails; what was proposed stays.
        """
        check_count(n)
        tell = on_progress or (lambda _done, _total: None)
        with self._sources.store.read(community_id) as unit:
            basis = self._sources.basis(unit)
            shown, exposure = _standing_proposals(unit, basis.setting, kind)
            member_ids = _everybody(unit)
        cap, most = basis.setting.limits.exposure_cap, min(MAX_MATCHES, _SPARE * n)

        def room(target_id: str) -> int:
            return cap - exposure[target_id] if cap else len(member_ids)

        edges: dict[str, list[Edge]] = {}
        for done, member_id in enumerate(member_ids):
            tell(done, 2 * len(member_ids))
            edges[member_id] = self._edges(basis, member_id, Wish(kind, n), shown)[:most]
        given = allocate(chain.from_iterable(edges.values()), n, room)
        unlucky = [i for i in member_ids if len(edges[i]) == most and len(given.get(i, ())) < n]
        for member_id in unlucky:
            edges[member_id] = self._edges(basis, member_id, Wish(kind, n), shown)
        if unlucky:
            given = allocate(chain.from_iterable(edges.values()), n, room)
        for done, member_id in enumerate(member_ids):
            tell(len(member_ids) + done, 2 * len(member_ids))
            if member_id in given:
                self._propose(basis, member_id, kind, given[member_id], actor)
        return self._report(community_id, kind, len(member_ids))

    def _edges(self, basis: Basis, member_id: str, wish: Wish, shown: set[tuple[str, str]]) -> list[Edge]:
        with self._sources.store.read(basis.setting.community_id) as unit:
            try:
                asker = read_asker(unit, member_id, wish.kind)
            except NotFound:
                return []  # deleted meanwhile
        ranked = rank(self._sources, basis, asker, wish)
        return [
            Edge(
                is_optional=found.target.id not in ranked.listed.required, distance=1.0 - found.score,
                member_id=member_id, target_id=found.target.id, is_limited=has_exposure(found.target),
                is_shown=(member_id, found.target.id) in shown,
            )
            for found in ranked.good[:MAX_MATCHES]
        ]  # fmt: skip

    def _propose(self, basis: Basis, member_id: str, kind: MatchKind, target_ids: Sequence[str], actor: str) -> None:
        """Write the proposals of one member, as far as nothing forbids them meanwhile."""
        community_id = basis.setting.community_id
        openings = self._sources.openings(community_id, kind)
        with self._sources.store.read(community_id) as unit:
            try:
                asker = read_asker(unit, member_id, kind)
            except NotFound:
                return
            found = self._sources.targets(unit, basis.setting, kind, target_ids, openings.ids)
            targets = [found[target_id] for target_id in target_ids if target_id in found]
            forbidden = judge(unit, basis.setting, asker, targets)
            required = must_partners(unit, member_id) if kind == "member" else set()
            targets = [target for target in targets if not forbidden[target.id]]
            if kind == "member":
                targets = with_activity(unit, with_texts(unit, targets, kind))
        vectors = self._sources.vectors(community_id, [asker, *targets])
        comparer = self._sources.comparer(basis, [asker, *targets], vectors)
        items = [
            make_item(basis, asker, comparer.compare(asker, target), number, required)
            for number, target in enumerate(targets, start=1)
        ]
        try:
            store_proposals(self._sources.store, basis, member_id, items, actor)
        except NotFound:
            return

    def _report(self, community_id: str, kind: MatchKind, members: int) -> Distributed:
        with self._sources.store.read(community_id) as unit:
            shown, exposure = _standing_proposals(unit, self._sources.basis(unit).setting, kind)
        having = {member_id for member_id, _ in shown}
        return Distributed(
            members=members, proposals=len(shown), without=max(0, members - len(having)),
            most_exposed=max(exposure.values(), default=0),
        )  # fmt: skip


def _everybody(unit: Unit) -> list[str]:
    """Return the ids of the members who agreed to be matched, by id."""
    found: list[str] = []
    while True:
        page = select(Member.id).where(*open_to_match(), Member.id > (found[-1] if found else ""))
        ids = list(unit.session.scalars(page.order_by(Member.id).limit(_PAGE)))
        found.extend(ids)
        if len(ids) < _PAGE:
            return found


def _standing_proposals(unit: Unit, setting: Setting, kind: MatchKind) -> tuple[set[tuple[str, str]], Counter[str]]:
    """Return the (member, target) pairs that are shown now, and to how many members each target counts as proposed."""
    since = setting.now - timedelta(days=setting.limits.exposure_days)
    statement = (
        select(Match.member_id, Match.target_id, Match.status)
        .where(Match.kind == kind, Match.status.in_([PROPOSED, ACCEPTED]))
        .where(func.coalesce(Match.proposed_at, Match.created_at) > since)
    )
    shown: set[tuple[str, str]] = set()
    exposure: Counter[str] = Counter()
    for member_id, target_id, status in unit.session.execute(statement):
        exposure[target_id] += 1
        if status == PROPOSED:
            shown.add((member_id, target_id))
    return shown, exposure
