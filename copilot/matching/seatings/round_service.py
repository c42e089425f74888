"""Coffee and table rounds of a community: planned from real scores, kept with their figures, held or cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from copilot.community.access import Actor
from copilot.community.outbox import emit_all
from copilot.community.store import Page, Store, Unit
from copilot.community.tables import Seat, Seating
from copilot.errors import Conflict, InvalidInput
from copilot.matching.optimum import Impossible, Matrix, NotFoundInTime, load_solver
from copilot.matching.scores.pair_scorer import PairScorer
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.models import (
    MemberRound,
    PlannedRounds,
    RoundAsk,
    RoundDetail,
    RoundFigures,
    RoundSummary,
    SeatingStatus,
)
from copilot.matching.seatings.records import NewSeating, add_seating, get_seating, page_seatings
from copilot.matching.seatings.round_basis import RoundBasis, read_basis
from copilot.matching.seatings.round_models import Round, RoundPlan, RoundRequest, RoundSettings
from copilot.matching.seatings.round_pages import RoundPages
from copilot.matching.seatings.rounds import plan_rounds
from copilot.matching.seatings.wording import explain, refusal
from copilot.settings import MatchingSettings

_DIGITS = 6


class RoundService:
    """Plans rounds and keeps them. Nobody is told of anything: a plan is a proposal to the operator."""

    def __init__(
        self,
        store: Store,
        pairs: PairScorer,
        weights: Weights | None = None,
        limits: MatchingSettings | None = None,
    ) -> None:
        """Take what rounds are made from; `limits` say for how long a "no" keeps two apart, as for proposals."""
        self._store = store
        self._limits = limits or MatchingSettings()
        self._pairs = pairs
        self._weights = weights or Weights()
        self._pages = RoundPages(store, pairs, self._weights)

    def plan(
        self, community_id: str, ask: RoundAsk, *, actor: Actor, before_keeping: Callable[[], None] | None = None
    ) -> PlannedRounds:
        """Plan rounds and, unless it is a preview, keep them as planned; `round.planned` tells webhooks of each.

        `before_keeping` is called when they are found; what it raises leaves nothing stored.

        Raises:
            InvalidInput: as `read_basis`; `Impossible` and `NotFoundInTime` where no round keeps the rules.
            NotFound: a named member is not here.
            Conflict: members, consents or the series changed while it was planned.
            IndexUnavailable: the vector index fails.
        """
        load_solver()
        with self._store.read(community_id) as unit:
            basis = read_basis(unit, actor, ask, self._weights, self._limits)
        circle = self._pairs.circle(community_id, basis.weights, basis.parties)
        scores = self._pairs.scores(circle).scores
        plan = _solve(basis, ask, scores)
        news = [_as_seating(basis, ask, found, place, scores) for place, found in enumerate(plan.rounds)]
        if before_keeping is not None:
            before_keeping()
        rows = [] if ask.preview else self._keep(community_id, basis, ask, news, actor)
        heads = (
            [self._pages.preview_head(new, basis.setting, actor) for new in news]
            if ask.preview
            else [self._pages.head(row) for row in rows]
        )
        details = self._pages.of_plan(basis, circle, scores, news, heads)
        return PlannedRounds(
            rounds=details, left_out=basis.left_out, cancelled=[] if ask.preview else list(basis.replaced),
            total=plan.total, bound=plan.bound, gap=plan.gap, seconds=plan.seconds,
        )  # fmt: skip

    def history(
        self, community_id: str, *, series: str | None = None, status: SeatingStatus | None = None,
        limit: int = 20, cursor: str | None = None,
    ) -> Page[RoundSummary]:  # fmt: skip
        """Return rounds, newest first, without their groups.

        Raises:
            InvalidInput: limit or cursor are wrong.
        """
        with self._store.read(community_id) as unit:
            page = page_seatings(unit, "round", series=series, status=status, limit=limit, cursor=cursor)
        return Page([RoundSummary(**self._pages.head(row)) for row in page.items], page.next_cursor)

    def get(self, community_id: str, round_id: str, *, actor: Actor) -> RoundDetail:
        """Return one round; reasons and opening lines are made of what its members write and allow today.

        Raises:
            NotFound: there is no such round.
        """
        return self._pages.read(community_id, round_id, actor)

    def of_member(
        self, community_id: str, member_id: str, *, limit: int = 20, cursor: str | None = None
    ) -> Page[MemberRound]:
        """Return the rounds a member has a seat in, newest first; cancelled ones are left out.

        Raises:
            NotFound: there is no such member.
            InvalidInput: limit or cursor are wrong.
        """
        return self._pages.of_member(community_id, member_id, limit, cursor)

    def hold(self, community_id: str, round_id: str, absent: Sequence[str], *, actor: Actor) -> RoundDetail:
        """Note that a planned round took place; those absent lose their seats, so that they count as not met.

        Raises:
            NotFound: there is no such round.
            Conflict: it is not planned any more.
            InvalidInput: somebody absent has no seat.
        """
        with self._store.write(community_id) as unit:
            row = _planned(unit, round_id)
            for member_id in dict.fromkeys(absent):
                seat = unit.session.get(Seat, (community_id, round_id, member_id))
                if seat is None:
                    raise refusal(InvalidInput, "not_seated", field="absent", ids=member_id)
                unit.session.delete(seat)
            _settle(unit, row, SeatingStatus.HELD, actor, absent=len(set(absent)))
        return self.get(community_id, round_id, actor=actor)

    def cancel(self, community_id: str, round_id: str, *, actor: Actor) -> RoundDetail:
        """Cancel a planned round: nobody has met in it.

        Raises:
            NotFound: there is no such round.
            Conflict: it is not planned any more.
        """
        with self._store.write(community_id) as unit:
            _settle(unit, _planned(unit, round_id), SeatingStatus.CANCELLED, actor)
        return self.get(community_id, round_id, actor=actor)

    def _keep(
        self, community_id: str, basis: RoundBasis, ask: RoundAsk, news: Sequence[NewSeating], actor: Actor
    ) -> list[Seating]:
        """Store the rounds if what they rest on still holds."""
        with self._store.write(community_id) as unit:
            if read_basis(unit, actor, ask, self._weights, self._limits).stamp() != basis.stamp():
                raise refusal(Conflict, "changed", series=ask.series)
            for replaced in basis.replaced:
                _settle(unit, get_seating(unit, "round", replaced), SeatingStatus.CANCELLED, actor)
            rows = [add_seating(unit, new, actor=actor.key_id) for new in news]
            for row, new in zip(rows, news, strict=True):
                figures = {name: new.result[name] for name in ("members", "groups", "total", "bound", "repeats")}
                unit.audit(actor.key_id, "round.planned", ("round", row.id), series=row.series, number=row.number)
                emit_all(
                    unit, "round.planned",
                    [{"round_id": row.id, "series": row.series, "number": row.number, **figures}],
                )  # fmt: skip
        return rows


def _solve(basis: RoundBasis, ask: RoundAsk, scores: Matrix) -> RoundPlan:
    settings = RoundSettings(
        size=ask.size, odd_tables=ask.odd_tables, no_repeat_rounds=ask.no_repeat_rounds,
        allow_repeats=ask.allow_repeats, time_limit_seconds=ask.seconds / ask.rounds, seed=ask.seed,
    )  # fmt: skip
    request = RoundRequest(
        members=[party.id for party in basis.parties], scores=scores, forbidden=basis.forbidden,
        wanted_first=basis.wanted, history=basis.history,
    )  # fmt: skip
    try:
        return plan_rounds(request, settings, ask.rounds)
    except (Impossible, NotFoundInTime) as error:
        explain(error)
        raise


def _as_seating(basis: RoundBasis, ask: RoundAsk, found: Round, place: int, scores: Matrix) -> NewSeating:
    figures = RoundFigures(
        members=len(basis.parties), groups=len(found.groups), total=found.total, bound=found.bound, gap=found.gap,
        proof=found.status, repeats=len(found.repeats), odd_again=len(found.odd_again), seconds=found.seconds,
    )  # fmt: skip
    groups = {str(number): list(group) for number, group in enumerate(found.groups, start=1)}
    places = {party.id: at for at, party in enumerate(basis.parties)}
    params: dict[str, Any] = ask.model_dump(mode="json", exclude={"members", "series", "preview", "replace_planned"})
    named = None if ask.members is None else len(ask.members)
    worth = {name: _mean_score([places[member] for member in group], scores) for name, group in groups.items()}
    return NewSeating(
        kind="round", series=ask.series, number=basis.number + place, status=SeatingStatus.PLANNED,
        params={**params, "named": named}, result={**figures.model_dump(mode="json"), "scores": worth}, groups=groups,
    )  # fmt: skip


def _mean_score(group: Sequence[int], scores: Matrix) -> float:
    pairs = len(group) * (len(group) - 1)
    return round(float(scores[group][:, group].sum()) / pairs, _DIGITS) if pairs else 0.0


def _planned(unit: Unit, round_id: str) -> Seating:
    row = get_seating(unit, "round", round_id)
    if row.status != SeatingStatus.PLANNED.value:
        raise refusal(Conflict, "not_planned", series=row.series, number=row.number, status=row.status)
    return row


def _settle(unit: Unit, row: Seating, status: SeatingStatus, actor: Actor, **data: object) -> None:
    row.status = status.value
    row.updated_at = unit.now
    unit.audit(actor.key_id, f"round.{status.value}", ("round", row.id), series=row.series, number=row.number, **data)
