"""What a plan of rounds rests on, read in one go: who takes part, who may not meet, who met before."""

from __future__ import annotations

from dataclasses import dataclass

from copilot.community.access import Actor
from copilot.community.store import Unit
from copilot.errors import InvalidInput
from copilot.matching.learning.versions import active_weights
from copilot.matching.records import Party, Setting, read_members, read_setting, with_activity, with_statements
from copilot.matching.rules.standing import forbidden_pairs, must_pairs
from copilot.matching.scores.scoring import Weights
from copilot.matching.seatings.models import MAX_ROUND_MEMBERS, LeftOut, RoundAsk, SeatingStatus
from copilot.matching.seatings.records import next_number, read_groups, read_series
from copilot.matching.seatings.roster import Filter, find_members, open_members, split_open
from copilot.matching.seatings.wording import refusal
from copilot.settings import MatchingSettings

# More than any look back needs: `no_repeat_rounds` is 52 at most.
_MOST_HISTORY = 52


@dataclass(frozen=True)
class RoundBasis:
    """The facts of one plan.

    Attributes:
        parties: who takes part, with statements and activity.
        left_out: named members who may not.
        history: groups of the rounds that count as met, oldest first; `history_ids` are those rounds.
        replaced: ids of rounds still planned that the new ones take the place of.
        number: of the first new round.
        forbidden: pairs who never share a group.
        wanted: pairs an operator wants to meet and who did not in the rounds looked back on.
    """

    setting: Setting
    weights: Weights
    parties: list[Party]
    left_out: list[LeftOut]
    history: list[list[list[str]]]
    history_ids: tuple[str, ...]
    replaced: tuple[str, ...]
    number: int
    forbidden: list[tuple[str, str]]
    wanted: list[tuple[str, str]]

    def stamp(self) -> tuple[object, ...]:
        """Return what must still hold when the plan is stored."""
        return (self.history_ids, self.replaced, self.number, tuple(party.id for party in self.parties))


def read_basis(unit: Unit, actor: Actor, ask: RoundAsk, prior: Weights, limits: MatchingSettings) -> RoundBasis:
    """Read the facts for `ask`.

    Raises:
        InvalidInput: members and a filter at once, fewer than two who may take part, a member twice.
        NotFound: a member is not here, or not to be seen by the actor.
        TooLarge: more than 600 members.
    """
    setting = read_setting(unit, limits)
    chosen = Filter(ask.city, ask.industry, ask.active_days)
    left: list[LeftOut] = []
    if ask.members is None:
        rows = open_members(unit, chosen, MAX_ROUND_MEMBERS)
    elif chosen != Filter():
        raise refusal(InvalidInput, "members_and_filter", field="members")
    else:
        named = find_members(unit, actor, ask.members, MAX_ROUND_MEMBERS, "members")
        rows, left = split_open(named, setting.locale)
    if len(rows) < 2:
        raise refusal(InvalidInput, "too_few", field="members", count=len(rows))
    ids = sorted(row.id for row in rows)
    known = read_members(unit, ids)
    parties = with_activity(unit, with_statements(unit, [known[member_id] for member_id in ids]))
    counted = (SeatingStatus.HELD,) if ask.replace_planned else (SeatingStatus.HELD, SeatingStatus.PLANNED)
    past = read_series(unit, "round", ask.series, counted, last=_MOST_HISTORY)
    seated = read_groups(unit, [row.id for row in past])
    history = [list(seated[row.id].values()) for row in past]
    replaced = (
        read_series(unit, "round", ask.series, (SeatingStatus.PLANNED,), last=1_000) if ask.replace_planned else []
    )
    _, weights = active_weights(unit, prior)
    met = _met(history[-ask.no_repeat_rounds :] if ask.no_repeat_rounds else [])
    forbidden = sorted(forbidden_pairs(unit, setting, ids))
    barred = {frozenset(pair) for pair in forbidden}
    wanted = [pair for pair in must_pairs(unit, ids) if frozenset(pair) not in met | barred]
    return RoundBasis(
        setting=setting, weights=weights, parties=parties, left_out=left, history=history,
        history_ids=tuple(row.id for row in past), replaced=tuple(row.id for row in replaced),
        number=next_number(unit, "round", ask.series), forbidden=forbidden, wanted=sorted(wanted),
    )  # fmt: skip


def _met(rounds: list[list[list[str]]]) -> set[frozenset[str]]:
    return {frozenset((one, other)) for groups in rounds for group in groups for one in group for other in group}
